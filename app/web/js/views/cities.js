/** A whole city at once: its pack of sources, and how far their reading has come. */

import { getProfile, listCities, putCity, putProfile } from "../api.js";
import { button, externalLink, fill, h } from "../dom.js";
import { count } from "../format.js";
import { attempt, load, snackbar } from "../ui.js";

/** @typedef {import("../types.js").City} City */

const LOOK_AGAIN_MS = 4000;

/** @param {City} city whether sources of it still wait for their first reading */
const waits = ({ added, read, paused }) => read + paused < added;

/**
 * All packs under a fold, which looks again while one is being read.
 * @param {AbortSignal} signal @param {() => void} changed called when sources came, and when all are read
 */
export function cityPacks(signal, changed) {
  const list = h("div");
  const fold = /** @type {HTMLDetailsElement} */ (h(
    "details", { class: "block add cities" },
    h("summary", {}, h("h2", {}, "Add a whole city")),
    h("p", { class: "hint" }, "Its calendars are added at once and read over the next minutes. What you changed or paused stays as it is."), list));
  /** @type {Map<string, {said: string, item: HTMLElement}>} */
  const rows = new Map();
  /** @type {number|undefined} */
  let timer;
  let waiting = false;

  // Only a row that says something new is drawn again: nobody loses the focus or an open fold.
  const show = (/** @type {{items: City[]}} */ { items }) => {
    for (const city of items) {
      const said = JSON.stringify(city);
      if (rows.get(city.name)?.said !== said) rows.set(city.name, { said, item: row(city, add, refresh) });
    }
    const drawn = items.map(({ name }) => /** @type {{item: HTMLElement}} */ (rows.get(name)).item);
    if (list.firstElementChild?.tagName !== "UL") fill(list, h("ul", { class: "plain" }));
    const ul = /** @type {Element} */ (list.firstElementChild);
    drawn.forEach((item, index) => {
      if (ul.children[index] === item) return;
      if (ul.children[index]) ul.children[index].replaceWith(item);
      else ul.append(item);
    });
    schedule(items.some(waits));
  };
  const schedule = (/** @type {boolean} */ more) => {
    clearTimeout(timer);
    if (waiting && !more) changed();
    waiting = more;
    if (more) timer = setTimeout(lookAgain, LOOK_AGAIN_MS);
  };
  const refresh = async () => {
    const answer = await listCities();
    if (!signal.aborted) show(answer);
  };
  const add = async (/** @type {City} */ city) => {
    await putCity(city.name);
    snackbar(`${city.title} is being read`);
    await refresh();
    changed();
    rows.get(city.name)?.item.focus({ preventScroll: true });
  };
  const lookAgain = () => {
    if (!fold.open) return; // opening it looks anew
    const tried = document.hidden ? Promise.resolve(schedule(true)) : refresh();
    tried.catch(() => schedule(true));
  };
  fold.addEventListener("toggle", () => fold.open && load(list, signal, listCities, show));
  signal.addEventListener("abort", () => clearTimeout(timer));
  return fold;
}

/** @param {City} city @param {(city: City) => Promise<void>} add @param {() => Promise<void>} refresh */
function row(city, add, refresh) {
  const settle = async () => {
    const profile = await getProfile();
    const { latitude, longitude, time_zone } = city;
    await putProfile({ ...profile, home_name: profile.home_name || city.title, latitude, longitude, time_zone });
    snackbar(`${city.title} is your home`);
    await refresh();
  };
  const missing = city.sources - city.added;
  return h(
    "li", { class: "city", "data-city": city.name, tabindex: "-1" },
    h("div", { class: "head" },
      h("div", {}, h("h3", {}, city.title), h("p", { class: "hint" }, state(city))),
      missing > 0 && button(city.added ? "Add the rest" : "Add", { "aria-label": `Add ${city.title}`, onclick: () => attempt(() => add(city)) }, "plus")),
    bar(city),
    city.added > 0 && city.home_offered && button("Make it my home", { onclick: () => attempt(settle) }, "pin"),
    city.added > 0 && pages(city));
}

/** @param {City} city */
function state(city) {
  if (city.added === 0) return count(city.sources, "source");
  const read = waits(city) ? `${city.read} of ${city.added} read` : `${count(city.added, "source")}, all read`;
  return `${read} · ${count(city.events, "coming event")}`;
}

/** @param {City} city */
function bar(city) {
  if (!waits(city)) return null;
  return h("progress", { max: city.added, value: city.read + city.paused, "aria-label": `${city.title}: sources read` });
}

/** @param {City} city pages that no reading can make a source of */
function pages({ to_discover }) {
  if (to_discover.length === 0) return null;
  return h(
    "details", { class: "fold" },
    h("summary", {}, `${count(to_discover.length, "page")} without a calendar yet`),
    h("p", { class: "hint" }, "These sites say nothing of where their calendar is. Paste one above to look for it."),
    h("ul", { class: "plain" }, to_discover.map(({ name, url }) => h("li", {}, externalLink(url, name)))));
}
