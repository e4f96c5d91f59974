// Why a report belongs to an incident, in the words of a person: what it shares with the reports before it.

import { range, slug } from "./words.js";

const back = (log) => Math.round(Math.expm1(log)); // the model keeps ln(1 + days) and ln(1 + km)
const both = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

function where(parts) {
  if (parts.same_place) return "same place";
  if (parts.km !== undefined && back(parts.km) < 60 && parts.country) return back(parts.km) > 0 ? `places ${back(parts.km)} km apart` : "places close by";
  if (parts.same_area) return "same area";
  return parts.country ? "same country" : "";
}

function when(parts, partOfDay) {
  if (parts.days === undefined) return "";
  const days = back(parts.days);
  if (days === 0) return `same ${partOfDay || "day"}`;
  return days === 1 ? "a day apart" : `${days} days apart`;
}

// What the claims of this report count: "12 killed".
const counts = (incident, step, what) => {
  const mine = incident.claims.find((c) => c.document_id === step.document_id && c.claim.what === what)?.claim;
  return mine && mine.min !== null ? `both count ${range(mine.min, mine.max, mine.words)} ${what}` : `as many ${what}`;
};

// A sentence; `shares` are the names and the part of the day that earlier reports tell too, once they are known.
export function whyWords(step, incident, shares = { names: [], part_of_day: "" }) {
  const { parts } = step;
  const names = shares.names.length ? `both name ${both(shares.names)}` : parts.people >= 1 ? "both name the same people" : parts.names > 0.5 ? "many names in common" : "";
  const found = [
    parts["same story"] ? "a newer version of the same story" : "", where(parts), when(parts, shares.part_of_day), names,
    ...["killed", "injured"].map((what) => (parts[what] === 1 ? counts(incident, step, what) : "")),
    parts.subtype ? `both tell of the same kind of incident (${slug(incident.subtype)})` : parts.family ? "a related kind of incident" : "",
    parts.text > 0.5 ? "told in much the same words" : parts.vector > 0.6 ? "alike in meaning" : "",
  ].filter(Boolean);
  return found.length ? `Belongs here: ${found.join(", ")}.` : "";
}
