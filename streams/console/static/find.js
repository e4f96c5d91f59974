// What is looked for, among alerts and incidents alike, kept in the address so that a view can be sent and saved.

import { countryIn, fold, nameOf } from "./countries.js";
import { $, element } from "./dom.js";
import { board, newest } from "./state.js";
import { reference, slug } from "./words.js";

const FIELDS = {
  q: "words", country: "find-country", type: "find-type", severity: "find-severity", hours: "find-hours", what: "find-what",
  least: "find-least", rule: "find-rule", desk: "find-desk", order: "order", open: "open-only", stories: "stories",
};
const SMALL = new Set(["in", "at", "the", "of", "and", "near", "from", "a", "an", "on"]);
const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? "1" : "") : field.value);
const initial = {};

export const soughtIn = (name) => valueOf($(FIELDS[name]));

function read() {
  const asked = new URLSearchParams(location.search);
  for (const [name, id] of Object.entries(FIELDS)) {
    const field = $(id);
    const value = asked.get(name) ?? initial[name];
    if (field.type === "checkbox") field.checked = value === "1";
    else if (field.tagName === "SELECT" && ![...field.options].some((o) => o.value === value)) field.append(option(value, label(name, value)));
    if (field.type !== "checkbox") field.value = value;
  }
}

function write() {
  const told = new URLSearchParams();
  for (const [name, id] of Object.entries(FIELDS)) if (valueOf($(id)) !== initial[name]) told.set(name, valueOf($(id)));
  const text = told.toString();
  history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
}

const option = (value, text) => element("option", { value }, text);
const label = (name, value) => (name === "country" ? nameOf(value) : slug(value));

// Offer what there is on the board, keeping what is chosen.
function offer(name, values) {
  const field = $(FIELDS[name]);
  const chosen = field.value;
  const all = [...new Set([...values, chosen])].filter(Boolean).sort((a, b) => (label(name, a) < label(name, b) ? -1 : 1));
  if (field.offered === all.join()) return;
  field.offered = all.join();
  field.replaceChildren(field.options[0], ...all.map((v) => option(v, label(name, v))));
  field.value = chosen;
}

export function offerChoices() {
  const incidents = [...board.incidents.values()];
  offer("country", incidents.map((i) => i.place?.country));
  offer("type", incidents.flatMap((i) => [i.family, `${i.family}/${i.subtype}`]));
  offer("rule", [...[...board.alerts.values()].map((a) => a.rule), ...board.rules.keys()]);
}

function textOf(thing) {
  const { place } = thing;
  const parts = [thing.title, thing.headline, slug(thing.family), slug(thing.subtype), place?.name, place?.admin1, place?.country && nameOf(place.country)];
  return ` ${fold(parts.filter(Boolean).join(" "))} `;
}

// "earthquakes" finds "earthquake": a word matches at a word's beginning, with or without its plural s.
const says = (text, word) => text.includes(` ${word}`) || (word.endsWith("s") && word.length > 3 && text.includes(` ${word.slice(0, -1)}`));

function common(thing, at) {
  const country = soughtIn("country");
  const type = soughtIn("type");
  if (country && thing.place?.country !== country) return false;
  if (type && thing.family !== type && `${thing.family}/${thing.subtype}` !== type) return false;
  if (thing.severity < Number(soughtIn("severity") || 0)) return false;
  const hours = Number(soughtIn("hours") || 0);
  if (hours && Date.parse(at) < reference(newest()) - hours * 3_600_000) return false;
  const least = Number(soughtIn("least") || 0);
  const what = soughtIn("what");
  if (least && !thing.figures.some((f) => (!what || f.what === what) && (f.best ?? f.low ?? f.high ?? 0) >= least)) return false;
  const words = fold(soughtIn("q"));
  if (!words) return true;
  const text = textOf(thing);
  const { code, name, rest } = countryIn(words);
  if (code && thing.place?.country !== code && !text.includes(` ${name} `)) return false;
  return rest.split(" ").filter((w) => w && !SMALL.has(w)).every((w) => says(text, w));
}

function decided(alert) {
  const triage = board.triage.get(alert.alert_id);
  const silent = triage?.silenced_until && Date.parse(triage.silenced_until) > Date.now();
  return {
    open: !triage?.acknowledged_by, acknowledged: Boolean(triage?.acknowledged_by), assigned: Boolean(triage?.assigned_to), silenced: silent,
  };
}

const asAlert = (alert) => (!soughtIn("rule") || alert.rule === soughtIn("rule")) && (!soughtIn("desk") || decided(alert)[soughtIn("desk")]);

export const findsAlert = (alert) => common(alert, alert.changed_at) && asAlert(alert);

// Rule and triage are an alert's: they find the incidents that have such an alert.
export function incidentFinder() {
  const ofAlerts = soughtIn("rule") || soughtIn("desk")
    ? new Set([...board.alerts.values()].filter(asAlert).map((a) => a.incident_id)) : null;
  return (incident) => common(incident, incident.last_changed) && (!ofAlerts || ofAlerts.has(incident.incident_id));
}

export function prepareFind(redraw) {
  for (const [name, id] of Object.entries(FIELDS)) initial[name] = valueOf($(id));
  read();
  const changed = () => { write(); $("find-clear").hidden = !location.search; redraw(); };
  for (const form of [$("find"), $("filter")]) {
    for (const kind of ["input", "change"]) form.addEventListener(kind, changed);
    form.addEventListener("submit", (event) => event.preventDefault());
  }
  $("find-clear").hidden = !location.search;
  $("find-clear").addEventListener("click", () => {
    history.replaceState(null, "", location.pathname + location.hash);
    read();
    changed();
  });
}
