// The ground of the map: land, borders and names on a canvas, in Mercator's projection, finer the closer one looks.

import { feature, geoMercator, geoPath, mesh } from "./vendor/map-parts.js";

const WIDTH = 3600; // units from 180° west to 180° east
export const projection = geoMercator().scale(WIDTH / (2 * Math.PI)).translate([0, 0]);
const [TOP, BOTTOM] = [projection([0, 76])[1], projection([0, -56])[1]];
export const BOUNDS = { x: -WIDTH / 2, y: TOP, width: WIDTH, height: BOTTOM - TOP };
const FINE = 2.2; // scale, against the whole world, from which the finer outlines are drawn
const TOWNS = 3; // and from which towns are named
const grains = {};
let towns = [];
let redraw = () => {};
let drawn = ""; // what the canvas shows
const theme = matchMedia("(prefers-color-scheme: dark)");

async function load(grain) {
  if (grain in grains) return;
  grains[grain] = null;
  try {
    const packed = await fetch(`/static/vendor/world-${grain}.json.gz`);
    grains[grain] = shapes(grain, await new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))).json());
  } catch {
    delete grains[grain]; // asked for again at the next drawing
    return;
  }
  redraw();
}

async function loadTowns() {
  if (loadTowns.asked) return;
  loadTowns.asked = true;
  try {
    ({ towns } = await (await fetch("/static/vendor/towns.json")).json());
    towns = towns.map(([name, lat, lon]) => ({ name, at: projection([lon, lat]) }));
    redraw();
  } catch {
    loadTowns.asked = false;
  }
}

function shapes(grain, world) {
  const path = geoPath(projection);
  const countries = feature(world, world.objects.countries).features;
  return {
    grain,
    land: new Path2D(path({ type: "FeatureCollection", features: countries })),
    borders: new Path2D(path(mesh(world, world.objects.countries, (a, b) => a !== b))),
    names: countries.map((c) => named(c, path)).sort((a, b) => b.width - a.width),
  };
}

// A country's name stands in the middle of its largest part.
function named({ properties: { name }, geometry }, path) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates })) : [geometry];
  const largest = parts.reduce((a, b) => (path.area(b) > path.area(a) ? b : a));
  const [[left], [right]] = path.bounds(largest);
  return { name, at: path.centroid(largest), width: right - left };
}

// Write names that do not lie on each other; `taken` are the boxes in use.
function write(context, names, view, taken, most) {
  let written = 0;
  for (const { name, at, width = Infinity } of names) {
    if (written >= most) return;
    const [x, y] = [(at[0] - view.x) * view.scale, (at[1] - view.y) * view.scale];
    if (x < 0 || y < 0 || x > view.across || y > view.down) continue;
    const half = context.measureText(name).width / 2 + 3;
    if (width * view.scale < half * 2 || taken.some((b) => Math.abs(b.x - x) < b.half + half && Math.abs(b.y - y) < 13)) continue;
    taken.push({ x, y, half });
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
    written += 1;
  }
}

// Draw what `view` shows: its upper left corner in units, pixels to the unit, pixels across and down, and how close it is.
export function drawWorld(canvas, view) {
  load("110m");
  if (view.close >= FINE) load("50m");
  if (view.close >= TOWNS) loadTowns();
  const ground = (view.close >= FINE && grains["50m"]) || grains["110m"];
  const dense = devicePixelRatio || 1;
  const signature = [...Object.values(view), dense, ground?.grain, towns.length, theme.matches].join();
  if (signature === drawn) return; // news moves dots, not the ground
  drawn = signature;
  if (canvas.width !== Math.round(view.across * dense)) canvas.width = Math.round(view.across * dense);
  if (canvas.height !== Math.round(view.down * dense)) canvas.height = Math.round(view.down * dense);
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!ground) return;
  const style = getComputedStyle(canvas);
  const scale = view.scale * dense;
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  context.fillStyle = style.getPropertyValue("--land");
  context.fill(ground.land);
  context.strokeStyle = style.getPropertyValue("--border");
  context.lineWidth = 0.8 / view.scale;
  context.stroke(ground.borders);
  context.setTransform(dense, 0, 0, dense, 0, 0);
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineWidth: 3, lineJoin: "round" });
  context.strokeStyle = style.getPropertyValue("--land");
  const taken = [];
  const size = view.letters ?? 11;
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.fillStyle = style.getPropertyValue("--quiet");
  write(context, ground.names, view, taken, 60);
  context.font = `${size}px system-ui, sans-serif`;
  context.fillStyle = style.getPropertyValue("--ink");
  if (view.close >= TOWNS) write(context, towns, view, taken, Math.round(6 * view.close));
}

export function prepareWorld(again) {
  redraw = again;
  theme.addEventListener("change", again);
}
