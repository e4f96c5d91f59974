// One incident in full: its figures and every claim beside its source, its versions, what it is related to.

import { pills, REASONS } from "./alerts.js";
import { whyWords } from "./belongs.js";
import { openCorrect } from "./correct.js";
import { $, button, element } from "./dom.js";
import { figureBlocks } from "./figures.js";
import { graph } from "./graph.js";
import { giveBack, inHand } from "./inhand.js";
import { meter } from "./incidents.js";
import { lookUp } from "./reports.js";
import { cover } from "./screens.js";
import { board, chosen } from "./state.js";
import { panel } from "./triage.js";
import { cut, local, period, plural, range, slug, where } from "./words.js";

const section = (title, ...content) => (content.flat().some(Boolean)
  ? element("section", {}, element("h3", {}, title), ...content) : null);

const table = (heads, rows, name = null) => (rows.length ? element("table", { class: name },
  element("thead", {}, element("tr", {}, heads.map((h) => element("th", { scope: "col" }, h)))), element("tbody", {}, rows)) : null);

const incidentLink = (id, title = board.incidents.get(id)?.title) =>
  element("a", { href: `#${id}` }, element("bdi", {}, title ? cut(title, 160) : `incident ${id.slice(0, 8)}…, not held here`));

const ROLES = ["initiator", "target", "authority", "other"];

function actors(all) {
  const rows = ROLES.map((role) => [role, all.filter((a) => a.role === role)]).filter(([, group]) => group.length);
  return rows.length ? element("table", { class: "actors" }, element("tbody", {}, rows.map(([role, group]) => element("tr", {},
    element("th", { scope: "row" }, role), element("td", {}, group.map((a, n) => [n ? ", " : "", element("bdi", {}, a.name), a.kind === "other" ? "" : ` (${slug(a.kind)})`])))))) : null;
}

const DECIDED = ["merged", "split", "corrected"]; // by the model with a reason, or by a person under a name

// The names that it shares are known once its reports have been looked up.
function why(step, incident) {
  const node = element("p", { class: "why", "data-mention": step.mention_id, dir: "auto" });
  node.tell = (shares) => {
    node.textContent = whyWords(step, incident, shares);
    node.hidden = !node.textContent;
  };
  node.tell();
  return node;
}

function version(step, incident) {
  const parts = Object.entries(step.parts);
  return element("li", {},
    element("div", {}, element("b", {}, `${step.version}`), " ", element("time", { datetime: step.at, class: "meta" }, local(step.at))),
    element("div", {}, DECIDED.includes(step.kind) ? element("b", {}, `${step.kind}: `) : null, step.text || step.kind),
    pills([], step.changes),
    parts.length ? why(step, incident) : null,
    parts.length ? element("details", {}, element("summary", {}, "the numbers behind it"), element("p", { class: "meta" }, `score ${step.score.toFixed(2)}`),
      element("p", { class: "meta" }, parts.map(([k, v]) => `${slug(k)} ${v.toFixed(2)}`).join(" · "))) : null);
}

function versions(history, incident) {
  const unseen = history.length ? history.at(-1).version - 1 : 0;
  return [
    element("ol", { class: "versions" }, history.map((step) => version(step, incident))),
    unseen > 0 ? element("p", { class: "meta" }, `${plural(unseen, "earlier version")} came before this console looked: see incident_version in ClickHouse.`) : null,
  ];
}

function relationRow(relation, id) {
  const outgoing = relation.from_incident === id;
  return element("tr", {}, element("td", {}, outgoing ? slug(relation.kind) : `← ${slug(relation.kind)}`),
    element("td", {}, incidentLink(outgoing ? relation.to_incident : relation.from_incident)), element("td", { class: "meta", dir: "auto" }, relation.reason));
}

function analysts(id) {
  return element("details", { class: "analysts" }, element("summary", {}, "For analysts"),
    element("p", {}, element("a", { href: `/api/incidents/${encodeURIComponent(id)}` }, "this incident as JSON")),
    element("pre", {}, `tocsin sql "SELECT * FROM incident_current WHERE incident_id = '${id}'"`));
}

