// The figures of an incident: for each thing counted its range, how sources moved over time, and every claim.

import { element } from "./dom.js";
import { rangeOf } from "./ranges.js";
import { passageOf } from "./reports.js";
import { steps } from "./steps.js";
import { figure, gravity, local, plural, range, slug, whole } from "./words.js";

const link = (url, text) => (/^https?:/.test(url)
  ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, element("bdi", {}, text)) : element("bdi", {}, text));

function claimRow({ claim, url, source, mention_id: mention, reported_at: at, superseded }) {
  return element("tr", { class: superseded ? "superseded" : null },
    element("td", {}, element("span", { class: "number" }, range(claim.min, claim.max, claim.words)), ` ${claim.what}`,
      claim.of && claim.of !== "people" ? element("div", { class: "meta" }, element("bdi", {}, claim.of)) : null),
    element("td", {}, element("bdi", {}, claim.attributed_to ?? "the publisher’s own words"),
      element("div", { class: "meta" }, claim.attribution_kind === "unattributed" ? "no named source" : claim.attribution_kind)),
    element("td", {}, claim.text ? element("q", { dir: "auto" }, claim.text) : null,
      element("div", { class: "meta" }, link(url, source.name || source.domain), ` · ${local(at)}`),
      passageOf(mention, claim.text)));
}

const HEADS = ["figure", "according to", "in these words"];
const table = (claims) => element("table", { class: "claims" },
  element("thead", {}, element("tr", {}, HEADS.map((h) => element("th", { scope: "col" }, h)))),
  element("tbody", {}, claims.map(claimRow)));

function block(what, overall, claims) {
  const standing = claims.filter((c) => !c.superseded);
  const past = claims.filter((c) => c.superseded);
  const name = overall?.of || what;
  return element("section", { class: "figure" },
    element("h4", {}, slug(name), overall ? [" ", element("b", {}, figure(overall))] : null,
      overall ? element("span", { class: "meta" }, ` ${spreadWords(overall)}`) : null),
    rangeOf(what, overall, standing),
    steps(slug(name), claims),
    standing.length ? table(standing) : null,
    past.length ? element("details", {}, element("summary", {}, `${plural(past.length, "earlier claim")} of ${slug(name)}, replaced since`), table(past)) : null);
}

const spreadWords = ({ low, best, high, sources }) => [
  low !== null && high !== null && low !== high ? `low ${whole.format(low)}, best ${best === null ? "unknown" : whole.format(best)}, high ${whole.format(high)}` : "",
  sources ? plural(sources, "source") : "",
].filter(Boolean).join(" · ");

// One block for each thing counted, the gravest first, then what is claimed and stands in no figure.
export function figureBlocks(figures, claims) {
  const kinds = [...new Set([...figures.map((f) => f.what), ...claims.map((c) => c.claim.what)])].sort((a, b) => gravity(a) - gravity(b));
  return kinds.flatMap((what) => {
    const mine = figures.filter((f) => f.what === what);
    const told = claims.filter((c) => c.claim.what === what);
    if (mine.length < 2) return [block(what, mine[0], told)];
    return mine.map((f) => block(what, f, decidedBy(f, told)));
  });
}

// Where one kind has several figures (buildings, cars), each has the claims that decided it.
const decidedBy = (f, told) => told.filter((c) => [...(f.decided_by ?? []), ...(f.range_by ?? [])].includes(c.claim_id) || c.claim.of === f.of);
