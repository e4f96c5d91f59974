// The console's page: follows the server's stream and draws what changed.

import { announce, drawAlerts, nextUnseen, prepareAlerts } from "./alerts.js";
import { prepareCorrect } from "./correct.js";
import { prepareDesk } from "./desk.js";
import { showDetail } from "./detail.js";
import { $, element } from "./dom.js";
import { drawFeeds } from "./feeds.js";
import { offerChoices, prepareFind } from "./find.js";
import { comeFrom, goBack } from "./inhand.js";
import { drawIncidents, prepareIncidents } from "./incidents.js";
import { centreOn, drawMap, prepareMap } from "./map.js";
import { seekOlder } from "./older.js";
import { drawRules, prepareRules } from "./rules.js";
import { alarm, prepareScreens } from "./screens.js";
import { board, chosen, newest, readAs } from "./state.js";
import { follow } from "./stream.js";
import { ago, local, reference, whole } from "./words.js";

const FLOW = ["article", "event", "original", "copy", "mention", "incident", "relation", "alert", "quarantine"];
const PAUSE = 250; // milliseconds between two drawings, however fast news comes
const SHARE = 4; // and so many times what the last one took, so that most of the time is the reader's
let drawing = false;
let drawn = -PAUSE;
let took = 0;

function draw() {
  drawing = false;
  drawn = performance.now();
  const last = newest();
  const now = reference(last);
  offerChoices();
  drawAlerts(choose, redraw);
  drawMap(drawIncidents(choose, redraw));
  drawFeeds();
  drawRules();
  for (const time of document.querySelectorAll("time.ago")) {
    const words = ago(time.dateTime, now);
    if (time.textContent !== words) time.textContent = words;
  }
  for (const incident of board.incidents.values()) incident.shine = false;
  $("newest").textContent = last ? `newest report ${local(last)}` : "";
  took = performance.now() - drawn;
  $("newest").title = now === last ? "Old news: “ago” counts back from the newest report, not from now." : "";
}

function redraw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(draw), Math.max(0, drawn + Math.max(PAUSE, SHARE * took) - performance.now()));
}

let keyed = false; // the choice was made by key: the focus goes along with it, and back

function choose(id, byKey = document.activeElement.matches(":focus-visible")) {
  keyed = byKey;
  if (keyed) comeFrom(document.activeElement);
  if (id === chosen()) showDetail(true, keyed);
  else location.hash = id;
}

function drawCounts() {
  $("flow").replaceChildren(...FLOW.map((name) => {
    const count = board.counts[`news.${name}.v1`] ?? 0;
    const title = name === "quarantine" && count ? "What could not be handled: tocsin quarantine list" : `messages written to news.${name}.v1`;
    return element("li", { class: count ? name : `${name} none`, title }, `${name} `, element("b", {}, whole.format(count)));
  }));
}

const concerns = { // what is shown in detail, when something about it has come
  snapshot: () => true,
  incident: (body) => body.incident_id === chosen(),
  alert: (body) => body.incident_id === chosen(),
  relation: (body) => [body.from_incident, body.to_incident].includes(chosen()),
  correction: (body) => [body.incident_id, body.other_incident].includes(chosen()),
  triage: (body) => board.alerts.get(body.alert_id)?.incident_id === chosen(),
};

function told(kind, body) {
  if (kind === "alert") {
    announce(body);
    alarm(body);
  }
  if (kind === "snapshot" || kind === "counts") drawCounts();
  if (concerns[kind]?.(body)) showDetail();
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return; // the dialog has the keys
  if (event.key === "Escape" && chosen()) location.hash = "";
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    $("words").focus();
  }
  if (event.key === "n") nextUnseen((id) => choose(id, true));
}

prepareDesk((name) => { readAs(name); redraw(); });
prepareRules();
prepareCorrect();
prepareScreens();
prepareFind(() => { seekOlder(redraw); redraw(); });
seekOlder(redraw);
prepareAlerts(redraw);
prepareIncidents(redraw);
prepareMap(choose);
addEventListener("hashchange", () => {
  const inside = $("detail").contains(document.activeElement);
  showDetail(true, keyed);
  keyed = false;
  if (!chosen() && inside) goBack();
  if (chosen()) centreOn(chosen());
  redraw();
});
addEventListener("keydown", keys);
setInterval(redraw, 20_000); // "ago" grows
showDetail();
follow(redraw, told);
