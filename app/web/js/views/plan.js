/** A week, not a list: the few events that together promise most, and why not the others. */

import { getWeek } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { count, money, percent } from "../format.js";
import { href } from "../router.js";
import { news } from "../store.js";
import { announce, empty, heading, load } from "../ui.js";
import { dayName, isoWeek, span } from "../when.js";
import { card, facts, markVerbs, verbs } from "./card.js";

/** @typedef {import("../types.js").Week} Week */
/** @typedef {import("../types.js").Outing} Outing */

/** @type {import("../main.js").View} */
export function planView(root, route, signal) {
  let name = asked(route);
  const weeks = h("nav", { class: "segments weeks", "aria-label": "Week" });
  const body = h("div", { class: "plan" });
  fill(root, heading("Your plan", "A few evenings that together promise most, within your limits."), weeks, body);
  const show = (/** @type {Week} */ week) => fill(body, ...parts(week, new Date()));
  const draw = () => {
    drawWeeks(weeks, name);
    load(body, signal, () => getWeek(name, signal), (week) => {
      show(week);
      announce(count(week.outings.length, "event"));
    });
  };
  news.addEventListener("choice", (message) => {
    const { id, state } = /** @type {CustomEvent} */ (message).detail;
    for (const one of body.querySelectorAll(`[data-id="${CSS.escape(id)}"] > .verbs`)) markVerbs(/** @type {HTMLElement} */ (one), state);
  }, { signal });
  news.addEventListener("stored", async () => {
    const week = await getWeek(name, signal).catch(() => null);
    if (week && week.week === name && !signal.aborted) keepFocus(body, () => show(week));
  }, { signal });
  draw();
  return {
    title: "Your plan",
    update(next) {
      if (asked(next) === name) return;
      name = asked(next);
      draw();
    },
  };
}

/** @param {import("../types.js").Route} route */
const asked = (route) => route.params.get("week") ?? isoWeek(new Date());

/** @param {Element} root @param {string} name the week shown */
function drawWeeks(root, name) {
  const one = (/** @type {string} */ label, /** @type {number} */ days) => {
    const week = isoWeek(inDays(new Date(), days));
    return h("a", { href: planOf(week), "aria-current": week === name ? "true" : null }, label);
  };
  fill(root, one("This week", 0), one("Next week", 7));
}

/** @param {Date} now @param {number} days */
const inDays = (now, days) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);

/** @param {string} week its page */
const planOf = (week) => href("plan", new URLSearchParams({ week }));

/** @param {Week} week @param {Date} now */
function parts(week, now) {
  return [
    week.outings.length > 0
      ? summary(week)
      : nothing(week, now),
    h("ol", { class: "cards one" }, week.outings.flatMap((outing) => [
      h("li", { class: "day" }, h("h2", {}, dayName(outing.event.local_start, now))),
      outingCard(outing, now),
    ])),
    whyNot(week, now),
    h("p", { class: "hint" }, limits(week), " ", h("a", { href: "#/me" }, "Change")),
  ].filter((part) => part !== null);
}

/** @param {Week} week @param {Date} now a week without events, be it that this one is nearly over */
function nothing(week, now) {
  const next = week.week === isoWeek(now) && h("a", { class: "button", href: planOf(isoWeek(inDays(now, 7))) }, "Plan next week");
  return empty("week", "Nothing fits this week", "Wider limits or another source may help.", next || null, h("a", { class: "button", href: "#/me" }, "Change your limits"));
}

/** @param {Week} week the chance of the whole and what it takes */
function summary(week) {
  const facts = [count(week.outings.length, "event"), hours(week.hours), week.cents > 0 && money(week.cents, week.currency)];
  return h(
    "section", { class: "block total-chance" },
    h("p", { class: "number" }, percent(week.chance), h("small", {}, "%")),
    h("div", {},
      h("p", {}, "to talk with at least one person who hires"),
      h("p", { class: "hint" }, facts.filter(Boolean).join(" · ")),
      h("p", { class: "hint" }, span(week.first, week.last))),
  );
}

/** @param {number} value with the way there and back */
const hours = (value) => `${value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} hours with the way`;

/** @param {Outing} outing @param {Date} now */
function outingCard({ event, way_minutes: way, adds, reasons, alternative }, now) {
  const more = reasons.filter((reason) => reason !== event.score.headline);
  const item = card(event, now,
    h("ul", { class: "facts" },
      h("li", {}, icon("target"), way > 0 ? `About ${way} minutes each way` : "No way to go"),
      h("li", {}, icon("plus"), `Adds ${percent(adds)} points to your week`)),
    more.length > 0 && h("details", { class: "fold" }, h("summary", {}, "Why this one"), h("ul", { class: "plain" }, more.map((reason) => h("li", {}, reason)))));
  if (alternative) item.append(instead(alternative, now));
  return item;
}

/** @param {import("../types.js").EventSummary} event @param {Date} now another one in its place, behind a tap */
const instead = (event, now) =>
  h("details", { class: "fold instead", "data-id": event.id },
    h("summary", {}, h("span", {}, "Or instead: ", h("b", { id: `name-${event.id}` }, event.name), ` · ${percent(event.score.your_field)}%`)),
    facts(event, now),
    h("p", {}, h("a", { href: href(`events/${encodeURIComponent(event.id)}`), "aria-describedby": `name-${event.id}` }, "All about it")),
    verbs(event));

/** @param {Week} week @param {Date} now */
function whyNot({ left_out: others }, now) {
  if (others.length === 0) return null;
  const row = (/** @type {import("../types.js").LeftOut} */ one) =>
    h("li", {},
      h("a", { href: href(`events/${encodeURIComponent(one.id)}`) }, one.name),
      h("span", { class: "hint" }, ` ${dayName(one.local_start, now)}: ${one.text}`));
  return h("details", { class: "fold" }, h("summary", {}, `Why not the others (${others.length})`), h("ul", { class: "rows" }, others.map(row)));
}

/** @param {Week} week what the plan keeps to, in words */
function limits({ limits: kept, currency }) {
  const budget = kept.budget === null ? "any money" : `up to ${money(kept.budget, currency)}`;
  return `Planned for ${count(kept.evenings, "evening")}, ${count(kept.hours, "hour")} and ${budget} a week.`;
}

/** What had the focus has it again in the new content. @param {Element} body @param {() => void} redraw */
function keepFocus(body, redraw) {
  const focused = document.activeElement;
  const id = body.contains(focused) ? focused?.closest("[data-id]")?.getAttribute("data-id") : null;
  const verb = focused?.getAttribute("data-verb");
  redraw();
  if (!id || !verb) return;
  const same = body.querySelector(`[data-id="${CSS.escape(id)}"] > .verbs [data-verb="${verb}"]`);
  /** @type {HTMLElement|null} */ (same)?.focus({ preventScroll: true });
}
