// A small step chart: what each source said over time.

import { element, shape } from "./dom.js";
import { cut, moment, whole } from "./words.js";

const [WIDTH, HEIGHT, LEFT, BELOW, ABOVE, RIGHT] = [450, 112, 40, 18, 8, 140];
const MOST = 6; // sources drawn; the table below has them all

const numberOf = ({ claim }) => claim.min ?? claim.max;
const sourceOf = ({ claim, source }) => claim.attributed_to ?? (source.name || source.domain);

// Claims of one figure by source, each in the order told; sources with the latest word first.
function bySource(claims) {
  const found = new Map();
  for (const c of claims) {
    if (numberOf(c) === null || c.claim.scope === "aside") continue;
    const who = sourceOf(c);
    if (!found.has(who)) found.set(who, []);
    found.get(who).push({ at: Date.parse(c.reported_at), value: numberOf(c), kind: c.claim.attribution_kind });
  }
  for (const told of found.values()) told.sort((a, b) => a.at - b.at);
  return [...found].sort((a, b) => b[1].at(-1).at - a[1].at(-1).at);
}

// Names beside the ends of lines, moved apart where they would lie on each other.
function labels(ends) {
  let last = -Infinity;
  return [...ends].sort((a, b) => a.y - b.y).map((end) => {
    last = Math.max(end.y, last + 12);
    return { ...end, y: last };
  });
}

// The chart; null where there is nothing to compare over time.
export function steps(name, claims) {
  const lines = bySource(claims);
  const points = lines.flatMap(([, told]) => told);
  const [from, to] = [Math.min(...points.map((p) => p.at)), Math.max(...points.map((p) => p.at))];
  if (points.length < 2 || from === to) return null;
  const top = Math.max(1, ...points.map((p) => p.value));
  const x = (at) => LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BELOW - (value / top) * (HEIGHT - BELOW - ABOVE);
  const drawn = lines.slice(0, MOST);
  const path = (told) => `M${x(told[0].at)} ${y(told[0].value)}${told.slice(1).map((p) => `H${x(p.at)}V${y(p.value)}`).join("")}H${WIDTH - RIGHT}`;
  const ends = labels(drawn.map(([who, told], n) => ({ who, n, value: told.at(-1).value, y: y(told.at(-1).value) })));
  return element("figure", { class: "steps" },
    shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${name} over time by source; the table below has every claim` },
      shape("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - BELOW, y2: HEIGHT - BELOW }),
      shape("text", { x: LEFT - 4, y: y(top) + 4, "text-anchor": "end" }, whole.format(top)),
      shape("text", { x: LEFT - 4, y: HEIGHT - BELOW + 3, "text-anchor": "end" }, "0"),
      shape("text", { x: LEFT, y: HEIGHT - 4 }, moment(new Date(from).toISOString())),
      shape("text", { x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, moment(new Date(to).toISOString())),
      drawn.map(([, told], n) => shape("g", { class: `source k${n}` },
        shape("path", { d: path(told) }),
        told.map((p) => shape("circle", { cx: x(p.at), cy: y(p.value), r: 3 })))),
      ends.map((end) => shape("text", { class: `k${end.n}`, x: WIDTH - RIGHT + 5, y: end.y + 4 }, `${whole.format(end.value)} ${cut(end.who, 17)}`))),
    lines.length > MOST ? element("figcaption", { class: "meta" }, `${lines.length - MOST} more sources stand in the table.`) : null);
}