function whole(body) {
  const { incident, relations, alerts, history, severity_parts: parts } = body;
  const isFeed = incident.family === "watch"; // made for an alert about a feed: nobody reports it
  const facts = isFeed ? [slug(incident.subtype)] : [slug(incident.subtype), where(incident.place), period(incident.time), incident.status];
  return [
    element("h2", { tabindex: "-1" }, element("bdi", {}, incident.title || slug(incident.subtype))),
    element("p", { class: "meta facts" }, meter(incident.severity), facts.join(" · ")),
    isFeed ? null : element("p", { class: "meta" }, `${plural(incident.article_count, "report")}, copies not counted, by ${plural(incident.source_count, "publisher")}, ${plural(incident.origin_count, "independent source")} · version ${incident.version}`),
    incident.merged_into ? element("p", { class: "note" }, "Merged: this is now part of ", incidentLink(incident.merged_into)) : null,
    isFeed ? null : body.older ? element("p", { class: "note" }, "From ClickHouse: the console holds newer incidents only, so alerts, relations and earlier versions are not shown.")
      : element("p", {}, button({ id: "open-correct" }, () => openCorrect(body), "Correct: edit, merge, split, undo")),
    element("details", { class: "meta" }, element("summary", {}, `Why severity ${incident.severity} of 5`),
      element("ul", {}, parts.map((p) => element("li", {}, `${p.words}: ${p.grade}`)))),
    alerts.map((a) => element("div", { class: `note ${a.level}` },
      element("p", {}, `${a.level} alert of the rule ${a.rule}, ${REASONS[a.reason] ?? a.reason}, revision ${a.revision} · raised ${local(a.raised_at)}, last changed ${local(a.changed_at)}`),
      panel(a))),
    section(isFeed ? "What is known" : "In the sources’ words", incident.summary.map((s) => element("p", { class: "quote", dir: "auto" }, s))),
    section("Figures", figureBlocks(incident.figures, incident.claims)),
    isFeed ? null : section("Origins and their copies", element("div", { id: "origins", "data-incident": incident.incident_id })),
    section("Actors", actors(incident.actors)),
    section("Related incidents", graph(incident, relations), table(["how", "incident", "why"], relations.map((r) => relationRow(r, incident.incident_id)))),
    section("Versions seen, newest first", versions(history, incident)),
    analysts(incident.incident_id),
  ];
}

const INVITATION = [
  element("p", { class: "empty" }, "Choose an alert, an incident or a dot on the map to see every figure beside its source."),
  element("p", { class: "empty" }, "Keys: / searches, n goes to the next unseen alert, ↑ ↓ walk through a list, Enter chooses and goes to it, Esc closes and goes back."),
];

function trouble(id, status) {
  const why = status === 404 ? "This incident is not held here (any more): the console keeps the newest ones." : "The console does not answer; it is asked again when it is back.";
  return [element("p", { class: "empty" }, why), status === 404 ? analysts(id) : null];
}

function show(nodes, closing) {
  const close = button({ class: "close" }, () => { location.hash = ""; }, "✕ close");
  $("detail").replaceChildren(...[closing ? close : null, nodes].flat(2).filter(Boolean));
}

let asked = 0;

// Show what is chosen now, or the invitation to choose. `arriving`: a person has just chosen it, `keyed`: by key.
export async function showDetail(arriving = false, keyed = false) {
  const id = chosen();
  const turn = ++asked;
  document.body.classList.toggle("with-detail", Boolean(id));
  cover();
  if (!id) return show(INVITATION, false);
  let answer = null;
  try {
    answer = await fetch(`/api/incidents/${encodeURIComponent(id)}`);
  } catch {
    // the stream's own trouble is shown at the top
  }
  const body = answer?.ok ? await answer.json() : null;
  if (turn !== asked) return; // something else has been chosen or has changed meanwhile
  const open = new Set([...$("detail").querySelectorAll("details[open] > summary")].map((s) => s.textContent));
  const hand = inHand($("detail"));
  show(body ? whole(body) : trouble(id, answer?.status), true);
  if (!arriving) giveBack($("detail"), hand);
  if (body) lookUp(id, body.incident.version);
  for (const summary of $("detail").querySelectorAll("summary")) if (!arriving && open.has(summary.textContent)) summary.parentElement.open = true;
  if (arriving) {
    $("detail").scrollTop = 0;
    if (keyed || getComputedStyle($("detail")).position === "fixed") $("detail").querySelector("h2, .empty")?.focus();
  }
}
