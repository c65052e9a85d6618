/** What every view says the same way: loading, nothing there, something wrong, done. */

import { button, fill, h, icon } from "./dom.js";

const SNACKBAR_MS = 8000;

/** @param {string} id @returns {HTMLElement} an element of index.html */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text read out by screen readers */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** @type {number|undefined} */
let timer;

/**
 * A short word at the foot of the page, with one way to take the deed back.
 * @param {string} text @param {{label: string, run: () => void}} [action]
 */
export function snackbar(text, action) {
  const bar = byId("snackbar");
  const hide = () => fill(bar);
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, SNACKBAR_MS);
  };
  const run = () => {
    hide();
    action?.run();
  };
  // A modal sheet makes the rest of the page inert, so the word is said inside it.
  (document.querySelector("dialog[open]") ?? document.body).append(bar);
  fill(bar, h("p", {}, text), action && button(action.label, { class: "button quiet", onclick: run }));
  bar.onpointerenter = () => clearTimeout(timer);
  bar.onpointerleave = later;
  const control = bar.querySelector("button");
  control?.addEventListener("focus", () => clearTimeout(timer));
  control?.addEventListener("blur", later);
  later();
}

/** Takes the last word back, before a new deed: its "Undo" would undo the wrong one. */
export const hush = () => fill(byId("snackbar"));

/** @param {unknown} error @returns {{title: string, detail: string}} */
export function explain(error) {
  const { title, message, detail, errors = [] } = /** @type {import("./api.js").Problem} */ (error);
  const fields = errors.map((one) => `${one.field}: ${one.message}`).join("; ");
  return { title: title || message || "Something went wrong", detail: fields || detail || "" };
}

/** @param {unknown} error */
export const aborted = (error) => error instanceof DOMException && error.name === "AbortError";

/**
 * Runs a deed; if it fails, says why.
 * @param {() => Promise<unknown>} deed
 */
export async function attempt(deed) {
  try {
    return await deed();
  } catch (error) {
    const { title, detail } = explain(error);
    snackbar(detail ? `${title}. ${detail}` : title);
    return undefined;
  }
}

/** @param {unknown} error @param {() => void} retry */
export function problemBox(error, retry) {
  const { title, detail } = explain(error);
  return h(
    "section", { class: "note bad problem", role: "alert" },
    icon("alert"),
    h("div", {}, h("h2", {}, title), detail && h("p", {}, detail), button("Try again", { onclick: retry }, "refresh")),
  );
}

/** @param {string} glyph @param {string} title @param {string} text @param {...(Node|null)} actions */
export function empty(glyph, title, text, ...actions) {
  return h("section", { class: "empty" }, icon(glyph, "icon big"), h("h2", {}, title), h("p", {}, text), ...actions);
}

/** @param {number} [count] grey cards while the answer is on its way */
export function skeleton(count = 4) {
  const one = () => h("div", { class: "card ghost" }, h("i"), h("i"), h("i"));
  return h("div", { class: "cards", "aria-busy": "true", "aria-label": "Loading" }, Array.from({ length: count }, one));
}

/**
 * Skeleton, then the answer, or the problem with a way to try again.
 * @template T
 * @param {Element} root @param {AbortSignal} signal
 * @param {() => Promise<T>} ask @param {(answer: T) => void} show
 */
export async function load(root, signal, ask, show) {
  fill(root, skeleton());
  try {
    const answer = await ask();
    if (!signal.aborted) show(answer);
  } catch (error) {
    if (signal.aborted || aborted(error)) return;
    fill(root, problemBox(error, () => load(root, signal, ask, show)));
  }
}

/**
 * Asks before a deed that cannot be taken back.
 * @param {string} title @param {string} text @param {string} label
 * @returns {Promise<boolean>}
 */
export function confirmed(title, text, label) {
  const box = /** @type {HTMLDialogElement} */ (
    h(
      "dialog", { class: "confirm", "aria-labelledby": "confirm-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "confirm-title" }, title), h("p", {}, text),
        h("div", { class: "actions" },
          h("button", { class: "button", value: "no", autofocus: true }, "Cancel"),
          h("button", { class: "button primary", value: "yes" }, label))),
    )
  );
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.onclose = () => {
      resolve(box.returnValue === "yes");
      box.remove();
    };
  });
}

/** @param {string} title @param {string} [lead] */
export const heading = (title, lead) =>
  h("header", { class: "heading" }, h("h1", {}, title), lead && h("p", { class: "lead" }, lead));
