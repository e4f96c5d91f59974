// The console's page: a live copy of the board, drawn as alerts, incidents and one incident in detail.

const FLOW = ["article", "event", "original", "copy", "mention", "incident", "relation", "alert", "quarantine"];
const NEWS = new Set(["main", "follow-up"]);
const board = { incidents: new Map(), alerts: new Map() };
const $ = (id) => document.getElementById(id);
let chosen = location.hash.slice(1) || null;
let drawing = false;

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c !== null));
  return node;
}

const day = (iso) => (iso ? iso.slice(0, 10) : "");
const moment = (iso) => (iso ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}` : "");
const whole = new Intl.NumberFormat("en");

function range(low, high) {
  if (low === null && high === null) return "some";
  if (low === null) return `≤ ${whole.format(high)}`;
  if (high === null) return `≥ ${whole.format(low)}`;
  return low === high ? whole.format(low) : `${whole.format(low)}–${whole.format(high)}`;
}

function period(time) {
  if (!time) return "time unknown";
  const [from, to] = [day(time.start), day(time.end)];
  return from === to ? from : `${from} – ${to}`;
}

const where = (place) => (place ? [place.name, place.country].filter(Boolean).join(", ") : "place unknown");
const toll = (figures) => figures.filter((f) => f.what === "killed" || f.what === "injured").slice(0, 2)
  .map((f) => `${range(f.low, f.high)} ${f.what}`).join(" · ");

function card(alert) {
  const button = element("button", { type: "button", class: `${alert.level} ${alert.fresh ? "changed" : ""}`, "aria-pressed": alert.incident_id === chosen },
    element("div", { class: "title" }, alert.headline),
    element("div", { class: "meta" }, `${alert.level} · ${alert.reason} · revision ${alert.revision} · ${moment(alert.changed_at)}`));
  button.addEventListener("click", () => choose(alert.incident_id));
  return element("li", {}, button);
}

function row(incident) {
  const meta = [`${incident.family}/${incident.subtype}`, where(incident.place), period(incident.time),
    `${incident.origins} origin${incident.origins === 1 ? "" : "s"} of ${incident.articles} report${incident.articles === 1 ? "" : "s"}`];
  const button = element("button", { type: "button", class: incident.fresh ? "changed" : "", "aria-pressed": incident.incident_id === chosen },
    element("span", { class: `severity s${incident.severity}`, title: `severity ${incident.severity} of 5` }),
    element("span", { class: "title" }, incident.title || incident.subtype),
    element("span", { class: "toll" }, toll(incident.figures)),
    element("span", { class: "meta" }, meta.join(" · ")));
  button.addEventListener("click", () => choose(incident.incident_id));
  return element("li", {}, button);
}

function matches(incident) {
  if (incident.merged_into || (!$("stories").checked && !NEWS.has(incident.role))) return false;
  const text = [incident.title, incident.family, incident.subtype, where(incident.place)].join(" ").toLowerCase();
  return $("words").value.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function draw() {
  drawing = false;
  const byChange = (key) => (a, b) => (a[key] < b[key] ? 1 : a[key] > b[key] ? -1 : 0);
  const alerts = [...board.alerts.values()].sort(byChange("changed_at"));
  const incidents = [...board.incidents.values()].filter(matches).sort(byChange("last_changed"));
  $("alerts").replaceChildren(...alerts.map(card));
  $("incidents").replaceChildren(...incidents.slice(0, 300).map(row));
  $("alerts-count").textContent = alerts.length;
  $("incidents-count").textContent = incidents.length;
  $("alerts-empty").hidden = alerts.length > 0;
  $("incidents-empty").hidden = incidents.length > 0;
  for (const item of [...alerts, ...incidents]) item.fresh = false;
}

function redraw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(draw);
  }
}

async function choose(id) {
  chosen = id;
  history.replaceState(null, "", `#${id}`);
  redraw();
  await showDetail(id);
}

async function showDetail(id) {
  const answer = await fetch(`/api/incidents/${encodeURIComponent(id)}`);
  if (id !== chosen) return;
  if (!answer.ok) {
    $("detail").replaceChildren(element("p", { class: "empty" }, "This incident is not held here any more; look in ClickHouse."));
    return;
  }
  const { incident, relations } = await answer.json();
  $("detail").replaceChildren(...detail(incident, relations).filter(Boolean));
}

function link(url, text) {
  return /^https?:/.test(url) ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : document.createTextNode(text);
}

