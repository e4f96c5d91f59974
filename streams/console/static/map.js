// The map: one dot per place, plate carree, ten units to the degree as in world.svg.

import { $, arrange, shape } from "./dom.js";
import { chosen } from "./state.js";
import { plural, where } from "./words.js";

const WORLD = { x: -1800, y: -840, width: 3600, height: 1430 };
const CLOSEST = 12; // times the whole world
const MOST = 500; // dots; the first of the list have them
const VAGUE = new Set(["admin", "country", "region", "unknown"]);
let view = { ...WORLD };
let dots = [];
let pick = () => {};

// Incidents at one place share a dot, drawn as the worst of them; each click goes to the next.
function places(incidents) {
  const found = new Map();
  for (const incident of incidents) {
    const place = incident.place;
    if (!place || place.lat === null || place.lon === null) continue;
    const key = `${place.lat.toFixed(2)} ${place.lon.toFixed(2)}`;
    if (!found.has(key)) found.set(key, { key, place, incidents: [] });
    found.get(key).incidents.push(incident);
  }
  for (const dot of found.values()) dot.severity = Math.max(...dot.incidents.map((i) => i.severity));
  return [...found.values()].slice(0, MOST).sort((a, b) => isChosen(a) - isChosen(b) || a.severity - b.severity);
}

const isChosen = (dot) => dot.incidents.some((i) => i.incident_id === chosen());

// Units of the picture to a pixel of the screen. Reading it costs a layout: once for a drawing, not once for a dot.
const unit = () => view.width / ($("map").clientWidth || 600);

function draw(dot, pixel) {
  const [x, y] = [dot.place.lon * 10, -dot.place.lat * 10];
  const fresh = dot.incidents.some((i) => i.shine);
  const node = shape("g", { class: `dot s${dot.severity}${VAGUE.has(dot.place.precision) ? " vague" : ""}${isChosen(dot) ? " chosen" : ""}` },
    shape("title", {}, dot.incidents.length === 1 ? dot.incidents[0].title : `${where(dot.place)}: ${plural(dot.incidents.length, "incident")}`),
    fresh ? shape("circle", { class: "wave", cx: x, cy: y, r: 16 * pixel }) : null,
    isChosen(dot) ? shape("circle", { class: "ring", cx: x, cy: y, r: (dot.severity + 7) * pixel }) : null,
    shape("circle", { cx: x, cy: y, r: (dot.severity + 2.5) * pixel, "stroke-width": 1.5 * pixel }));
  node.addEventListener("click", () => next(dot));
  return node;
}

function next(dot) {
  const at = dot.incidents.findIndex((i) => i.incident_id === chosen());
  pick(dot.incidents[(at + 1) % dot.incidents.length].incident_id);
}

function redrawDots() {
  const pixel = unit();
  arrange($("dots"), dots, {
    key: (d) => d.key,
    sign: (d) => [pixel, isChosen(d), ...d.incidents.map((i) => `${i.incident_id}${i.version}`)].join(),
    draw: (d) => draw(d, pixel),
  });
}

export function drawMap(incidents) {
  dots = places(incidents);
  redrawDots();
}

function look(x, y, width) {
  const share = Math.min(Math.max(width, WORLD.width / CLOSEST), WORLD.width) / WORLD.width;
  const [w, h] = [WORLD.width * share, WORLD.height * share];
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  view = {
    x: within(x, WORLD.x, WORLD.x + WORLD.width - w),
    y: within(y, WORLD.y, WORLD.y + WORLD.height - h),
    width: w,
    height: h,
  };
  $("map").setAttribute("viewBox", Object.values(view).join(" "));
  $("map").classList.toggle("near", share < 1);
  redrawDots();
}

// Change the scale around a point of the picture, given as shares of its width and height.
function zoom(factor, atX = 0.5, atY = 0.5) {
  const width = Math.min(view.width * factor, WORLD.width);
  const height = (width / WORLD.width) * WORLD.height;
  look(view.x + (view.width - width) * atX, view.y + (view.height - height) * atY, width);
}

export function prepareMap(choose) {
  pick = choose;
  const map = $("map");
  $("zoom-in").addEventListener("click", () => zoom(1 / 1.8));
  $("zoom-out").addEventListener("click", () => zoom(1.8));
  $("zoom-all").addEventListener("click", () => look(WORLD.x, WORLD.y, WORLD.width));
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = map.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height);
  }, { passive: false });
  map.addEventListener("pointermove", (event) => {
    if (event.buttons !== 1 || view.width === WORLD.width) return;
    look(view.x - event.movementX * unit(), view.y - event.movementY * unit(), view.width);
  });
  new ResizeObserver(redrawDots).observe(map);
}
