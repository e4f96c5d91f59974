// The reports behind an incident, looked up in ClickHouse: whole passages, origins and who copied them.

import { $, element } from "./dom.js";
import { local, plural } from "./words.js";

let held = { id: null, version: null, reports: null, trouble: "" };

// Ask for the reports of this version of an incident, once; then fill what is shown.
export async function lookUp(id, version) {
  if (held.id === id && held.version === version && !held.trouble) return fillIn();
  const asked = { id, version, reports: held.id === id ? held.reports : null, trouble: "" };
  held = asked;
  try {
    const answer = await fetch(`/api/incidents/${encodeURIComponent(id)}/reports`);
    const body = await answer.json();
    if (!body.trouble) asked.reports = body.reports;
    asked.trouble = body.trouble;
  } catch {
    asked.trouble = "The console does not answer.";
  }
  if (held === asked) fillIn();
}

export const reportsOf = (id) => (held.id === id ? held.reports ?? [] : []);

// Where the whole passage of a claim's report goes once it is known; its own words stand out.
export function passageOf(mention, words) {
  const node = element("div", { class: "passage", "data-mention": mention, hidden: true });
  node.words = words;
  return node;
}

function passage(text, words) {
  const at = words ? text.indexOf(words) : -1;
  const parts = at < 0 ? [text] : [text.slice(0, at), element("mark", {}, words), text.slice(at + words.length)];
  return element("details", {}, element("summary", {}, "the whole passage"), element("blockquote", { dir: "auto" }, parts));
}

const said = (report) => element("span", {}, element("bdi", {}, report.publisher || report.domain), " · ", local(report.reported_at ?? report.at));
const titled = (report) => (/^https?:/.test(report.url)
  ? element("a", { href: report.url, rel: "noopener noreferrer", target: "_blank" }, element("bdi", {}, report.title || report.url))
  : element("bdi", {}, report.title || "without a title"));

// Origins with their reports, a document once however many of its passages belong here, and under each its copies.
function tree(reports) {
  const origins = Map.groupBy(reports, (r) => r.origin);
  return element("ul", { class: "tree" }, [...origins].map(([origin, told]) => element("li", {},
    element("b", {}, element("bdi", {}, origin)), element("span", { class: "meta" }, ` ${counted(told)}`),
    element("ul", {}, [...Map.groupBy(told, (r) => r.document_id).values()].map(branch)))));
}

function branch(passages) {
  const report = passages.find((r) => r.title) ?? passages[0];
  return element("li", {}, titled(report),
    element("div", { class: "meta" }, said(report), passages.length > 1 ? ` · ${plural(passages.length, "passage")}` : ""),
    report.copies.length ? element("ul", {}, report.copies.map((copy) => element("li", { class: "copy" },
      element("span", { class: "meta" }, `${copy.kind} copy: `), said(copy)))) : null);
}

function counted(told) {
  const documents = new Map(told.map((r) => [r.document_id, r.copies.length]));
  const copies = [...documents.values()].reduce((n, more) => n + more, 0);
  return plural(documents.size, "report") + (copies ? ` and ${plural(copies, "copy", "copies")}` : "");
}

function fillIn() {
  const { id, reports, trouble } = held;
  const place = $("origins");
  if (place && place.dataset.incident === id) {
    place.replaceChildren(trouble ? element("p", { class: "meta" }, `Not known now: ${trouble}`)
      : reports === null ? element("p", { class: "meta" }, "looking them up…")
        : reports.length ? tree(reports) : element("p", { class: "meta" }, "None in ClickHouse yet."));
  }
  const reportOf = (node) => (reports ?? []).find((r) => r.mention_id === node.dataset.mention);
  for (const node of document.querySelectorAll("#detail .why")) {
    const report = reportOf(node);
    if (report) node.tell(report.shares);
  }
  for (const node of document.querySelectorAll("#detail .passage")) {
    const report = reportOf(node);
    node.hidden = !report?.passage;
    if (report?.passage && !node.firstChild) node.append(passage(report.passage, node.words));
  }
}
