// The map: incidents as dots, those that would lie on each other as clusters; where it looks, and until when.

import { $, arrange, shape } from "./dom.js";
import { board, chosen } from "./state.js";
import { Supercluster } from "./vendor/map-parts.js";
import { day, plural, where } from "./words.js";
import { BOUNDS, drawWorld, prepareWorld, projection } from "./world.js";

const CLOSEST = 80; // times the whole world
const CHOSEN = 5; // how close a choice is looked at, at least
const MOST = 400; // dots
const LETTERS = 11; // pixels, on a desk
const VAGUE = new Set(["admin", "country", "region", "unknown"]);
let size = { across: 600, down: 300 };
let view = { x: BOUNDS.x + BOUNDS.width / 2, y: BOUNDS.y + BOUNDS.height / 2, close: 1 }; // middle, in units
let incidents = [];
let index = null;
let signed = "";
let pick = () => {};
let letters = LETTERS;

// Pixels to the unit.
const scale = () => Math.min(size.across / BOUNDS.width, size.down / BOUNDS.height) * view.close;
const corner = () => [view.x - size.across / scale() / 2, view.y - size.down / scale() / 2];
const begun = (incident) => incident.time?.start ?? incident.last_changed;

// Incidents as points, once for a change of places, not once for a look or a new figure.
function load(shown) {
  const signature = shown.map((i) => `${i.incident_id} ${i.place?.lat} ${i.place?.lon}`).join();
  if (signature === signed) return;
  signed = signature;
  index = new Supercluster({ radius: 26 * (letters / LETTERS), extent: 256, maxZoom: 16, minPoints: 2 });
  index.load(shown.filter((i) => i.place && i.place.lat !== null && i.place.lon !== null).map((incident) => (
    { type: "Feature", geometry: { type: "Point", coordinates: [incident.place.lon, incident.place.lat] }, properties: { id: incident.incident_id } })));
}

const zoomLevel = () => Math.max(0, Math.min(16, Math.floor(Math.log2((scale() * BOUNDS.width) / 256))));

function dotOf({ id, geometry: { coordinates: [lon, lat] }, properties }) {
  const leaves = properties.cluster ? index.getLeaves(properties.cluster_id, Infinity) : [{ properties }];
  const found = leaves.map((leaf) => board.incidents.get(leaf.properties.id)).filter((i) => i?.place);
  if (!found.length) return null; // gone since
  const sorted = found.sort((a, b) => b.severity - a.severity);
  const places = new Set(sorted.map((i) => `${i.place.lat} ${i.place.lon}`));
  return {
    key: properties.cluster ? `cluster ${id}` : sorted[0].incident_id, at: projection([lon, Math.max(-84, Math.min(84, lat))]),
    incidents: sorted, severity: sorted[0].severity, spread: places.size > 1, vague: sorted.every((i) => VAGUE.has(i.place.precision)),
  };
}

const isChosen = (dot) => dot.incidents.some((i) => i.incident_id === chosen());

function draw(dot) {
  const [left, top] = corner();
  const [x, y] = [(dot.at[0] - left) * scale(), (dot.at[1] - top) * scale()];
  const many = dot.incidents.length > 1;
  const grown = letters / LETTERS;
  const radius = (dot.severity + 2.5 + (many ? 3 + Math.log2(dot.incidents.length) : 0)) * grown;
  const node = shape("g", { class: `dot s${dot.severity}${dot.vague ? " vague" : ""}${isChosen(dot) ? " chosen" : ""}`, transform: `translate(${x} ${y})` },
    shape("title", {}, many ? `${where(dot.incidents[0].place)}${dot.spread ? " and near it" : ""}: ${plural(dot.incidents.length, "incident")}` : dot.incidents[0].title),
    dot.incidents.some((i) => i.shine) ? shape("circle", { class: "wave", r: 18 * grown }) : null,
    isChosen(dot) ? shape("circle", { class: "ring", r: radius + 4 * grown }) : null,
    shape("circle", { r: radius, "stroke-width": 1.5 }),
    many ? shape("text", { "text-anchor": "middle", y: 4 * grown, "font-size": letters }, dot.incidents.length) : null);
  node.addEventListener("click", () => press(dot));
  return node;
}

