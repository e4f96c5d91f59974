// Why a report belongs to an incident, in words: the parts of a link's score that speak plainly.

import { plural } from "./words.js";

const days = (log) => Math.round(Math.expm1(log)); // the model keeps ln(1 + days)

export function whyWords(parts) {
  const found = [];
  const add = (holds, words) => holds && found.push(words);
  add(parts["same story"], "a revision of the same story");
  if (parts.same_place) found.push("same place");
  else if (parts.km !== undefined && parts.km < 4) add(parts.country, "places close by");
  else add(parts.same_area, "same area");
  if (parts.days !== undefined) found.push(days(parts.days) === 0 ? "same day" : `${plural(days(parts.days), "day")} apart`);
  if (parts.subtype) found.push("same type of incident");
  else add(parts.family, "same kind of incident");
  add(parts.people >= 1, "people named in both");
  add(parts.killed === 1, "as many killed");
  add(parts.injured === 1, "as many injured");
  add(parts.names > 0.5, "many names in common");
  add(parts.text > 0.5 || parts.vector > 0.6, "alike in wording or meaning");
  return found.join(", ");
}
