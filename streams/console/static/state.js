// What the page knows: a live copy of the board, what is chosen, and which alerts were seen in this browser.

export const board = { incidents: new Map(), alerts: new Map(), feeds: new Map(), rules: new Map(), triage: new Map(), counts: {}, health: null };

const byChange = (key) => (a, b) => (a[key] < b[key] ? 1 : a[key] > b[key] ? -1 : 0);

export const alertsNewestFirst = () => [...board.alerts.values()].sort(byChange("changed_at"));
export const incidentsNewestFirst = () => [...board.incidents.values()].sort(byChange("last_changed"));

// What an empty list says before the server has told what there is.
export const untold = () => (board.health?.kafka !== "connected" && !board.incidents.size ? "Asking Kafka what there is." : "");

// Milliseconds of the newest report on the board; null on an empty one.
export function newest() {
  let last = "";
  for (const { last_changed } of board.incidents.values()) if (last_changed > last) last = last_changed;
  for (const { changed_at } of board.alerts.values()) if (changed_at > last) last = changed_at;
  return last ? Date.parse(last) : null;
}

// The incident that the address names; an address that cannot be read names what it says.
export function chosen() {
  const named = location.hash.slice(1);
  try {
    return decodeURIComponent(named) || null;
  } catch {
    return named || null;
  }
}

const SEEN = "tocsin-seen-alerts";
let reader = ""; // whose marks these are; those of nobody named have the bare key
let seen = read();

const key = () => (reader ? `${SEEN}/${reader}` : SEEN);

function read() {
  try {
    return JSON.parse(localStorage.getItem(key()));
  } catch {
    return null;
  }
}

function write() {
  try {
    localStorage.setItem(key(), JSON.stringify(seen));
  } catch {
    // a browser that keeps nothing shows everything of this visit as new
  }
}

// On a first visit what stands there already is no news.
export function meetFirst(alerts) {
  if (seen) return;
  seen = Object.fromEntries(alerts.map((a) => [a.alert_id, a.revision]));
  write();
}

// From now on these marks are of this person. Who gives a name for the first time keeps what was seen before it.
export function readAs(name) {
  if (name === reader) return;
  const before = reader ? null : seen;
  reader = name;
  seen = read();
  if (!seen && before) {
    seen = { ...before };
    write();
  }
  if (board.health) meetFirst([...board.alerts.values()]);
}

export const isUnseen = (alert) => (seen?.[alert.alert_id] ?? 0) < alert.revision;

export function markSeen(alerts) {
  for (const alert of alerts) (seen ??= {})[alert.alert_id] = alert.revision;
  for (const id of Object.keys(seen ?? {})) if (!board.alerts.has(id)) delete seen[id];
  write();
}
