// The wall: the alerts that stand, one after the other in large letters, the map, and the latest; no controls.

import { $, arrange, element } from "./dom.js";
import { centreOn, drawMap, prepareMap, showWhole } from "./map.js";
import { alertsNewestFirst, board, newest } from "./state.js";
import { follow } from "./stream.js";
import { isSilent } from "./triage.js";
import { ago, figure, gravestFirst, local, plural, reference, slug, where } from "./words.js";

const TURN = 12_000; // milliseconds for one alert
const LATEST = 6; // alerts listed
const CYCLE = 20; // alerts shown in turn: the gravest, then the newest
const PAUSE = 500; // milliseconds between two drawings
const LEVELS = ["critical", "warning", "info"];
const OVER = new Set(["merged", "retracted"]);
let turn = null; // id of the alert that is shown
let drawing = false;

const standing = () => alertsNewestFirst().filter((a) => !OVER.has(a.reason) && board.incidents.get(a.incident_id)?.status !== "closed" && !isSilent(board.triage.get(a.alert_id)));
const order = (alerts) => [...alerts].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)).slice(0, CYCLE);

function next() {
  const all = order(standing());
  const at = all.findIndex((a) => a.alert_id === turn);
  turn = all[(at + 1) % all.length]?.alert_id ?? null;
  const alert = board.alerts.get(turn);
  if (alert?.place && alert.place.lat !== null) centreOn(alert.incident_id);
  else showWhole();
  redraw();
}

function drawTurn(alert) {
  $("turn").className = alert?.level ?? "";
  $("turn").hidden = false;
  $("turn-level").textContent = alert ? `${alert.level} · ${slug(alert.subtype)}${alert.reason === "new" ? "" : ` · ${alert.reason}`}` : "";
  $("turn-title").replaceChildren(element("bdi", {}, alert?.title ?? "No alert stands."));
  $("turn-where").replaceChildren(element("bdi", {}, alert ? where(alert.place) : ""), alert ? ` · ${local(alert.changed_at)}` : "");
  $("turn-figures").replaceChildren(...gravestFirst(alert?.figures ?? []).slice(0, 3).map((f) => element("li", {}, element("b", {}, figure(f)), ` ${f.of || f.what}`)));
  $("turn-said").replaceChildren(element("bdi", {}, alert ? voices(alert) : ""));
  $("turn-state").textContent = alert ? [plural(alert.origins, "independent source"), acknowledged(alert)].join(" · ") : "";
}

const voices = (alert) => (alert.voices.length ? `according to ${alert.voices.map((v) => v.who).join(", ")}` : alert.why);

function acknowledged(alert) {
  const by = board.triage.get(alert.alert_id)?.acknowledged_by;
  return by ? `acknowledged by ${by}` : "not acknowledged";
}

function draw() {
  drawing = false;
  const all = standing();
  if (!board.alerts.has(turn) || !all.some((a) => a.alert_id === turn)) turn = order(all)[0]?.alert_id ?? null;
  drawTurn(board.alerts.get(turn));
  const now = reference(newest());
  arrange($("rows"), all.slice(0, LATEST), {
    key: (a) => a.alert_id,
    sign: (a) => [a.revision, a.alert_id === turn, ago(a.changed_at, now)].join(),
    draw: (a) => element("li", { class: `${a.level}${a.alert_id === turn ? " now" : ""}` }, element("span", { class: "title" }, element("bdi", {}, a.title)), element("time", { datetime: a.changed_at }, ago(a.changed_at, now))),
  });
  $("tally").replaceChildren(...LEVELS.map((level) => element("span", { class: level }, element("b", {}, all.filter((a) => a.level === level).length), ` ${level}`)));
  $("clock").textContent = local(new Date().toISOString());
  drawMap(all.map((a) => board.incidents.get(a.incident_id)).filter(Boolean));
  for (const incident of board.incidents.values()) incident.shine = false;
}

function redraw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(draw), PAUSE);
}

function told(kind, body) {
  if (kind === "alert" && body.level === "critical" && ["new", "escalated"].includes(body.reason)) {
    turn = body.alert_id; // the worst news is not kept waiting
    centreOn(body.incident_id);
  }
}

prepareMap(() => {}, { letters: Math.max(11, innerWidth / 110) });
setInterval(next, TURN);
setInterval(redraw, 20_000);
follow(redraw, told);
