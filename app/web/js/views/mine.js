/** What was chosen, and what has become of it. */

import { listCheckIns, listChoices } from "../api.js";
import { button, fill, h, icon } from "../dom.js";
import { news, choose } from "../store.js";
import { attempt, empty, heading, load } from "../ui.js";
import { ago } from "../when.js";
import { card } from "./card.js";
import { checkInCard } from "./checkin.js";

/** @typedef {import("../types.js").Choice} Choice */

const ASKED_AT_ONCE = 3; // a longer list would be a form to fill in

/** @type {import("../main.js").View} */
export function mineView(root, _route, signal) {
  const list = h("div"), asked = h("div", { class: "asked" });
  fill(root, heading("My events", "What you chose. It stays here even if its source forgets it."), asked, list);
  const show = (/** @type {{items: Choice[]}} */ answer) => fill(list, ...sections(answer.items, new Date()));
  load(list, signal, listChoices, show);
  news.addEventListener("stored", async () => {
    const answer = await listChoices().catch(() => null);
    if (answer && !signal.aborted) show(answer);
  }, { signal });
  ask(asked, signal);
  return { title: "My events" };
}

/**
 * Asks how the last evenings were; nothing where there are none, or where they cannot be had.
 * @param {HTMLElement} root @param {AbortSignal} signal
 */
async function ask(root, signal) {
  const page = await listCheckIns().catch(() => null);
  if (!page || signal.aborted) return;
  const now = new Date(), again = () => ask(root, signal);
  root.hidden = page.due.length === 0;
  fill(root, page.due.length > 0 && h("ol", { class: "cards" }, page.due.slice(0, ASKED_AT_ONCE).map((event) => checkInCard(event, now, again))));
}

/** @param {Choice[]} choices @param {Date} now */
function sections(choices, now) {
  const over = (/** @type {Choice} */ { event }) => new Date(event.end ?? event.start) < now;
  const byStart = (/** @type {Choice} */ a, /** @type {Choice} */ b) => a.event.start.localeCompare(b.event.start);
  const chosen = choices.filter((choice) => choice.state === "chosen").sort(byStart);
  const aside = choices.filter((choice) => choice.state === "dismissed" && !over(choice)).sort(byStart);
  const coming = chosen.filter((choice) => !over(choice));
  const past = chosen.filter(over).reverse();
  return [
    coming.length > 0
      ? h("ol", { class: "cards" }, coming.map((choice) => chosenCard(choice, now)))
      : empty("bookmark", "Nothing chosen yet", "One good evening is enough to begin. Pick it from your week.", h("a", { class: "button primary", href: "#/" }, "See your week")),
    fold("Earlier", past, now),
    fold("Set aside", aside, now),
  ].filter((section) => section !== null);
}

/** @param {Choice} choice @param {Date} now */
function chosenCard(choice, now) {
  const gone = choice.gone_since && h(
    "p", { class: "mark-line bad" }, icon("alert"),
    `Its source no longer lists it (since ${ago(choice.gone_since, now)}). Ask the organizer before you go.`);
  const note = choice.note && h("p", { class: "mark-line calm" }, icon("pencil"), choice.note);
  return card({ ...choice.event, choice: choice.state }, now, gone || null, note || null);
}

/** @param {string} title @param {Choice[]} choices @param {Date} now */
function fold(title, choices, now) {
  if (choices.length === 0) return null;
  const row = (/** @type {Choice} */ { event_id, event, state }) =>
    h("li", {},
      h("a", { href: `#/events/${encodeURIComponent(event_id)}` }, event.name),
      h("span", { class: "hint" }, ` ${ago(event.start, now)}`),
      state === "dismissed" && button("Bring back", { class: "button quiet", onclick: () => attempt(() => choose(event_id, null, state)) }, "refresh"));
  return h("details", { class: "fold" }, h("summary", {}, `${title} (${choices.length})`), h("ul", { class: "rows" }, choices.map(row)));
}
