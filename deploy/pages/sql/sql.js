// Ask the embedded ClickHouse from a browser: the same gateway, the same gate and limits as for every other client.

const SHOWN = 1000; // rows in the table; a download has them all
const BARS = 40;
const PLACE = /\{(\w+):(\w+)\}/g;
const at = (id) => document.getElementById(id);
const cookbook = await (await fetch("/page/cookbook.json")).json();
const defaults = new Map();

function made(name, text = "", parent = null) {
  const node = document.createElement(name);
  node.textContent = text;
  parent?.append(node);
  return node;
}

function drawn(name, attributes, parent, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  parent.append(node);
}

/** The address of a statement: parameters stand beside it, so that a value is never part of the SQL. */
function address(format) {
  const query = new URLSearchParams({ default_format: format });
  for (const input of at("parameters").querySelectorAll("input")) query.set(`param_${input.name}`, input.value);
  return `/?${query}`;
}

async function ask(format) {
  const statement = at("sql").value.trim().replace(/;$/, "");
  const answer = await fetch(address(format), { method: "POST", body: statement });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

function showParameters() {
  const held = new Map([...at("parameters").querySelectorAll("input")].map((input) => [input.name, input.value]));
  at("parameters").replaceChildren();
  for (const name of new Set([...at("sql").value.matchAll(PLACE)].map((found) => found[1]))) {
    const known = defaults.get(name);
    const label = made("label", `${name} `, at("parameters"));
    label.title = known?.meaning ?? "";
    const input = made("input", "", label);
    input.name = name;
    input.value = held.get(name) ?? known?.default ?? "";
    input.placeholder = known?.meaning ?? "";
  }
}

function cell(value, parent) {
  const node = made("td", value === null ? "null" : Array.isArray(value) ? JSON.stringify(value) : String(value), parent);
  if (value === null) node.className = "null";
  if (typeof value === "number") node.className = "number";
}

function showTable(meta, rows) {
  const table = at("result");
  table.replaceChildren();
  const head = made("tr", "", made("thead", "", table));
  for (const column of meta) made("th", column.name, head).title = column.type;
  const body = made("tbody", "", table);
  for (const row of rows.slice(0, SHOWN)) {
    const line = made("tr", "", body);
    for (const value of row) cell(value, line);
  }
}

/** Bars of the first column of numbers over the first of words or days. */
function showChart(meta, rows) {
  const numeric = (i) => /Int|Float|Decimal/.test(meta[i].type) && !/Array/.test(meta[i].type);
  const value = meta.findIndex((_, i) => numeric(i));
  const name = meta.findIndex((column, i) => !numeric(i) && !/Array/.test(column.type));
  const bars = rows.filter((row) => Number.isFinite(Number(row[value])) && row[value] !== null).slice(0, BARS);
  at("figure").hidden = value < 0 || name < 0 || bars.length < 2;
  at("chart").replaceChildren();
  if (at("figure").hidden) return;
  const most = Math.max(...bars.map((row) => Math.abs(Number(row[value]))), 1);
  at("caption").textContent = `${meta[value].name} by ${meta[name].name}`;
  at("chart").setAttribute("viewBox", `0 0 800 ${bars.length * 18 + 4}`);
  bars.forEach((row, n) => {
    const long = (Math.abs(Number(row[value])) / most) * 480;
    const words = String(row[name]);
    drawn("text", { x: 230, y: n * 18 + 14, "text-anchor": "end" }, at("chart"), words.length > 34 ? `${words.slice(0, 33)}…` : words);
    drawn("rect", { x: 238, y: n * 18 + 3, width: long, height: 13 }, at("chart"));
    drawn("text", { x: 244 + long, y: n * 18 + 14 }, at("chart"), String(row[value]));
  });
}

async function run(noted = true) {
  showParameters();
  at("refused").hidden = true;
  at("status").textContent = "running…";
  const began = performance.now();
  try {
    const { meta = [], data = [] } = await (await ask("JSONCompact")).json();
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    at("status").textContent = `${data.length} rows in ${seconds} s${data.length > SHOWN ? `, the first ${SHOWN} shown` : ""}`;
    showTable(meta, data);
    showChart(meta, data);
    if (noted) history.replaceState(null, "", `#${encodeURIComponent(at("sql").value)}`);
  } catch (error) {
    at("status").textContent = "";
    at("refused").textContent = error.message;
    at("refused").hidden = false;
  }
}

async function download(format) {
  const link = document.createElement("a");
  try {
    link.href = URL.createObjectURL(await (await ask(format)).blob());
  } catch (error) {
    at("refused").textContent = error.message;
    at("refused").hidden = false;
    return;
  }
  link.download = `tocsin.${format.replace("WithNames", "").replace("EachRow", "l").toLowerCase()}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function choose(sql, parameters = [], noted = true) {
  defaults.clear();
  for (const parameter of parameters) defaults.set(parameter.name, parameter);
  at("parameters").replaceChildren();
  at("sql").value = sql;
  run(noted);
}

function listed(list, name, hint, action) {
  const button = made("button", name, made("li", "", at(list)));
  button.type = "button";
  button.title = hint;
  button.addEventListener("click", action);
}

for (const recipe of cookbook) {
  listed("questions", recipe.question, recipe.name, () => choose(recipe.sql, recipe.parameters));
}
const views = "SELECT name, meaning FROM codebook FINAL WHERE kind = 'view' AND field = '' ORDER BY name FORMAT JSONCompact";
fetch("/?", { method: "POST", body: views })
  .then((answer) => answer.json())
  .then(({ data }) => {
    for (const [name, meaning] of data) {
      listed("views", name, meaning, () => choose(`SELECT * FROM ${name} LIMIT 20`));
    }
  });
at("search").addEventListener("input", () => {
  const words = at("search").value.toLowerCase();
  for (const item of document.querySelectorAll("nav li")) {
    const button = item.firstChild;
    item.hidden = !`${button.textContent} ${button.title}`.toLowerCase().includes(words);
  }
});
at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
at("sql").addEventListener("input", showParameters);
at("sql").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
at("format").addEventListener("change", () => {
  if (at("format").value) download(at("format").value);
  at("format").value = "";
});
if (location.hash.length > 1) {
  at("sql").value = decodeURIComponent(location.hash.slice(1));
  showParameters();
} else {
  const first = cookbook.find((recipe) => recipe.name === "by-family");
  choose(first.sql, first.parameters, false);
}
document.body.dataset.ready = "yes";
