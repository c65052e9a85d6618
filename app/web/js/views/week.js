/** The coming seven days, best first. */

import { listEvents } from "../api.js";
import { button, fill, h, icon } from "../dom.js";
import { count } from "../format.js";
import { go, href } from "../router.js";
import { getProfile, news } from "../store.js";
import { aborted, announce, attempt, empty, heading, load } from "../ui.js";
import { comingDays, dayName, isoDay, midnight } from "../when.js";
import { card, markVerbs } from "./card.js";
import { drawFilters } from "./filters.js";
import { drawOpenings } from "./openings.js";

/** @typedef {import("../types.js").EventSummary} EventSummary */
/** @typedef {{items: EventSummary[], next_cursor: string|null, total: number}} Page */

const PAGE = 30;
const ENOUGH = 10; // shown events, after what is over or set aside
const MOST_PAGES = 5;

/** @type {import("../main.js").View} */
export function weekView(root, route, signal) {
  let params = route.params;
  let asked = new AbortController();
  const strip = h("nav", { class: "strip", "aria-label": "Days" });
  const filters = h("div");
  const toPlan = h("a", { class: "to-plan", href: href("plan") }, icon("week"), "Plan my week: the few that fit together");
  const list = h("div", { class: "results" });
  const places = h("section", { class: "openings" });
  fill(root, heading("Your week", "Chances to talk with someone who hires."), toPlan, strip, filters, list, places);

  /** @param {string} name @param {string} value @param {boolean} [typing] */
  const change = (name, value, typing = false) => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    go(href("", next), { replace: typing });
  };
  const draw = () => {
    asked.abort();
    asked = new AbortController();
    drawStrip(strip, params);
    load(list, AbortSignal.any([signal, asked.signal]), () => collect(params, null, asked.signal), (page) =>
      showPage(list, page, params, asked.signal));
  };
  const narrow = async () => {
    const profile = await getProfile().catch(() => null);
    if (!signal.aborted) drawFilters(filters, params, Boolean(profile && profile.latitude !== null), change);
  };
  news.addEventListener("choice", (message) => sync(list, /** @type {CustomEvent} */ (message).detail), { signal });
  news.addEventListener("curated", draw, { signal });
  draw();
  narrow();
  drawOpenings(places, signal);
  return {
    title: "Your week",
    update(next) {
      if (next.params.toString() === params.toString()) return;
      params = next.params;
      draw();
      narrow();
    },
  };
}

/** @param {Element} strip @param {URLSearchParams} params */
function drawStrip(strip, params) {
  const day = params.get("day") ?? "";
  const language = navigator.language;
  const link = (/** @type {string} */ value, /** @type {string} */ full, /** @type {(Node|string)[]} */ label) => {
    const next = new URLSearchParams(params);
    if (value) next.set("day", value);
    else next.delete("day");
    return h("a", { href: href("", next), "aria-label": full, "aria-current": value === day ? "true" : null }, label);
  };
  const one = (/** @type {Date} */ date, /** @type {number} */ index) =>
    link(isoDay(date), date.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" }), [
      h("small", {}, index === 0 ? "Today" : date.toLocaleDateString(language, { weekday: "short" })),
      h("b", {}, date.getDate()),
    ]);
  fill(strip, link("", "Best of the week", [h("small", {}, "Best of"), h("b", {}, "Week")]), comingDays(new Date()).map(one));
}

/** @param {URLSearchParams} params @returns {Promise<URLSearchParams>} the query of the API */
async function query(params) {
  const day = params.get("day") ?? isoDay(new Date());
  const length = params.has("day") ? 1 : 7;
  const result = new URLSearchParams({
    from: midnight(day).toISOString(),
    to: midnight(day, length).toISOString(),
    sort: params.get("sort") === "start" ? "start" : "score",
    limit: String(PAGE),
  });
  for (const name of ["q", "kind"]) if (params.get(name)) result.set(name, params.get(name) ?? "");
  if (params.has("evenings")) result.set("evenings", "true");
  if (params.has("when_free")) result.set("when_free", "true");
  if (params.has("free")) result.set("free", "true");
  if (params.has("circles")) result.set("include_circles", "true");
  const home = params.has("km") ? await getProfile() : null;
  if (home && home.latitude !== null) {
    result.set("near", `${home.latitude},${home.longitude}`);
    result.set("km", params.get("km") ?? "");
  }
  return result;
}

/** @param {Date} now what the list leaves out: the set aside, and what is over by now */
const fits = (now) => (/** @type {EventSummary} */ event) =>
  event.choice !== "dismissed" &&
  new Date(event.end ?? midnight(event.local_start.slice(0, 10), 1)) > now;

