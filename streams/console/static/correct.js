// Merge, split, edit and undo on screen: chosen, previewed, then sent.

import { codeOf } from "./countries.js";
import { decide } from "./desk.js";
import { $, button, element } from "./dom.js";
import { lookUp, reportsOf } from "./reports.js";
import { board } from "./state.js";
import { changed, cut, local, moment, plural, slug, where } from "./words.js";

const MOST = 60; // incidents offered to merge into
let about = null; // the incident, its path and what the last preview was of
let previewed = null;

const choice = (label, name, options, chosen) => element("label", {}, element("span", {}, label), element("select", { name },
  options.map(([value, text]) => element("option", { value, selected: String(value) === String(chosen) }, text))));
const field = (label, name, attributes) => element("label", {}, element("span", {}, label), element("input", { name, type: "text", ...attributes }));

// Those most likely to be the same: of one country and family first, then the newest.
function candidates(incident) {
  const near = (i) => (i.place?.country === incident.place?.country ? 2 : 0) + (i.family === incident.family ? 1 : 0);
  return [...board.incidents.values()].filter((i) => i.incident_id !== incident.incident_id && !i.merged_into && i.status !== "closed")
    .sort((a, b) => near(b) - near(a) || (a.last_changed < b.last_changed ? 1 : -1)).slice(0, MOST);
}

const PARTS = {
  merge: (incident) => [choice("Merge it into", "other", candidates(incident).map((i) => [i.incident_id, cut(`${i.title} · ${where(i.place)} · ${moment(i.last_changed)}`, 110)]))],
  split: (incident) => [splitList(incident)],
  edit: (incident) => [
    field("Title", "title", { value: incident.title, maxlength: 300 }),
    element("div", { class: "row" },
      field("Type", "type", { value: `${incident.family}/${incident.subtype}` }),
      choice("Severity", "severity", [0, 1, 2, 3, 4, 5].map((n) => [n, n]), incident.severity),
      choice("Status", "status", ["developing", "stable", "closed"].map((s) => [s, s]), incident.status),
      choice("Role", "role", ["main", "follow-up", "background", "aggregate", "statement", "story"].map((r) => [r, r]), incident.role)),
    element("div", { class: "row" },
      field("Place", "place", { value: incident.place?.name ?? "" }), field("Country", "country", { value: incident.place?.country ?? "", size: 4 }),
      field("Latitude", "lat", { type: "number", step: "any", min: -90, max: 90, value: incident.place?.lat ?? "" }),
      field("Longitude", "lon", { type: "number", step: "any", min: -180, max: 180, value: incident.place?.lon ?? "" })),
  ],
};

function splitList(incident) {
  const reports = reportsOf(incident.incident_id);
  if (!reports.length) return element("p", { class: "meta" }, "The reports are not known yet: ClickHouse has not answered.");
  return element("fieldset", {}, element("legend", {}, "Reports to take out into an incident of their own"), reports.map((r) => element("label", { class: "check" },
    element("input", { type: "checkbox", name: "mention", value: r.mention_id }),
    element("span", {}, element("bdi", {}, cut(r.passage || r.title, 120)), element("span", { class: "meta" }, ` ${r.publisher || r.domain}, ${local(r.reported_at)}`)))));
}

const given = (name) => $("correct-form").elements[name]?.value.trim() ?? "";

// What the form asks for, as the console takes it. Only fields that were changed are edited.
function asked() {
  const action = given("action");
  if (action === "merge") return { action, other: given("other") };
  if (action === "split") return { action, mention_ids: [...document.querySelectorAll("#correct-form [name=mention]:checked")].map((b) => b.value) };
  return { action, fields: edits(about.incident) };
}

function edits(incident) {
  const found = {};
  const put = (name, now, before) => { if (JSON.stringify(now) !== JSON.stringify(before)) found[name] = JSON.stringify(now); };
  const [family, subtype] = given("type").split("/");
  put("title", given("title"), incident.title);
  put("family", family, incident.family);
  put("subtype", subtype ?? "", incident.subtype);
  put("severity", Number(given("severity")), incident.severity);
  put("status", given("status"), incident.status);
  put("role", given("role"), incident.role);
  const { name = "", country = "", lat = null, lon = null } = incident.place ?? {};
  const number = (text) => (text === "" ? null : Number(text));
  const place = { name: given("place"), country: codeOf(given("country")) ?? given("country"), lat: number(given("lat")), lon: number(given("lon")) };
  if (JSON.stringify(place) !== JSON.stringify({ name, country: country ?? "", lat, lon })) {
    found.place = place.name ? JSON.stringify({ ...place, country: place.country || null, precision: place.lat === null ? "unknown" : "city" }) : "null";
  }
  return found;
}

