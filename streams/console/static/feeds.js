// The feeds that are not well: alerts about the watch, not about the world.

import { $, arrange, element } from "./dom.js";
import { board } from "./state.js";
import { local, plural } from "./words.js";

const ORDER = ["silent", "failing", "ended"];

export function drawFeeds() {
  const all = [...board.feeds.values()];
  const troubled = all.filter((f) => f.status !== "ok")
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || (a.name < b.name ? -1 : 1));
  $("feeds").hidden = !all.length;
  const counts = ORDER.map((s) => [s, troubled.filter((f) => f.status === s).length]).filter(([, n]) => n);
  const words = counts.length ? counts.map(([s, n]) => `${n} ${s}`).join(", ") : "all well";
  $("feeds-title").textContent = `${plural(all.length, "feed")}: ${words}`;
  $("ill-feeds").textContent = counts.length ? `feeds: ${words}` : "";
  $("feeds-title").className = counts.length ? "warning" : "";
  arrange($("troubled"), troubled, {
    key: (f) => f.feed_id,
    sign: (f) => [f.revision, f.status].join(),
    draw: (f) => element("li", { class: "warning" },
      element("div", { class: "line" }, element("span", { class: "badge" }, f.status),
        element("time", { class: "ago", datetime: f.status_since, title: `since ${local(f.status_since)}` })),
      element("div", { class: "title" }, element("bdi", {}, f.title || f.name)),
      element("div", { class: "meta" }, f.reason)),
  });
}