/**
 * Pages from `cursor` on until there is enough to show.
 * @param {URLSearchParams} params @param {string|null} cursor @param {AbortSignal} signal
 * @returns {Promise<Page>} `total` is the API's
 */
async function collect(params, cursor, signal) {
  const asked = await query(params);
  /** @type {EventSummary[]} */
  const items = [];
  /** @type {Page} */
  let page = { items: [], next_cursor: cursor, total: 0 };
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    if (page.next_cursor) asked.set("cursor", page.next_cursor);
    page = await listEvents(asked, signal);
    items.push(...page.items.filter(fits(new Date())));
    if (!page.next_cursor || items.length >= ENOUGH) break;
  }
  return { ...page, items };
}

/** @param {Element} list @param {Page} page @param {URLSearchParams} params @param {AbortSignal} signal */
function showPage(list, page, params, signal) {
  if (page.items.length === 0) {
    fill(list, nothing(params));
    return;
  }
  const cards = h("ol", { class: "cards" });
  const more = h("p", { class: "more" });
  fill(list, tally(page, params), cards, more);
  announce(count(page.items.length, "event"));
  append(cards, page.items, params);
  offerMore(cards, more, page, params, signal);
}

/** @param {Element} cards @param {EventSummary[]} events @param {URLSearchParams} params */
function append(cards, events, params) {
  const now = new Date();
  let day = params.get("sort") === "start" && !params.has("day") ? "" : null;
  for (const event of events) {
    const name = dayName(event.local_start, now);
    if (day !== null && name !== day) cards.append(h("li", { class: "day" }, h("h2", {}, name)));
    day = day === null ? null : name;
    cards.append(card(event, now));
  }
}

/** @param {Element} cards @param {Element} more @param {Page} page @param {URLSearchParams} params @param {AbortSignal} signal */
function offerMore(cards, more, page, params, signal) {
  fill(more);
  if (!page.next_cursor) return;
  const next = async () => {
    const answer = await collect(params, page.next_cursor, signal).catch((error) => {
      if (aborted(error)) return null;
      throw error;
    });
    if (!answer || signal.aborted) return;
    append(cards, answer.items, params);
    offerMore(cards, more, answer, params, signal);
  };
  fill(more, button("Show more", { class: "button wide", onclick: () => attempt(next) }));
}

/** @param {Page} page @param {URLSearchParams} params how many, and in which order */
function tally(page, params) {
  const byTime = params.get("sort") === "start";
  const other = new URLSearchParams(params);
  if (byTime) other.delete("sort");
  else other.set("sort", "start");
  const known = page.next_cursor === null ? page.items.length : page.total;
  return h(
    "p", { class: "tally" },
    h("span", {}, `${count(known, "event")}, ${byTime ? "earliest" : "best"} first`),
    h("a", { href: href("", other) }, byTime ? "Best first" : "Earliest first"),
  );
}

/** @param {URLSearchParams} params */
function nothing(params) {
  const narrowed = ["q", "free", "evenings", "when_free", "km", "kind"].some((name) => params.has(name));
  if (!narrowed) {
    return empty("week", "Nothing here yet", "Add the calendar of a chamber, a library or a club you like, and its events appear here.", h("a", { class: "button primary", href: "#/sources" }, "Add a source"));
  }
  const kept = new URLSearchParams(params.has("day") ? { day: params.get("day") ?? "" } : {});
  return empty("search", "No event fits all of this", "Try a wider distance, another day, or fewer filters.", h("a", { class: "button", href: href("", kept) }, "Clear the filters"));
}

/** @param {Element} list @param {{id: string, state: import("../store.js").State}} choice */
function sync(list, { id, state }) {
  const item = /** @type {HTMLElement|null} */ (list.querySelector(`[data-id="${CSS.escape(id)}"]`));
  if (!item) return;
  if (state === "dismissed" && item.contains(document.activeElement)) focusNext(item);
  item.hidden = state === "dismissed";
  const verbs = /** @type {HTMLElement|null} */ (item.querySelector(".verbs"));
  if (verbs) markVerbs(verbs, state);
}

/** Whoever works with the keyboard goes on at the next card. @param {Element} item about to be hidden */
function focusNext(item) {
  const next = item.parentElement?.querySelector(`[data-id="${CSS.escape(item.getAttribute("data-id") ?? "")}"] ~ .card:not([hidden]) h3 a`);
  /** @type {HTMLElement|null|undefined} */ (next)?.focus({ preventScroll: true });
}
