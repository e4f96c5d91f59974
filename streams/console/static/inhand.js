// What a person has in hand survives a redrawing: the focus, and what is typed but not sent.

import { $ } from "./dom.js";

const FIELDS = "input, select, textarea";
const handle = (node) => [node.tagName, node.className, node.getAttribute("aria-label"), node.closest("[data-alert]")?.dataset.alert,
  node.matches("a, summary") ? node.textContent : node.id].join("|");
const isTouched = (field) => (field.tagName === "SELECT" ? !field.options[field.selectedIndex]?.defaultSelected : field.value !== field.defaultValue);

export function inHand(place) {
  const at = document.activeElement;
  const touched = [...place.querySelectorAll(FIELDS)].filter(isTouched);
  return { focus: place.contains(at) ? handle(at) : null, typed: new Map(touched.map((field) => [handle(field), field.value])) };
}

export function giveBack(place, { focus, typed }) {
  for (const field of place.querySelectorAll(FIELDS)) if (typed.has(handle(field))) field.value = typed.get(handle(field));
  if (!focus || place.contains(document.activeElement)) return;
  [...place.querySelectorAll(`a, button, summary, h2, ${FIELDS}`)].find((node) => handle(node) === focus)?.focus({ preventScroll: true });
}

// Where in the lists a person stood who uses the keys, to go back there.
let came = null;

export function comeFrom(node) {
  const item = node?.closest("[data-key]");
  came = item ? { list: item.parentElement.id, key: item.dataset.key } : null;
}

export function goBack() {
  const item = came && [...$(came.list).children].find((node) => node.dataset.key === came.key);
  (item?.querySelector("button") ?? $("alerts-title")).focus();
}
