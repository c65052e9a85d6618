/** One event in a list, and what cards and the detail share. */

import { button, h, icon } from "../dom.js";
import { count, distance, percent, price, range } from "../format.js";
import { href } from "../router.js";
import { choose } from "../store.js";
import { attempt, hush, snackbar } from "../ui.js";
import { when, zoneNote } from "../when.js";
import { circleNote, etiquette, kind, status } from "../words.js";

/** @typedef {import("../types.js").EventSummary} EventSummary */
/** @typedef {import("../store.js").State} State */

/**
 * The chance as a number, its likely range in words and as a band.
 * @param {import("../types.js").Score} score
 */
export function chance(score) {
  const words = `About ${percent(score.any_field)}% chance to talk with someone who hires, likely ${range(score.low, score.high)}`;
  return h(
    "div", { class: "chance", role: "img", "aria-label": words },
    h("span", { class: "number" }, percent(score.any_field), h("small", {}, "%")),
    band(score.any_field, score.low, score.high),
    h("span", { class: "range" }, `likely ${range(score.low, score.high)}`),
  );
}

/**
 * The number that the list is ranked by: the chance in the person's field where that differs.
 * @param {import("../types.js").Score} score
 */
const rankedChance = (score) => (inField(score) ? fieldChance(score.your_field, "your field") : chance(score));

/** @param {import("../types.js").Score} score whether the person's field makes a difference */
const inField = (score) => percent(score.your_field) !== percent(score.any_field);

/** @param {number} value @param {string} field */
export const fieldChance = (value, field) =>
  h(
    "div", { class: "chance", role: "img", "aria-label": `About ${percent(value)}% chance to talk with someone who hires in ${field}` },
    h("span", { class: "number" }, percent(value), h("small", {}, "%")),
    h("span", { class: "range" }, `in ${field}`),
  );

/** @param {number} at @param {number} low @param {number} high all 0–1 */
export const band = (at, low, high) =>
  h("span", { class: "band", style: { "--low": low, "--high": high, "--at": at } }, h("i"), h("b"));

/** @param {EventSummary} event @param {Date} now one fact a line: when, where, what it costs */
export function facts(event, now) {
  const zone = zoneNote(event);
  return h(
    "ul", { class: "facts" },
    h("li", { class: "when" }, icon("clock"), h("span", {}, when(event, now), zone && h("em", {}, ` ${zone}`), event.dates > 1 && h("em", {}, ` · ${count(event.dates - 1, "more date")}`))),
    h("li", { class: "where" }, icon(event.event_attendance_mode === "online" ? "globe" : "pin"), h("span", {}, place(event))),
    h("li", { class: "price" }, icon("ticket"), h("span", {}, price(event.price), sources(event))),
  );
}

/** @param {EventSummary} event */
function place(event) {
  const name = event.location?.name || event.location?.address;
  const vague = (event.location?.within_km ?? 0) > 0;
  const far = event.distance_km === null ? "" : ` · ${vague ? "about " : ""}${distance(event.distance_km)}`;
  if (event.event_attendance_mode === "online") return "Online";
  const online = event.event_attendance_mode === "mixed" ? ", or online" : "";
  if (!name) return "Place not announced";
  return [`${name}${far}${online}`, vague && h("em", {}, " · place not exact")];
}

/** @param {EventSummary} event */
const sources = ({ sources }) => (sources.length > 1 ? h("em", {}, ` · ${sources.length} sources`) : null);

/** @param {EventSummary} event "Cancelled", "New time"; nothing when it takes place as planned */
export function change({ event_status }) {
  const words = status(event_status);
  return words && h("p", { class: "mark-line bad" }, icon("alert"), words);
}

/** @param {EventSummary} event what to know before going, each with a tone */
export function marks(event) {
  const { circle, circle_phrase: phrase } = event.score;
  const note = circleNote(circle);
  return [
    event.busy && event.choice !== "chosen" && h("p", { class: "mark-line soft" }, icon("clock"), "Your own calendar is taken then"),
    note && h("p", { class: "mark-line soft" }, icon("alert"), h("span", {}, note, phrase && [": ", h("q", {}, phrase)])),
    etiquette(event.kind) && h("p", { class: "mark-line calm" }, icon("leaf"), etiquette(event.kind)),
  ].filter(Boolean);
}

const DONE = { chosen: "On your list and in your calendar", dismissed: "Set aside", none: "Taken off your list" };

/**
 * Chooses or dismisses, with a way back.
 * @param {string} id @param {State} state @param {State} before
 */
async function decide(id, state, before) {
  hush();
  const done = await attempt(() => choose(id, state, before).then(() => true));
  if (done) snackbar(DONE[state ?? "none"], { label: "Undo", run: () => attempt(() => choose(id, before, state)) });
}

/** @param {EventSummary} event "I’ll go" and "Not for me"; the element carries the present state */
export function verbs({ id, choice }) {
  const root = h("div", { class: "verbs" });
  const state = () => /** @type {State} */ (root.dataset.state || null);
  const named = { "aria-describedby": `name-${id}` };
  root.append(
    button("", { class: "button go", "data-verb": "choose", onclick: () => decide(id, state() === "chosen" ? null : "chosen", state()), ...named }),
    button("Not for me", { class: "button quiet", "data-verb": "dismiss", onclick: () => decide(id, "dismissed", state()), ...named }),
  );
  markVerbs(root, choice);
  return root;
}

/** @param {HTMLElement} root the verbs @param {State} state */
export function markVerbs(root, state) {
  const go = root.querySelector("[data-verb=choose]");
  const chosen = state === "chosen";
  root.dataset.state = state ?? "";
  go?.setAttribute("aria-pressed", String(chosen));
  go?.replaceChildren(icon(chosen ? "check" : "plus"), chosen ? "I’m going" : "I’ll go");
}

/** @param {EventSummary} event @param {Date} now @param {...(Node|null|false)} extra between facts and verbs */
export function card(event, now, ...extra) {
  const [label, glyph] = kind(event.kind);
  const { score } = event;
  return h(
    "li", { class: `card ${event.event_status}`, "data-id": event.id },
    h("div", { class: "head" },
      h("div", {},
        h("p", { class: "kind" }, icon(glyph), label),
        h("h3", {}, h("a", { href: href(`events/${encodeURIComponent(event.id)}`), id: `name-${event.id}` }, event.name))),
      rankedChance(score)),
    change(event),
    facts(event, now),
    score.headline && h("p", { class: "headline" }, score.headline, inField(score) && h("em", {}, ` · ${percent(score.any_field)}% in any field`)),
    marks(event),
    extra,
    verbs(event),
  );
}
