// The list of incidents, filtered and ordered; the map shows the same ones.

import { $, arrange, button, element, first, more, walkable } from "./dom.js";
import { incidentFinder } from "./find.js";
import { older, olderThan } from "./older.js";
import { board, chosen, incidentsNewestFirst, untold } from "./state.js";
import { cut, figure, local, period, plural, slug, where, whole } from "./words.js";

const NEWS = new Set(["main", "follow-up"]);
const TOLL = ["killed", "injured", "missing", "arrested", "displaced"];
const FIRST = 100;
let limit = FIRST;

export const meter = (severity) =>
  element("span", { class: `meter s${severity}`, role: "img", "aria-label": `severity ${severity} of 5`, title: `severity ${severity} of 5` });

const toll = (figures) => TOLL.map((what) => figures.find((f) => f.what === what)).filter(Boolean).slice(0, 2)
  .map((f) => element("span", {}, element("b", {}, f.best === null ? figure(f) : figure({ ...f, low: null, high: null })), ` ${f.of || f.what}`, spread(f)));

const spread = ({ low, best, high }) => (best !== null && low !== null && high !== null && low !== high
  ? element("span", { class: "meta" }, ` ${whole.format(low)}–${whole.format(high)}`) : null);

function row(incident, choose) {
  const closed = incident.status === "closed";
  const meta = [slug(incident.subtype), cut(where(incident.place), 60), period(incident.time), closed ? "closed" : null,
    plural(incident.articles, "report") + (incident.articles > 1 ? `, ${incident.origins} independent` : "")];
  return element("li", {}, button(
    { class: `${incident.fresh ? "changed" : ""}${closed ? " closed" : ""}`, "aria-current": incident.incident_id === chosen() && "true" },
    () => choose(incident.incident_id),
    meter(incident.severity),
    element("span", { class: "title" }, element("bdi", {}, incident.title || slug(incident.subtype))),
    element("span", { class: "toll" }, toll(incident.figures)),
    element("span", { class: "meta" }, meta.filter(Boolean).join(" · ")),
    element("time", { class: "meta ago", datetime: incident.last_changed, title: `last changed ${local(incident.last_changed)}` })));
}

function matches(incident) {
  if (incident.merged_into || (!$("stories").checked && !NEWS.has(incident.role))) return false;
  if ($("open-only").checked && incident.status === "closed") return false;
  return true;
}

// Draw the list; the incidents that match, best first.
export function drawIncidents(choose, redraw) {
  const worstFirst = (a, b) => b.severity - a.severity;
  const found = incidentsNewestFirst().filter(matches).filter(incidentFinder());
  const past = olderThan(found);
  if ($("order").value === "worst") for (const list of [found, past]) list.sort(worstFirst);
  const words = olderWords(past);
  arrange($("incidents"), [...first(found, limit), ...(words ? [{ words }] : []), ...past], {
    key: (i) => i.incident_id ?? (i.words ? "older" : "rest"),
    sign: (i) => i.rest ?? i.words ?? [i.version, i.incident_id === chosen()].join(),
    draw: (i) => {
      if (i.words) return element("li", { class: "older" }, element("h3", {}, i.words));
      return i.rest ? more(i.rest, () => { limit += FIRST; redraw(); }) : row(i, choose);
    },
  });
  $("incidents-count").textContent = found.length;
  $("incidents-empty").hidden = found.length > 0;
  $("incidents-empty").textContent = board.incidents.size
    ? `None of ${plural(board.incidents.size, "incident")} held here matches${past.length ? "; ClickHouse has some" : ": change the words, or switch on history and stories"}.`
    : untold() || "No incident yet. Each appears here as soon as the first report about it is read.";
  for (const incident of board.incidents.values()) incident.fresh = false;
  return [...found, ...past];
}

// What stands over those that ClickHouse found; nothing where it was not asked or has none.
function olderWords(past) {
  if (!past.length) return older.said;
  const left = older.count - older.incidents.length;
  return `${plural(past.length, "more result")} from ClickHouse, older or found by the words of reports${left > 0 ? `; ${whole.format(left)} still older are not shown` : ""}`;
}

export function prepareIncidents(redraw) {
  for (const form of [$("find"), $("filter")]) {
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => { limit = FIRST; redraw(); });
  }
  walkable($("incidents"));
}
