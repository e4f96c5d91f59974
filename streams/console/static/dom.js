// Making elements, and keeping a list of them in step with data without losing focus or scroll position.

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const $ = (id) => document.getElementById(id);

export const element = (tag, attributes = {}, ...children) => make(document.createElement(tag), attributes, children);

export const shape = (tag, attributes = {}, ...children) =>
  make(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

export function button(attributes, onClick, ...children) {
  const node = element("button", { type: "button", ...attributes }, ...children);
  node.addEventListener("click", onClick);
  return node;
}

// Make `list` hold one node per item, in order. A node is drawn anew only when its item's signature changed.
export function arrange(list, items, { key, sign, draw }) {
  const before = list.nodes ?? new Map();
  const focused = list.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
  list.nodes = new Map();
  let place = list.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const signature = sign(item);
    let node = before.get(id);
    if (!node || node.signature !== signature) {
      const fresh = draw(item);
      fresh.dataset.key = id;
      fresh.signature = signature;
      if (node && node === place) place = node.nextElementSibling;
      node?.remove();
      node = fresh;
    }
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
    list.nodes.set(id, node);
  }
  while (place) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
  if (focused && !list.contains(document.activeElement)) {
    (list.nodes.get(focused)?.querySelector("button") ?? list.querySelector("button"))?.focus({ preventScroll: true });
  }
}

// The first `limit` items, and how many are left out.
export const first = (items, limit) => (items.length > limit ? [...items.slice(0, limit), { rest: items.length - limit }] : items);

export const more = (rest, onClick) => element("li", {}, button({ class: "more" }, onClick, `Show more, ${rest} are left`));

// Arrow keys walk through the buttons of a list.
export function walkable(list) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)].focus();
  });
}
