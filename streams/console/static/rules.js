// The rules of alerts: a list, a form, and what a rule would have raised before it is saved.

import { codeOf, nameOf } from "./countries.js";
import { decide } from "./desk.js";
import { $, button, element } from "./dom.js";
import { board } from "./state.js";
import { day, figure, local, plural, slug, where } from "./words.js";

const WHAT = ["killed", "injured", "missing", "arrested", "displaced", "abducted", "attacks", "participants", "damage", "other"];
const ROLES = ["main", "follow-up", "background", "aggregate", "statement", "story"];
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const ROWS = 3; // conditions on figures that the form offers
let form = null;

const listed = (text) => text.split(",").map((part) => part.trim()).filter(Boolean);
const field = (label, name, attributes = {}) => element("label", {}, element("span", {}, label), element("input", { name, ...attributes }));
const choice = (label, name, options) => element("label", {}, element("span", {}, label), select(name, options));
const select = (name, options, label = null) => element("select", { name, "aria-label": label }, options.map(([value, text]) => element("option", { value }, text)));
const group = (title, ...content) => element("fieldset", {}, element("legend", {}, title), ...content);
const check = (name, value, text, checked) => element("label", { class: "check" }, element("input", { type: "checkbox", name, value, checked }), text);

function figureRow(n) {
  return element("div", { class: "row" },
    select(`what${n}`, [["", "no condition"], ...WHAT.map((w) => [w, w])], `Figure ${n + 1}`),
    select(`bound${n}`, [["best", "best figure"], ["low", "lowest figure"], ["high", "highest figure"]], `Which value of figure ${n + 1}`),
    select(`comparison${n}`, [["at-least", "at least"], ["at-most", "at most"]], `Comparison of figure ${n + 1}`),
    element("input", { name: `value${n}`, type: "number", min: 0, "aria-label": `Number of figure ${n + 1}` }));
}

// What is asked of an incident, and of no feed.
function ofIncidents() {
  return element("div", { class: "of-incidents" },
    field("Types, families or whole types", "types", { placeholder: "explosions, battles/clash" }),
    field("Areas", "admin1", { placeholder: "Nineveh" }),
    group("Figures", Array.from({ length: ROWS }, (_, n) => figureRow(n))),
    element("div", { class: "row" }, field("Words in title or summary", "words", { placeholder: "car bomb, hospital" }), field("Actors", "actors")),
    element("div", { class: "row" },
      choice("Least severity", "least_severity", [0, 1, 2, 3, 4, 5].map((n) => [n, n || "any"])),
      field("Least independent sources", "least_origins", { type: "number", min: 0 })),
    group("Within a circle", element("div", { class: "row" }, field("Latitude", "lat", { type: "number", step: "any", min: -90, max: 90 }),
      field("Longitude", "lon", { type: "number", step: "any", min: -180, max: 180 }), field("Kilometres", "km", { type: "number", step: "any", min: 0 }))),
    field("Within a polygon: corners as lat lon; lat lon; …", "polygon", { placeholder: "36 43; 37 43; 37 44" }),
    group("More news of the place than usual (empty: not asked)", element("div", { class: "row" },
      field("Times the usual number", "times", { type: "number", min: 1, step: "any", placeholder: "3" }),
      choice("for its", "of", [["country", "country"], ["admin1", "area"]]),
      field("Incidents at least", "least", { type: "number", min: 1, placeholder: "3" }),
      field("Within hours", "hours", { type: "number", min: 1, max: 720, placeholder: "24" }),
      field("Usual over days", "growth_days", { type: "number", min: 1, max: 90, placeholder: "28" }))),
    group("Roles", element("div", { class: "row" }, ROLES.map((r) => check("roles", r, r, r === "main" || r === "follow-up")))));
}

