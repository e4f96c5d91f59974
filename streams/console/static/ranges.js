// Claims side by side: for each kind of figure a bar from low to high, for all sources and for each kind of source.

import { element, shape } from "./dom.js";
import { figure, range, slug, whole } from "./words.js";

const KINDS = ["official", "party", "ngo", "media", "witness", "unattributed"];
const NAMES = { party: "a party to it", ngo: "NGO", media: "media", witness: "witness", unattributed: "no named source" };

// Low, best (the latest) and high of claims; `least` when the greatest is only "at least", `words` of a lone bound.
function extent(claims) {
  const numbers = claims.flatMap(({ claim }) => [claim.min, claim.max]).filter((n) => n !== null);
  if (!numbers.length) return null;
  const latest = claims.find(({ claim }) => claim.min !== null || claim.max !== null).claim;
  return {
    low: Math.min(...numbers),
    high: Math.max(...numbers),
    best: latest.min ?? latest.max,
    words: new Set(numbers).size === 1 ? latest.words : "",
    least: claims.some(({ claim }) => claim.max === null && claim.min === Math.max(...numbers)),
  };
}

function bar({ low, best, high, least = false }, top, overall) {
  const share = (n) => `${(100 * n) / top}%`;
  const wide = `${(100 * (high - low)) / top}%`;
  return shape("svg", { class: overall ? "bar overall" : "bar", "aria-hidden": "true" },
    shape("line", { class: "axis", x1: 0, x2: "100%", y1: "50%", y2: "50%" }),
    least ? shape("line", { class: "onwards", x1: share(high), x2: "100%", y1: "50%", y2: "50%" }) : null,
    shape("rect", { class: "reach", x: share(low), width: wide, y: "25%", height: "50%" }),
    shape("circle", { cx: share(best), cy: "50%", r: overall ? 5 : 4 }));
}

const line = (name, values, top, text, overall) => element("tr", { class: overall ? "overall" : null },
  element("th", { scope: "row" }, name), element("td", {}, bar(values, top, overall)), element("td", { class: "number" }, text));

function spread({ low, high, least, words }) {
  if (words) return words;
  return least && low === high ? range(low, null) : range(low, high) + (least ? " or more" : "");
}

function picture(what, overall, claims) {
  const groups = KINDS.map((kind) => [kind, extent(claims.filter(({ claim }) => claim.attribution_kind === kind))]).filter(([, e]) => e);
  const all = overall && overall.best !== null ? { low: overall.low ?? overall.best, best: overall.best, high: overall.high ?? overall.best } : null;
  if (groups.length === 1 && groups[0][1].low === groups[0][1].high && (!all || all.low === all.high)) return null; // the heading says it
  const top = Math.max(1, all?.high ?? 0, ...groups.map(([, e]) => e.high)) * 1.06;
  if (!all && !groups.length) return null;
  return element("table", { class: "ranges" },
    element("caption", { class: "unseen-text" }, `${slug(what)} by kind of source`),
    element("tbody", {}, all && groups.length > 1 ? line("all together", all, top, figure(overall), true) : null,
      groups.map(([kind, e]) => line(NAMES[kind] ?? kind, e, top, spread(e), false))),
    element("tfoot", { "aria-hidden": "true" }, element("tr", {}, element("td"),
      element("td", {}, element("span", {}, "0"), element("span", {}, whole.format(Math.round(top / 1.06)))), element("td"))));
}

// The picture of one thing counted, from the claims that stand; null where there is nothing to show.
export function rangeOf(what, overall, claims) {
  const stand = claims.filter((c) => c.claim.scope !== "aside");
  const whole = stand.filter((c) => c.claim.scope !== "part");
  return picture(what, overall, whole.length ? whole : stand); // parts of a whole are no range
}