const BECOMES = { new: "comes into being", changed: "lives on", gone: "goes into the other; its alert is told as merged" };

function told({ title, becomes, changes, reports }) {
  return element("li", {}, element("b", {}, element("bdi", {}, title)), ` ${BECOMES[becomes]}${becomes === "gone" ? "" : `, with ${plural(reports, "report")}`}`,
    changes.length ? element("ul", {}, changes.map((c) => element("li", {}, `${changed(c.what)}: `, c.before ? [element("s", {}, slug(c.before)), " → "] : "", element("b", {}, c.after ? slug(c.after) : "none")))) : null);
}

async function trying(act) {
  $("correct-said").hidden = true;
  try {
    await act();
  } catch (error) {
    $("correct-said").textContent = error.message;
    $("correct-said").hidden = false;
  }
}

const preview = (path, body) => trying(async () => {
  previewed = null;
  $("correct-send").hidden = true;
  const answer = await decide(path, { ...body, preview: true });
  const nothing = answer.preview.every((one) => one.becomes === "changed" && !one.changes.length);
  $("correct-preview").replaceChildren(element("h3", {}, "What will change"), nothing && body.action === "edit" && !Object.keys(body.fields).length
    ? element("p", {}, "Nothing: change a field first.") : element("ul", { class: "foreseen" }, answer.preview.map(told)));
  if (nothing && body.action === "edit" && !Object.keys(body.fields).length) return;
  previewed = { path, body: { ...body, versions: answer.versions } };
  $("correct-send").hidden = false;
});

const send = () => trying(async () => {
  await decide(previewed.path, { ...previewed.body, reason: given("reason") });
  $("correct-send").hidden = true;
  $("correct-preview").replaceChildren(element("p", { role: "status" }, "Sent. The incident changes as soon as linking has carried it out."));
  previewed = null;
});

function past(corrections) {
  return element("ul", { class: "met" }, corrections.map((c) => element("li", {},
    element("b", {}, c.action), ` by `, element("bdi", {}, c.author), `, ${local(c.at)}`, c.reason ? [": ", element("bdi", {}, c.reason)] : "",
    " ", button({ class: "undo" }, () => preview(`/api/corrections/${encodeURIComponent(c.correction_id)}/undo`, {}), "Undo…"))));
}

function drawParts() {
  $("correct-parts").replaceChildren(...PARTS[given("action")](about.incident));
  forget();
}

// What was previewed is no longer what the form says.
function forget() {
  previewed = null;
  $("correct-send").hidden = true;
  $("correct-preview").replaceChildren();
}

// Open the dialog for an incident in full.
export async function openCorrect({ incident, corrections }) {
  about = { incident, path: `/api/incidents/${encodeURIComponent(incident.incident_id)}/correct` };
  await lookUp(incident.incident_id, incident.version);
  const form = element("form", { id: "correct-form" },
    choice("What", "action", [["edit", "edit its fields"], ["merge", "merge it into another"], ["split", "split reports off"]]),
    element("div", { id: "correct-parts" }),
    field("Reason, which stands in the history", "reason", { maxlength: 2000 }),
    element("div", { class: "row acts" }, element("button", { type: "submit", id: "correct-look" }, "Preview"), button({ id: "correct-send", hidden: true }, send, "Send")),
    element("p", { id: "correct-said", class: "refused", role: "alert", hidden: true }),
    element("div", { id: "correct-preview", "aria-live": "polite" }),
    corrections.length ? element("section", {}, element("h3", {}, "Corrections so far"), past(corrections)) : null);
  form.addEventListener("submit", (event) => { event.preventDefault(); preview(about.path, asked()); });
  form.elements.action.addEventListener("change", drawParts);
  $("correct-about").textContent = cut(incident.title, 90);
  $("correct-place").replaceChildren(form);
  form.addEventListener("input", (event) => { if (!["action", "reason"].includes(event.target.name)) forget(); });
  drawParts();
  $("correct").showModal();
}

export function prepareCorrect() {
  $("correct-close").addEventListener("click", () => $("correct").close());
}