// A cluster of several places is looked at closer, of one place each press goes to its next incident.
function press(dot) {
  if (dot.spread && view.close < CLOSEST) return look(dot.at[0], dot.at[1], view.close * 2.5);
  const at = dot.incidents.findIndex((i) => i.incident_id === chosen());
  return pick(dot.incidents[(at + 1) % dot.incidents.length].incident_id);
}

function redraw() {
  const [x, y] = corner();
  if (!$("map").clientWidth) return; // behind a tab
  drawWorld($("ground"), { x, y, scale: scale(), across: size.across, down: size.down, close: view.close, letters });
  if (!index) return;
  const dots = index.getClusters([-180, -85, 180, 85], zoomLevel()).map(dotOf).filter(Boolean).sort((a, b) => b.severity - a.severity).slice(0, MOST)
    .sort((a, b) => isChosen(a) - isChosen(b) || a.severity - b.severity);
  arrange($("dots"), dots, {
    key: (d) => d.key,
    sign: (d) => [x, y, scale(), isChosen(d), ...d.incidents.map((i) => `${i.incident_id}${i.version}`)].join(),
    draw,
  });
}

// What had begun by the moment that the slider stands at; it goes through incidents, not through years.
function untilThen(all) {
  const slider = $("map-time");
  const share = slider ? Number(slider.value) / Number(slider.max) : 1;
  if (share >= 1) return [all, "all"];
  const times = all.map(begun).sort();
  const end = times[Math.floor(share * (times.length - 1))] ?? "";
  return [all.filter((i) => begun(i) <= end), `begun by ${day(end)}`];
}

export function drawMap(found) {
  incidents = found;
  const [shown, words] = untilThen(found);
  if ($("map-time-said")) $("map-time-said").textContent = words;
  load(shown);
  redraw();
}

function look(x, y, close) {
  const within = (value, low, high) => (low > high ? (low + high) / 2 : Math.min(Math.max(value, low), high));
  view.close = within(close, 1, CLOSEST);
  const [w, h] = [size.across / scale() / 2, size.down / scale() / 2];
  view.x = within(x, BOUNDS.x + w, BOUNDS.x + BOUNDS.width - w);
  view.y = within(y, BOUNDS.y + h, BOUNDS.y + BOUNDS.height - h);
  $("map").classList.toggle("near", view.close > 1);
  redraw();
}

// Change the scale around a point of the picture, given in pixels from its middle.
function zoom(factor, dx = 0, dy = 0) {
  const close = Math.min(Math.max(view.close * factor, 1), CLOSEST);
  const [px, py] = [view.x + dx / scale(), view.y + dy / scale()];
  const after = (scale() / view.close) * close;
  look(px - dx / after, py - dy / after, close);
}

// Bring an incident into the middle.
export function centreOn(id) {
  const place = board.incidents.get(id)?.place;
  if (!place || place.lat === null || place.lon === null) return;
  const [x, y] = projection([place.lon, Math.max(-84, Math.min(84, place.lat))]);
  look(x, y, Math.max(view.close, VAGUE.has(place.precision) ? CHOSEN / 2 : CHOSEN));
}

export const showWhole = () => look(0, 0, 1);

export function prepareMap(choose, options = {}) {
  pick = choose;
  ({ letters = LETTERS } = options);
  const map = $("map");
  prepareWorld(redraw);
  $("zoom-in")?.addEventListener("click", () => zoom(1.8));
  $("zoom-out")?.addEventListener("click", () => zoom(1 / 1.8));
  $("zoom-all")?.addEventListener("click", showWhole);
  $("map-time")?.addEventListener("input", () => drawMap(incidents));
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = map.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 0.8 : 1.25, event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2);
  }, { passive: false });
  map.addEventListener("pointermove", (event) => {
    if (event.buttons === 1 && view.close > 1) look(view.x - event.movementX / scale(), view.y - event.movementY / scale(), view.close);
  });
  new ResizeObserver(() => {
    if (!map.clientWidth) return; // behind a tab
    size = { across: map.clientWidth, down: map.clientHeight };
    map.setAttribute("viewBox", `0 0 ${size.across} ${size.down}`);
    look(view.x, view.y, view.close);
  }).observe(map);
}
