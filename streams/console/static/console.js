// The console's page: follows the server's stream and draws what changed.

import { announce, drawAlerts, nextUnseen, prepareAlerts } from "./alerts.js";
import { prepareCorrect } from "./correct.js";
import { prepareDesk } from "./desk.js";
import { showDetail } from "./detail.js";
import { $, element } from "./dom.js";
import { drawFeeds } from "./feeds.js";
import { offerChoices, prepareFind } from "./find.js";
import { drawIncidents, prepareIncidents } from "./incidents.js";
import { drawMap, prepareMap } from "./map.js";
import { drawRules, prepareRules } from "./rules.js";
import { board, chosen, meetFirst, newest } from "./state.js";
import { ago, moment, reference, whole } from "./words.js";

const FLOW = ["article", "event", "original", "copy", "mention", "incident", "relation", "alert", "quarantine"];
const AGAIN = 3000; // milliseconds until a refused stream is asked for again
const LATE = 7_000; // milliseconds without a word after which “live” is in doubt: the server speaks every 3 s
const SILENT = 14_000; // and after which the stream is dead
const PAUSE = 250; // milliseconds between two drawings, however fast news comes
let drawing = false;
let drawn = -PAUSE;
let known = null; // when the page last heard that all was well
let heard = performance.now(); // when the stream last said anything
let mark = ""; // the id of what it said last, to go on from
let late = false;

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
  $("newest").textContent = last ? `newest report ${moment(last)} UTC` : "";
  $("newest").title = now === last ? "Old news: “ago” counts back from the newest report, not from now." : "";
}

function redraw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(draw), Math.max(0, drawn + PAUSE - performance.now()));
}

function choose(id) {
  if (id === chosen()) showDetail(true);
  else location.hash = id;
}

function drawCounts() {
  $("flow").replaceChildren(...FLOW.map((name) => {
    const count = board.counts[`news.${name}.v1`] ?? 0;
    const title = name === "quarantine" && count ? "What could not be handled: tocsin quarantine list" : `messages written to news.${name}.v1`;
    return element("li", { class: count ? name : `${name} none`, title }, `${name} `, element("b", {}, whole.format(count)));
  }));
}

function drawHealth() {
  const { kafka, behind, unreadable, troubled, lags } = board.health;
  const failing = Object.entries(troubled ?? {});
  const slow = Object.entries(lags ?? {}).map(([name, n]) => `${name} ${whole.format(n)} behind`);
  $("lags").textContent = slow.join(" · ");
  const good = kafka === "connected";
  const waiting = kafka === "connecting";
  $("health").className = failing.length ? "bad" : good ? "good" : waiting ? "waiting" : "bad";
  $("health").textContent = !good ? (waiting ? "connecting…" : "not live")
    : failing.length ? `${failing.map(([name]) => name).join(", ")} failing` : behind ? `catching up, ${whole.format(behind)} to go` : "live";
  const words = good || waiting ? "" : `Kafka is not readable: ${kafka}. ${standing()}`;
  const unread = unreadable ? `${whole.format(unreadable)} records cannot be read here: see tocsin quarantine list.` : "";
  say([words, ...failing.map(([name, why]) => `${name}: ${why}.`), unread].filter(Boolean).join(" "));
  if (good) known = Date.now();
}

const standing = () => (known ? `The page shows what was known at ${moment(known)} UTC and goes on by itself.` : "It goes on by itself.");

function say(words) {
  if ($("trouble").textContent !== words) $("trouble").textContent = words;
  $("trouble").hidden = !words;
}

const take = {
  snapshot({ incidents, alerts, feeds, rules, triage, counts, health }) {
    board.incidents = new Map(incidents.map((i) => [i.incident_id, i]));
    board.alerts = new Map(alerts.map((a) => [a.alert_id, a]));
    board.feeds = new Map(feeds.map((f) => [f.feed_id, f]));
    board.rules = new Map(rules.map((r) => [r.name, r]));
    board.triage = new Map(triage.map((t) => [t.alert_id, t]));
    meetFirst(alerts);
    take.counts(counts);
    take.health(health);
    showDetail();
  },
  incident(body) {
    board.incidents.set(body.incident_id, { ...body, fresh: true, shine: true });
    if (body.incident_id === chosen()) showDetail();
  },
  alert(body) {
    board.alerts.set(body.alert_id, { ...body, fresh: true });
    announce(body);
    if (body.incident_id === chosen()) showDetail();
  },
  relation(body) { if ([body.from_incident, body.to_incident].includes(chosen())) showDetail(); },
  feed(body) { board.feeds.set(body.feed_id, body); },
  rule(body) {
    if (body.deleted) board.rules.delete(body.name);
    else board.rules.set(body.name, body);
  },
  correction(body) { if ([body.incident_id, body.other_incident].includes(chosen())) showDetail(); },
  triage(body) {
    board.triage.set(body.alert_id, body);
    if (board.alerts.get(body.alert_id)?.incident_id === chosen()) showDetail();
  },
  gone({ what, id }) { board[`${what}s`].delete(id); },
  counts(counts) { board.counts = counts; drawCounts(); },
  health(health) { board.health = health; drawHealth(); },
  still() {}, // the stream is alive
};

function follow() {
  const source = new EventSource(mark ? `/api/stream?since=${encodeURIComponent(mark)}` : "/api/stream");
  for (const [kind, taking] of Object.entries(take)) {
    source.addEventListener(kind, (event) => {
      heard = performance.now();
      mark = event.lastEventId || mark;
      taking(JSON.parse(event.data));
      if (late || $("health").textContent === "not live") drawHealth();
      late = false;
      redraw();
    });
  }
  source.addEventListener("error", () => {
    notLive("The console does not answer: is tocsin still running?");
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN); // refused; else the browser asks again
  });
  const watch = setInterval(() => {
    if (source.readyState === EventSource.CLOSED) {
      clearInterval(watch);
      return;
    }
    const silence = performance.now() - heard;
    if (silence > LATE && silence <= SILENT && (late || $("health").className === "good")) {
      late = true;
      $("health").className = "waiting";
      $("health").textContent = `no word for ${Math.round(silence / 1000)} s`;
    } else if (silence > SILENT) { // frozen, or cut off without a word
      notLive(`The console has fallen silent for ${Math.round(silence / 1000)} s, so its process or the connection to it hangs; its stream is asked for again.`);
      clearInterval(watch);
      source.close();
      heard = performance.now();
      follow();
    }
  }, 1000);
}

function notLive(why) {
  $("health").className = "bad";
  $("health").textContent = "not live";
  say(`${why} ${standing()}`);
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return; // the dialog has the keys
  if (event.key === "Escape" && chosen()) location.hash = "";
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    $("words").focus();
  }
  if (event.key === "n") nextUnseen(choose);
}

prepareDesk();
prepareRules();
prepareCorrect();
prepareFind(redraw);
prepareAlerts(redraw);
prepareIncidents(redraw);
prepareMap(choose);
addEventListener("hashchange", () => { showDetail(true); redraw(); });
addEventListener("keydown", keys);
setInterval(redraw, 20_000); // "ago" grows
showDetail();
follow();
