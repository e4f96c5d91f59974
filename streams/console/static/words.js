// Data in words: numbers, ranges, times in UTC, places, types.

export const whole = new Intl.NumberFormat("en");
const dayOf = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const hourOf = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const monthOf = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

export const day = (iso) => (iso ? dayOf.format(new Date(iso)) : "");
export const moment = (iso) => (iso ? `${day(iso)}, ${hourOf.format(new Date(iso))}` : "");
// In the viewer's own zone, with UTC beside where that differs.
const localOf = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const isUtc = new Date(0).getTimezoneOffset() === 0 && new Date().getTimezoneOffset() === 0;
export const local = (iso) => (!iso ? "" : isUtc ? `${moment(iso)} UTC` : `${localOf.format(new Date(iso))} (${moment(iso)} UTC)`);
// Those who died before houses and crowds; what is not named stays last, in its order.
const GRAVITY = ["killed", "missing", "injured", "abducted", "arrested", "displaced", "attacks", "participants", "damage"];
export const gravity = (what) => GRAVITY.indexOf(what) + 1 || GRAVITY.length + 1;
export const gravestFirst = (figures) => [...figures].sort((a, b) => gravity(a.what) - gravity(b.what));
export const changed = (what) => (what === "origins" ? "independent sources" : what); // the name of what a version changed
export const slug = (text) => text.replaceAll("-", " ");
export const plural = (count, one, many = `${one}s`) => `${whole.format(count)} ${count === 1 ? one : many}`;
export const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text);
// KOCHI, as a dateline writes it, is Kochi.
const calm = (name) => (/\p{Lu}{4}/u.test(name) && name === name.toUpperCase() ? name.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (c) => c.toUpperCase()) : name);
export const where = (place) => (place ? [calm(place.name), place.country].filter(Boolean).join(", ") : "place unknown");

// Bounds in the text's own words where it has such ("more than 300").
export function range(low, high, words = "") {
  if (words) return words;
  if (low === null && high === null) return "some";
  if (low === null) return `up to ${whole.format(high)}`;
  if (high === null) return `at least ${whole.format(low)}`;
  return low === high ? whole.format(low) : `${whole.format(low)}–${whole.format(high)}`;
}

// One number where sources agree, `74 (20–91)` where they differ.
export function figure({ low, best, high, words }) {
  if (best === null) return range(low, high);
  const spread = low !== null && high !== null && low !== high;
  return (words || whole.format(best)) + (spread ? ` (${whole.format(low)}–${whole.format(high)})` : "");
}

export function period(time) {
  if (!time) return "time unknown";
  const [from, to] = [new Date(time.start), new Date(time.end)];
  if (time.precision === "year") return String(from.getUTCFullYear());
  if (time.precision === "month") return monthOf.format(from);
  if (time.precision === "instant") return moment(time.start);
  return day(from) === day(to) ? day(from) : `${day(from)} – ${day(to)}`;
}

const UNITS = [["y", 31_557_600], ["d", 86_400], ["h", 3600], ["min", 60]];

// How long before `now` (milliseconds) it was, in its largest unit.
export function ago(iso, now) {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [];
  return unit ? `${Math.floor(seconds / size)} ${unit} ago` : "just now";
}

const DAY = 86_400_000;

// What "ago" counts back from: the clock, or the newest report when that is days old, as in a replay of old news.
export function reference(newest) {
  const clock = Date.now();
  return newest && clock - newest > 2 * DAY ? newest : clock;
}
