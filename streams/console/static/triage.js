// What a desk has decided on an alert, and the buttons to decide.

import { decide } from "./desk.js";
import { button, element } from "./dom.js";
import { board } from "./state.js";
import { local } from "./words.js";

export const isSilent = (triage) => Boolean(triage?.silenced_until && Date.parse(triage.silenced_until) > Date.now());

// Short marks for a list.
export function marks(alertId) {
  const triage = board.triage.get(alertId);
  if (!triage) return null;
  return [
    triage.acknowledged_by ? element("span", { class: "mark", title: `acknowledged ${local(triage.acknowledged_at)}` }, `✓ ${triage.acknowledged_by}`) : null,
    triage.assigned_to ? element("span", { class: "mark", title: "assigned to" }, `→ ${triage.assigned_to}`) : null,
    isSilent(triage) ? element("span", { class: "mark", title: triage.silence_reason }, "silenced") : null,
  ];
}

export const sign = (alertId) => {
  const triage = board.triage.get(alertId);
  return triage ? `${triage.revision} ${isSilent(triage)}` : "";
};

const HOURS = [[1, "1 hour"], [4, "4 hours"], [8, "8 hours"], [24, "a day"], [168, "a week"]];

// The panel of one alert: how it stands, and what can be done.
export function panel(alert) {
  const triage = board.triage.get(alert.alert_id) ?? { notes: [] };
  const said = element("p", { class: "refused", role: "alert", hidden: true });
  const act = async (body) => {
    const typed = text.value;
    said.hidden = true;
    text.value = ""; // sent; what is typed from now on is of the next act
    try {
      await decide(`/api/alerts/${encodeURIComponent(alert.alert_id)}/triage`, body);
    } catch (error) {
      text.value ||= typed;
      said.textContent = error.message;
      said.hidden = false;
    }
  };
  const text = element("input", { type: "text", maxlength: 2000, "aria-label": "Name, reason or note", placeholder: "name, reason or note" });
  const hours = element("select", { "aria-label": "How long it is silenced" }, HOURS.map(([n, words]) => element("option", { value: n }, words)));
  const silent = isSilent(triage);
  return element("div", { class: "triage", "data-alert": alert.alert_id },
    element("p", {}, standing(triage, silent)),
    triage.notes.length ? element("ul", {}, triage.notes.map((n) => element("li", {}, element("bdi", {}, n.text), element("span", { class: "meta" }, ` ${n.author}, ${local(n.at)}`)))) : null,
    element("div", { class: "acts" },
      button({ class: "acknowledge" }, () => act({ act: triage.acknowledged_by ? "unacknowledge" : "acknowledge" }), triage.acknowledged_by ? "Take back acknowledgement" : "Acknowledge"),
      text,
      button({ class: "assign" }, () => act({ act: "assign", text: text.value.trim() }), "Assign"),
      button({ class: "note-it" }, () => act({ act: "note", text: text.value.trim() }), "Note"),
      silent ? null : hours,
      button({ class: "silence" }, () => act(silent ? { act: "unsilence" } : { act: "silence", hours: Number(hours.value), text: text.value.trim() }), silent ? "End silence" : "Silence")),
    said);
}

function standing(triage, silent) {
  const parts = [
    triage.acknowledged_by ? `acknowledged by ${triage.acknowledged_by} ${local(triage.acknowledged_at)}` : "not acknowledged",
    triage.assigned_to ? `assigned to ${triage.assigned_to}` : "",
    silent ? `silenced until ${local(triage.silenced_until)} by ${triage.silenced_by}: ${triage.silence_reason}` : "",
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}
