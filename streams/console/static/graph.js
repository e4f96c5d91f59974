// Related incidents as a small graph: what came before on the left, what came after on the right.

import { element, shape } from "./dom.js";
import { board } from "./state.js";
import { cut, slug } from "./words.js";

const MOST = 5; // on each side; the table below has them all
const [WIDTH, ROW, BOX] = [520, 38, 190];

const startOf = (incident) => incident?.time?.start ?? incident?.first_seen ?? incident?.last_changed ?? "";

function node(id, title, x, y, extra = "") {
  const box = shape("rect", { x, y: y - 15, width: BOX, height: 30, rx: 4 });
  const text = shape("text", { x: x + 6, y: y + 4 }, cut(title, 30));
  return id ? shape("a", { href: `#${id}`, class: `node ${extra}` }, shape("title", {}, title), box, text) : shape("g", { class: `node ${extra}` }, box, text);
}

// The graph of an incident's relations; null without any.
export function graph(incident, relations) {
  if (!relations.length) return null;
  const others = new Map();
  for (const r of relations) {
    const outgoing = r.from_incident === incident.incident_id;
    const id = outgoing ? r.to_incident : r.from_incident;
    if (!others.has(id)) others.set(id, { id, known: board.incidents.get(id), kinds: [] });
    others.get(id).kinds.push(`${outgoing ? "" : "← "}${slug(r.kind)}`);
  }
  const before = [...others.values()].filter((o) => startOf(o.known) <= startOf(incident)).slice(0, MOST);
  const after = [...others.values()].filter((o) => startOf(o.known) > startOf(incident)).slice(0, MOST);
  const rows = Math.max(before.length, after.length, 1);
  const height = rows * ROW + 10;
  const middle = height / 2;
  const y = (n, count) => middle + (n - (count - 1) / 2) * ROW;
  const centre = (WIDTH - BOX) / 2;
  const side = (list, x, edge, inner) => list.map((o, n) => [
    shape("path", { class: "edge", d: `M${edge} ${y(n, list.length)}C${(edge + inner) / 2} ${y(n, list.length)} ${(edge + inner) / 2} ${middle} ${inner} ${middle}` }, shape("title", {}, o.kinds.join(", "))),
    node(o.id, o.known?.title || `${o.kinds[0]} ${o.id.slice(0, 8)}…`, x, y(n, list.length)),
  ]);
  return element("figure", { class: "graph" }, shape("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "group", "aria-label": "Related incidents: earlier ones left, later ones right" },
    side(before, 0, BOX, centre), side(after, WIDTH - BOX, WIDTH - BOX, centre + BOX),
    node(null, "this incident", centre, middle, "here")));
}