function build() {
  form = element("form", { id: "rule" },
    element("div", { class: "row" }, field("Name", "name", { required: true, maxlength: 60 }),
      choice("Level", "level", [["graded", "graded by harm and sources"], ["critical", "critical"], ["warning", "warning"], ["info", "info"]]),
      check("enabled", "1", "in force", true)),
    choice("It is about", "about", [["", "incidents"], ["feeds", "feeds that fall silent"]]),
    element("div", { class: "row of-feeds" }, field("Feeds, by a part of their name (empty: any)", "feeds", { placeholder: "reuters, example.org" }),
      field("Hours without news (empty: as its own history says)", "silent_hours", { type: "number", min: 0, max: 8760, step: "any" })),
    element("div", { class: "row" }, field("Countries", "countries", { placeholder: "Iraq, SY" })),
    ofIncidents(),
    group("On duty (empty: always)", element("div", { class: "row" }, field("Time zone", "zone", { placeholder: "Europe/Kyiv" }),
      field("From", "start", { type: "time" }), field("To", "end", { type: "time" }),
      field("Quiet from", "quiet_start", { type: "time" }), field("Quiet to", "quiet_end", { type: "time" })),
    element("div", { class: "row" }, DAYS.map((d, n) => check("days", n + 1, d)))),
    field("What it is for", "note"),
    element("div", { class: "row acts" },
      choice("Test on", "test_days", [[1, "the last day"], [7, "the last 7 days"], [30, "the last 30 days"], [3660, "all that is held"]]),
      button({ id: "rule-test" }, test, "Test"), element("button", { id: "rule-save", type: "submit" }, "Save"), button({ id: "rule-delete" }, remove, "Delete")),
    element("p", { id: "rule-said", class: "refused", role: "alert", hidden: true }),
    element("div", { id: "rule-preview", "aria-live": "polite" }));
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.elements.test_days.value = 7;
  $("rule-place").replaceChildren(form);
}

const value = (name) => form.elements[name].value.trim();
const number = (name) => (value(name) === "" ? 0 : Number(value(name)));
const ticked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((e) => e.value);

// The form as a rule. Throws an Error whose message is for people.
function written() {
  const countries = listed(value("countries")).map((text) => {
    const code = codeOf(text);
    if (!code) throw new Error(`No country is called ${text}.`);
    return code;
  });
  const figures = Array.from({ length: ROWS }, (_, n) => n).filter((n) => value(`what${n}`)).map((n) => ({
    what: value(`what${n}`), bound: value(`bound${n}`), comparison: value(`comparison${n}`), value: number(`value${n}`),
  }));
  const polygon = value("polygon").split(";").map((p) => p.trim()).filter(Boolean).map((p) => {
    const [lat, lon] = p.split(/[\s,]+/).map(Number);
    if (!Number.isFinite(lat) || !Number.isFinite(lon)) throw new Error(`“${p}” is no corner: give latitude and longitude.`);
    return { lat, lon };
  });
  const circle = value("km") === "" ? null : { lat: number("lat"), lon: number("lon"), km: number("km") };
  const duty = value("zone") || value("start") || value("end") || value("quiet_start") || value("quiet_end") || ticked("days").length;
  const schedule = duty ? {
    zone: value("zone") || "UTC", days: ticked("days").map(Number), start: value("start") || "00:00", end: value("end") || "00:00",
    quiet_start: value("quiet_start"), quiet_end: value("quiet_end"),
  } : null;
  const growth = value("times") === "" ? null : {
    times: number("times"), of: value("of"), least: number("least") || 3, hours: number("hours") || 24, days: number("growth_days") || 28,
  };
  const every = { name: value("name"), enabled: form.elements.enabled.checked, level: value("level"), countries, schedule, note: value("note") };
  if (value("about") === "feeds") return { ...every, silence: { feeds: listed(value("feeds")), hours: number("silent_hours") } };
  return {
    ...every, growth, types: listed(value("types")),
    admin1: listed(value("admin1")), circle, polygon, actors: listed(value("actors")), words: listed(value("words")),
    least_severity: number("least_severity"), figures, least_origins: number("least_origins"), roles: ticked("roles"),
  };
}

