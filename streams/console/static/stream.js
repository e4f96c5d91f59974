// The server's stream: what it tells goes onto the board; whether it still speaks, and what hangs when it does not.

import { $ } from "./dom.js";
import { board, meetFirst } from "./state.js";
import { local, whole } from "./words.js";

const AGAIN = 3000; // milliseconds until a refused stream is asked for again
const LATE = 7_000; // milliseconds without a word after which “live” is in doubt: the server speaks every 3 s
const SILENT = 14_000; // and after which the stream is dead
let known = null; // when the page last heard that all was well
let heard = performance.now(); // when the stream last said anything
let mark = ""; // the id of what it said last, to go on from
let late = false;
let page = null; // what to call: `redraw`, `told(kind, body)`

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

const standing = () => (known ? `The page shows what was known at ${local(known)} and goes on by itself.` : "It goes on by itself.");

function say(words) {
  if ($("trouble").textContent !== words) $("trouble").textContent = words;
  $("trouble").hidden = !words;
}

const put = (map, key) => (body) => { map().set(body[key], { ...body, fresh: true, shine: true }); };

const take = {
  snapshot({ incidents, alerts, feeds, rules, triage, counts, health }) {
    board.incidents = new Map(incidents.map((i) => [i.incident_id, i]));
    board.alerts = new Map(alerts.map((a) => [a.alert_id, a]));
    board.feeds = new Map(feeds.map((f) => [f.feed_id, f]));
    board.rules = new Map(rules.map((r) => [r.name, r]));
    board.triage = new Map(triage.map((t) => [t.alert_id, t]));
    meetFirst(alerts);
    board.counts = counts;
    take.health(health);
  },
  incident: put(() => board.incidents, "incident_id"),
  alert: put(() => board.alerts, "alert_id"),
  relation() {},
  correction() {},
  feed(body) { board.feeds.set(body.feed_id, body); },
  rule(body) {
    if (body.deleted) board.rules.delete(body.name);
    else board.rules.set(body.name, body);
  },
  triage(body) { board.triage.set(body.alert_id, body); },
  gone({ what, id }) { board[`${what}s`].delete(id); },
  counts(counts) { board.counts = counts; },
  health(health) { board.health = health; drawHealth(); },
  still() {}, // the stream is alive
};

// Follow for ever; `redraw` after anything, `told` with each event of the stream once it stands on the board.
export function follow(redraw, told) {
  page = { redraw, told };
  listen();
}

function listen() {
  const source = new EventSource(mark ? `/api/stream?since=${encodeURIComponent(mark)}` : "/api/stream");
  for (const [kind, taking] of Object.entries(take)) {
    source.addEventListener(kind, (event) => {
      heard = performance.now();
      mark = event.lastEventId || mark;
      const body = JSON.parse(event.data);
      taking(body);
      page.told(kind, body);
      if (late || $("health").textContent === "not live") drawHealth();
      late = false;
      page.redraw();
    });
  }
  source.addEventListener("error", () => {
    notLive("The console does not answer: is tocsin still running?");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN); // refused; else the browser asks again
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
      listen();
    }
  }, 1000);
}

function notLive(why) {
  $("health").className = "bad";
  $("health").textContent = "not live";
  say(`${why} ${standing()}`);
}
