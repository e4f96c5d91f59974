// Who sits at this page, and how what they decide is sent.

import { $, element } from "./dom.js";

const NAME = "tocsin-name";
let login = "";

// The name of a login through a proxy, else what was typed here.
export const me = () => login || $("me").value.trim();

// `named` is told who it is, at the start and whenever that changes.
export async function prepareDesk(named) {
  $("me").value = kept();
  named(me());
  $("me").addEventListener("change", () => named(me()));
  $("me").addEventListener("input", () => {
    try {
      localStorage.setItem(NAME, $("me").value.trim());
    } catch {
      // a browser that keeps nothing asks again at the next visit
    }
  });
  try {
    ({ login } = await (await fetch("/api/me")).json());
  } catch {
    // the stream's own trouble is shown at the top
  }
  if (!login) return;
  $("who").replaceChildren("You: ", element("b", {}, login));
  named(login);
}

function kept() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

// Send a decision. Gives the answer; throws an Error whose message is for people.
export async function decide(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...body, author: me() }),
    });
  } catch {
    throw new Error("The console does not answer: nothing was saved.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `The console answers ${answer.status}: nothing was saved.`);
  return said;
}
