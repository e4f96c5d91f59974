// What the map takes from npm: projection and paths, clusters, outlines.
export { geoMercator, geoPath } from "d3-geo";
export { feature, mesh } from "topojson-client";
export { default as Supercluster } from "supercluster";