function claimRow({ claim, url, source, superseded }) {
  return element("tr", { class: superseded ? "superseded" : "" },
    element("td", {}, claim.what),
    element("td", { class: "number" }, range(claim.min, claim.max)),
    element("td", {}, claim.of),
    element("td", {}, claim.attributed_to ?? "the paper's own voice", element("div", { class: "meta" }, claim.attribution_kind)),
    element("td", {}, element("blockquote", {}, claim.text), link(url, source.name || source.domain)));
}

function table(heads, rows) {
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", {}, h)))), element("tbody", {}, ...rows));
}

function otherTitle(relation, id) {
  const other = relation.from_incident === id ? relation.to_incident : relation.from_incident;
  const button = element("a", { href: `#${other}` }, board.incidents.get(other)?.title || other);
  button.addEventListener("click", (event) => { event.preventDefault(); choose(other); });
  return button;
}

function detail(incident, relations) {
  return [
    element("h2", {}, incident.title || incident.subtype),
    element("p", { class: "meta" }, `${incident.family}/${incident.subtype} · ${where(incident.place)} · ${period(incident.time)} · ${incident.status} · severity ${incident.severity} of 5`),
    element("p", { class: "meta" }, `${incident.mention_count} mentions in ${incident.article_count} documents by ${incident.source_count} publishers, ${incident.origin_count} independent`),
    ...(incident.summary.length ? [element("h3", {}, "In the sources' words"), ...incident.summary.map((s) => element("p", {}, s))] : []),
    ...(incident.figures.length ? [element("h3", {}, "Figures"), table(["what", "low", "best", "high", "sources"],
      incident.figures.map((f) => element("tr", {}, element("td", {}, f.what), ...["low", "best", "high", "sources"]
        .map((k) => element("td", { class: "number" }, f[k] === null ? "–" : whole.format(f[k]))))))] : []),
    ...(incident.claims.length ? [element("h3", {}, "Claims side by side"),
      table(["what", "figure", "of", "according to", "words"], incident.claims.map(claimRow))] : []),
    ...(incident.actors.length ? [element("h3", {}, "Actors"), table(["name", "role", "kind"],
      incident.actors.map((a) => element("tr", {}, ...[a.name, a.role, a.kind].map((v) => element("td", {}, v)))))] : []),
    ...(relations.length ? [element("h3", {}, "Relations"), table(["kind", "incident", "why"],
      relations.map((r) => element("tr", {}, element("td", {}, r.from_incident === incident.incident_id ? r.kind : `← ${r.kind}`),
        element("td", {}, otherTitle(r, incident.incident_id)), element("td", {}, r.reason))))] : []),
    element("h3", {}, `Version ${incident.version}`),
    element("p", {}, incident.change.text),
    Object.keys(incident.change.parts).length ? element("p", { class: "meta" },
      `score ${incident.change.score.toFixed(2)}: ${Object.entries(incident.change.parts).map(([k, v]) => `${k} ${v.toFixed(2)}`).join(", ")}`) : null,
  ];
}

const take = {
  snapshot({ incidents, alerts, counts, health }) {
    board.incidents = new Map(incidents.map((i) => [i.incident_id, i]));
    board.alerts = new Map(alerts.map((a) => [a.alert_id, a]));
    take.counts(counts);
    take.health(health);
    if (chosen) showDetail(chosen);
  },
  incident(body) {
    board.incidents.set(body.incident_id, { ...body, fresh: true });
    if (body.incident_id === chosen) showDetail(chosen);
  },
  gone({ incident_id }) { board.incidents.delete(incident_id); },
  alert(body) { board.alerts.set(body.alert_id, { ...body, fresh: true }); },
  relation(body) { if ([body.from_incident, body.to_incident].includes(chosen)) showDetail(chosen); },
  counts(counts) {
    $("flow").replaceChildren(...FLOW.map((name) => element("li", { class: name }, `${name} `, element("b", {}, whole.format(counts[`news.${name}.v1`] ?? 0)))));
  },
  health({ kafka }) {
    $("health").textContent = kafka === "connected" ? "live" : `Kafka is ${kafka}`;
    $("health").className = kafka === "connected" ? "good" : "";
  },
};

const source = new EventSource("/api/stream");
for (const kind of Object.keys(take)) {
  source.addEventListener(kind, (event) => { take[kind](JSON.parse(event.data)); redraw(); });
}
source.addEventListener("error", () => take.health({ kafka: "unknown: the console does not answer" }));
$("filter").addEventListener("input", redraw);
$("filter").addEventListener("submit", (event) => event.preventDefault());
