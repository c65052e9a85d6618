/** "How was it?": ten seconds after an event, every question optional. */

import { putCheckIn, deleteCheckIn } from "../api.js";
import { button, fill, h } from "../dom.js";
import { attempt, hush, snackbar } from "../ui.js";
import { ago } from "../when.js";

/** @typedef {import("../types.js").PastEvent} PastEvent */
/** @typedef {import("../types.js").CheckInBody} CheckInBody */

/** @type {[string, number][]} label and the number that stands for it */
const TALKED = [["Nobody", 0], ["1–2", 1.5], ["3–5", 4], ["6–10", 8], ["More", 13]];
/** @type {[string, number][]} */
const HIRERS = [["None", 0], ["1", 1], ["2", 2], ["3 or more", 3]];
/** @type {[string, boolean][]} */
const YES_NO = [["Yes", true], ["No", false]];

/**
 * A card that asks; once answered it thanks and goes.
 * @param {PastEvent} event @param {Date} now @param {() => void} told
 */
export function checkInCard(event, now, told) {
  const root = /** @type {HTMLFormElement} */ (h("form", { class: "card checkin", "aria-label": `How was ${event.name}?` }));
  const send = (/** @type {CheckInBody} */ body, /** @type {string} */ thanks) => attempt(async () => {
    hush();
    await putCheckIn(event.id, body);
    snackbar(thanks, { label: "Undo", run: () => attempt(async () => {
      await deleteCheckIn(event.id);
      told();
    }) });
    told();
  });
  const went = () => {
    fill(root, title(event, now),
      question("How many new people did you really talk with?", "talked", TALKED),
      question("How many of them hire, as far as you know?", "hirers", HIRERS),
      question("Anybody from your field?", "in_field", YES_NO),
      question("Would you go again?", "again", YES_NO),
      h("p", { class: "hint" }, "Answer what you know. Your list learns from it; nobody else sees it."),
      h("div", { class: "verbs" }, h("button", { class: "button primary", type: "submit" }, "Done")));
    root.querySelector("input")?.focus();
  };
  root.onsubmit = (submitted) => {
    submitted.preventDefault();
    send({ went: true, ...answers(root) }, "Thank you. Your list has learned from it.");
  };
  fill(root, title(event, now), h("div", { class: "verbs" },
    button("I was there", { class: "button go", onclick: went }),
    button("I did not go", { class: "button quiet", onclick: () => send({ went: false }, "Noted. There will be another evening.") })));
  return h("li", {}, root);
}

/** @param {PastEvent} event @param {Date} now */
const title = (event, now) =>
  h("div", {}, h("h3", {}, `How was ${event.name}?`), h("p", { class: "hint" }, [ago(event.start, now), event.location?.name].filter(Boolean).join(" · ")));

/** @param {string} text @param {string} name @param {[string, number|boolean][]} choices */
function question(text, name, choices) {
  const chip = (/** @type {[string, number|boolean]} */ [label, value]) =>
    h("label", { class: "chip" }, h("input", { type: "radio", name, value: JSON.stringify(value) }), h("span", {}, label));
  return h("fieldset", {}, h("legend", {}, text), h("div", { class: "panel" }, choices.map(chip)));
}

/** @param {HTMLFormElement} root @returns {Record<string, unknown>} what was answered */
function answers(root) {
  return Object.fromEntries([...new FormData(root)].map(([name, value]) => [name, JSON.parse(String(value))]));
}