function fill(rule) {
  build();
  const put = (name, v) => { form.elements[name].value = v ?? ""; };
  for (const name of ["name", "level", "least_severity", "note"]) put(name, rule[name]);
  put("least_origins", rule.least_origins || "");
  for (const name of ["types", "admin1", "actors", "words"]) put(name, rule[name].join(", "));
  put("countries", rule.countries.map(nameOf).join(", "));
  form.elements.enabled.checked = rule.enabled;
  rule.figures.slice(0, ROWS).forEach((f, n) => { for (const part of ["what", "bound", "comparison", "value"]) put(`${part}${n}`, f[part]); });
  for (const part of ["lat", "lon", "km"]) put(part, rule.circle?.[part]);
  put("polygon", rule.polygon.map((c) => `${c.lat} ${c.lon}`).join("; "));
  for (const box of form.querySelectorAll("[name=roles]")) box.checked = rule.roles.includes(box.value);
  for (const part of ["zone", "start", "end", "quiet_start", "quiet_end"]) put(part, rule.schedule?.[part]);
  for (const part of ["times", "of", "least", "hours"]) if (rule.growth) put(part, rule.growth[part]);
  put("growth_days", rule.growth?.days);
  put("about", rule.silence ? "feeds" : "");
  put("feeds", rule.silence?.feeds.join(", "));
  put("silent_hours", rule.silence?.hours || "");
  for (const box of form.querySelectorAll("[name=days]")) box.checked = Boolean(rule.schedule?.days.includes(Number(box.value)));
  $("rule-delete").hidden = false;
  if (rule.figures.length > ROWS) say(`This rule has ${rule.figures.length} conditions on figures; saving here would keep ${ROWS}.`);
}

function say(words) {
  $("rule-said").textContent = words;
  $("rule-said").hidden = !words;
}

async function trying(act) {
  say("");
  try {
    await act();
  } catch (error) {
    say(error.message);
  }
}

const test = () => trying(async () => {
  const found = await decide("/api/rules/test", { rule: { ...written(), name: value("name") || "test" }, days: Number(value("test_days")) });
  const levels = Object.entries(found.levels).map(([level, n]) => `${n} ${level}`).join(", ");
  const days = Object.entries(found.by_day).map(([d, n]) => `${day(d)}: ${n}`).join(" · ");
  $("rule-preview").replaceChildren(
    element("p", {}, element("b", {}, `${plural(found.count, "alert")}`), ` of ${plural(found.looked_at, found.of)} ${found.where}${levels ? `: ${levels}` : ""}`),
    days ? element("p", { class: "meta" }, days) : "",
    element("ul", { class: "met" }, found.met.map((i) => element("li", {}, element("bdi", {}, i.title),
      element("span", { class: "meta" }, ` ${metWords(i)}`)))));
});

const metWords = (i) => [i.family === "watch" ? "" : where(i.place), slug(i.subtype), i.figures.map((f) => `${f.of || f.what} ${figure(f)}`).join(", "), local(i.last_changed)]
  .filter(Boolean).join(" · ");

const save = () => trying(async () => {
  const { rule } = await decide("/api/rules", { rule: written() });
  say("");
  $("rule-preview").replaceChildren(element("p", {}, `Saved. ${rule.name} is ${rule.enabled ? "in force" : "switched off"}.`));
  $("rule-delete").hidden = false;
});

const remove = () => trying(async () => {
  const { deleted } = await decide("/api/rules/delete", { name: value("name") });
  fresh();
  $("rule-preview").replaceChildren(element("p", {}, `${deleted} is deleted; its alerts are taken back as their incidents change.`));
});

function fresh() {
  build();
  $("rule-delete").hidden = true;
}

export function drawRules() {
  if (!$("rules").open) return;
  $("rules-list").replaceChildren(...[...board.rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((rule) => element("li", {},
    button({}, () => fill(rule), rule.name, element("div", { class: "meta" },
      `${rule.level}${rule.enabled ? "" : ", switched off"}${rule.author ? ` · by ${rule.author}, ${local(rule.at)}` : " · of the configuration"}`)))));
}

export function prepareRules() {
  $("open-rules").addEventListener("click", () => { fresh(); $("rules").showModal(); drawRules(); });
  $("rule-new").addEventListener("click", fresh);
  $("rules-close").addEventListener("click", () => $("rules").close());
}
