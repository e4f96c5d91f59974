// Builds static/vendor from what npm has locked: one module of the map's parts, and outlines in two grains.
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = new URL("../static/vendor/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });

const licence = (name) => readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim().replaceAll("*/", "* /");
const packages = ["d3-geo", "d3-array", "internmap", "topojson-client", "supercluster", "kdbush"];
const banner = `/*! Built by \`make front\` from ${packages.join(", ")}; their licences:\n\n${packages.map((p) => `${p}: ${licence(p)}`).join("\n\n")}\n*/`;
await build({ entryPoints: ["map-parts.js"], bundle: true, minify: true, format: "esm", outfile: `${out}map-parts.js`, banner: { js: banner }, legalComments: "none" });

// Natural Earth's countries (public domain) by world-atlas (ISC); only names and shapes are kept.
for (const grain of ["110m", "50m"]) {
  const { type, transform, arcs, objects } = JSON.parse(readFileSync(`node_modules/world-atlas/countries-${grain}.json`, "utf8"));
  const geometries = objects.countries.geometries.map(({ type, arcs, properties: { name } }) => ({ type, arcs, properties: { name } }));
  const world = { type, transform, arcs, objects: { countries: { type: "GeometryCollection", geometries } } };
  writeFileSync(`${out}world-${grain}.json.gz`, gzipSync(JSON.stringify(world), { level: 9 }));
}
