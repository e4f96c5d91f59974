// What ClickHouse finds beyond the board for the view in the address: older incidents, and those whose reports say the words.

import { soughtIn } from "./find.js";
import { board } from "./state.js";

const PAUSE = 400; // milliseconds without a key pressed before ClickHouse is asked
const ASKS = ["q", "country", "type", "severity", "least"]; // what is worth asking for
const OF_ALERTS = ["rule", "desk"]; // what only alerts have: ClickHouse is not asked

let waiting = null;
let turn = 0;
let absent = false; // this console was started without ClickHouse
export let older = { incidents: [], count: 0, said: "" };

const isAsking = () => !absent && ASKS.some((name) => soughtIn(name).trim()) && !OF_ALERTS.some(soughtIn);

// Ask for what the view seeks, once nothing has changed for a moment; `redraw` when an answer is there.
export function seekOlder(redraw) {
  clearTimeout(waiting);
  const mine = ++turn;
  const asking = isAsking();
  older = { incidents: [], count: 0, said: asking ? "Looking for older ones in ClickHouse…" : "" };
  if (asking) {
    waiting = setTimeout(async () => {
      const answer = await find();
      if (mine !== turn) return; // something else is looked for by now
      older = answer;
      redraw();
    }, PAUSE);
  }
}

async function find() {
  try {
    const body = await (await fetch(`/api/find${location.search}`)).json();
    absent = Boolean(body.absent);
    if (absent || body.error) return { incidents: [], count: 0, said: body.error ?? "" };
    if (body.trouble) return { incidents: [], count: 0, said: `Older ones are not known now: ${body.trouble}` };
    return { incidents: body.incidents ?? [], count: body.count ?? 0, said: "" };
  } catch {
    return { incidents: [], count: 0, said: "Older ones are not known now: the console does not answer." };
  }
}

// Those that are not on the board by now, unless its own list leaves them out for words that only their reports say.
export const olderThan = (shown) => {
  const there = new Set(shown.map((i) => i.incident_id));
  return older.incidents.filter((i) => !there.has(i.incident_id)).map((i) => board.incidents.get(i.incident_id) ?? i);
};
