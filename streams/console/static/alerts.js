// The alerts: what is new, how bad, what changed, who says so.

import { $, arrange, button, element, first, more, walkable } from "./dom.js";
import { findsAlert } from "./find.js";
import { alertsNewestFirst, board, chosen, isUnseen, markSeen, untold } from "./state.js";
import { marks, sign as triageSign } from "./triage.js";
import { changed, cut, figure, gravestFirst, local, plural, slug, where } from "./words.js";

const LEVELS = ["critical", "warning", "info"];
const OVER = new Set(["merged", "retracted"]);
const TOLL = ["killed", "injured", "missing"];
export const REASONS = { new: "new", merged: "merged into another", retracted: "retracted", "second origin": "second source" };
const FIRST = 60;
const shown = new Set(LEVELS);
let limit = FIRST;

// `killed 24 → 74`
export function pill({ what, before, after }) {
  return element("li", { class: "pill moved" }, `${changed(what)} `,
    before ? [element("s", {}, slug(before)), element("span", { class: "unseen-text" }, " now "), element("span", { "aria-hidden": "true" }, " → ")] : null,
    element("b", {}, after ? slug(after) : "none"));
}

export function pills(figures, changes) {
  const moved = new Set(changes.map((c) => c.what));
  const still = figures.filter((f) => TOLL.includes(f.what) && !moved.has(f.what));
  if (!still.length && !changes.length) return null;
  return element("ul", { class: "pills" }, gravestFirst(changes).map(pill),
    gravestFirst(still).map((f) => element("li", { class: "pill" }, `${f.of || f.what} `, element("b", {}, figure(f)))));
}

const said = (alert) => (alert.voices.length
  ? `according to ${alert.voices.map((v) => cut(v.who, 48) + (v.kind === "unattributed" ? "" : ` (${v.kind})`)).join(", ")}`
  : cut(alert.why.split(": ")[0].replace(/^(opened|joined|revised) by /, "reported by "), 80));

function card(alert, unseen, closed, choose) {
  const current = alert.incident_id === chosen();
  const moved = alert.changes.filter((c) => c.what !== "status" && c.what !== "type");
  return element("li", {}, button(
    { class: `${alert.level}${alert.fresh ? " changed" : ""}${closed ? " closed" : ""}`, "aria-current": current && "true" },
    () => { markSeen([alert]); choose(alert.incident_id); },
    element("div", { class: "line" },
      element("span", { class: "badge" }, alert.level),
      unseen ? element("span", { class: "unseen" }, alert.revision === 1 ? "new" : "changed") : null,
      marks(alert.alert_id),
      alert.reason === "new" ? null : element("span", { class: "reason" }, REASONS[alert.reason] ?? alert.reason),
      element("time", { class: "ago", datetime: alert.changed_at, title: `${local(alert.changed_at)}, revision ${alert.revision}` })),
    element("div", { class: "title" }, element("bdi", {}, alert.title)),
    element("div", { class: "meta" }, alert.family === "watch" ? null : [element("bdi", {}, cut(where(alert.place), 60)), " · "], `${slug(alert.subtype)}${closed ? " · closed" : ""}`),
    pills(alert.figures, moved),
    element("div", { class: "meta" }, element("bdi", {}, said(alert)))));
}

function into(list, alerts, choose, redraw) {
  arrange(list, first(alerts, limit), {
    key: (a) => a.alert_id ?? "rest",
    sign: (a) => a.rest ?? [a.revision, a.changes.length, isUnseen(a), isClosed(a), a.incident_id === chosen(), triageSign(a.alert_id)].join(),
    draw: (a) => (a.rest ? more(a.rest, () => { limit += FIRST; redraw(); }) : card(a, isUnseen(a), isClosed(a), choose)),
  });
}

const isClosed = (alert) => board.incidents.get(alert.incident_id)?.status === "closed";

export function drawAlerts(choose, redraw) {
  const all = alertsNewestFirst();
  const standing = all.filter((a) => !OVER.has(a.reason));
  const past = all.filter((a) => OVER.has(a.reason));
  const visible = standing.filter((a) => shown.has(a.level) && findsAlert(a));
  const unseen = standing.filter(isUnseen);
  into($("alerts"), visible, choose, redraw);
  into($("past-alerts"), past.filter(findsAlert), choose, redraw);
  $("past").hidden = !past.length;
  $("past-title").textContent = `${past.length} merged or retracted`;
  $("alerts-count").textContent = standing.length + (unseen.length ? `, ${unseen.length} unseen` : "");
  $("seen").hidden = !unseen.length;
  $("alerts-empty").hidden = visible.length > 0;
  $("alerts-empty").textContent = emptiness(standing);
  for (const level of LEVELS) {
    const node = $(`level-${level}`);
    node.setAttribute("aria-pressed", shown.has(level));
    node.querySelector("b").textContent = standing.filter((a) => a.level === level).length;
  }
  for (const alert of all) alert.fresh = false;
  document.title = unseen.length ? `(${unseen.length}) Tocsin` : "Tocsin";
}

function emptiness(standing) {
  if (standing.length) return `None of ${plural(standing.length, "alert")} matches what is looked for and the levels switched on above.`;
  const waiting = untold();
  if (waiting) return waiting;
  if (!board.counts["news.article.v1"] && !board.counts["news.event.v1"]) {
    return "No news yet. Start a connector (tocsin connect --help) or the bundled sample (tocsin demo).";
  }
  return "No alert yet: no incident is severe enough. One appears here when one is, and then changes in place.";
}

export function prepareAlerts(redraw) {
  for (const level of LEVELS) {
    const toggle = () => {
      if (!shown.delete(level)) shown.add(level);
      redraw();
    };
    $("levels").append(button({ id: `level-${level}`, class: `toggle ${level}` }, toggle, `${level} `, element("b")));
  }
  $("seen").addEventListener("click", () => { markSeen(board.alerts.values()); redraw(); });
  walkable($("alerts"));
}

// The newest alert in the list that was not seen yet: choose it.
export function nextUnseen(choose) {
  const next = alertsNewestFirst().find((a) => !OVER.has(a.reason) && shown.has(a.level) && findsAlert(a) && isUnseen(a));
  if (!next) return;
  markSeen([next]);
  choose(next.incident_id);
}

// For screen readers: the newest alert that came in live.
export function announce(alert) {
  $("said").textContent = `${alert.level} alert, ${REASONS[alert.reason] ?? alert.reason}: ${alert.headline}`;
}
