// What a page is on a phone and for the one who sits at it: views behind tabs, overlays that keep the focus, options.

import { $ } from "./dom.js";

const REST = ["skip", "views", "find", "alerts-pane", "incidents-pane"]; // what lies under the chosen incident where it covers the page

// The chosen incident covers the page on narrow screens: then nothing under it can be reached.
export function cover() {
  const over = document.body.classList.contains("with-detail") && getComputedStyle($("detail")).position === "fixed";
  for (const node of [document.querySelector("header"), ...REST.map($)]) node.inert = over;
  $("detail").toggleAttribute("aria-modal", over);
  if (over) $("detail").setAttribute("role", "dialog");
  else $("detail").removeAttribute("role");
}

export function showView(name) {
  document.body.dataset.view = name;
  for (const button of $("views").children) button.setAttribute("aria-pressed", button.dataset.view === name);
}

const kept = (name) => {
  try {
    return localStorage.getItem(`tocsin-${name}`) === "1";
  } catch {
    return false;
  }
};

function keep(name, on) {
  try {
    localStorage.setItem(`tocsin-${name}`, on ? "1" : "");
  } catch {
    // a browser that keeps nothing asks again at the next visit
  }
}

// A sound or a notice of the desktop for a critical alert, for those who asked for it.
export function alarm(alert) {
  if (alert.level !== "critical") return;
  if ($("sound").checked) beep();
  if ($("notices").checked && window.Notification?.permission === "granted") {
    new Notification("Tocsin: critical alert", { body: alert.headline, tag: alert.alert_id });
  }
}

function beep() {
  const context = new AudioContext();
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.7);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.7);
  tone.onended = () => context.close();
}

export function prepareScreens() {
  $("skip").addEventListener("click", (event) => { // the address names the chosen incident, so it stays as it is
    event.preventDefault();
    showView("alerts");
    $("alerts-title").focus();
  });
  $("views").addEventListener("click", (event) => event.target.dataset.view && showView(event.target.dataset.view));
  $("find-more").addEventListener("click", () => $("find-more").setAttribute("aria-expanded", $("find").classList.toggle("open")));
  for (const name of ["sound", "notices"]) {
    $(name).checked = kept(name);
    $(name).addEventListener("change", () => keep(name, $(name).checked));
  }
  $("notices").addEventListener("change", () => $("notices").checked && window.Notification?.requestPermission());
  addEventListener("resize", cover);
}
