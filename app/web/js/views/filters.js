/** What the list is narrowed by. The address holds it, so "back" and a shared link work. */

import { fill, h, icon } from "../dom.js";
import { distance, KM_PER_MILE, usesMiles } from "../format.js";
import { KINDS } from "../words.js";

const STEPS = [2, 5, 10, 25, 50];
const NAMES = ["free", "evenings", "when_free", "km", "kind", "circles"];
const TYPING_MS = 300;

/** @param {URLSearchParams} params @returns {number} how many filters are on, the search apart */
export const active = (params) => NAMES.filter((name) => params.has(name)).length;

/** Radii in km, round in the reader's unit. */
const radii = () => STEPS.map((step) => (usesMiles() ? step * KM_PER_MILE : step));

/**
 * The bar for the present address. Drawn anew after each change: it stays open, and the focus stays.
 * @param {Element} root @param {URLSearchParams} params as they are now
 * @param {boolean} hasHome distance needs one
 * @param {(name: string, value: string, typing?: boolean) => void} change "" takes a filter off
 */
export function drawFilters(root, params, hasHome, change) {
  const wasOpen = root.querySelector(".panel:not([hidden])") !== null;
  const focused = root.contains(document.activeElement) && document.activeElement?.getAttribute("name");
  // Someone who is typing keeps the field and the cursor in it.
  if (focused === "q") return;
  fill(root, bar(params, hasHome, wasOpen || active(params) > 0, change));
  if (focused) /** @type {HTMLElement|null} */ (root.querySelector(`[name="${focused}"]`))?.focus();
}

/**
 * @param {URLSearchParams} params @param {boolean} hasHome @param {boolean} isOpen
 * @param {(name: string, value: string, typing?: boolean) => void} change
 */
function bar(params, hasHome, isOpen, change) {
  const panel = h("div", { class: "panel", id: "filters", hidden: !isOpen });
  const open = (/** @type {Event} */ event) => {
    panel.hidden = !panel.hidden;
    /** @type {HTMLElement} */ (event.currentTarget).setAttribute("aria-expanded", String(!panel.hidden));
  };
  fill(panel,
    check("Free", "free", params, change),
    check("Evenings", "evenings", params, change),
    check("When I am free", "when_free", params, change),
    hasHome
      ? select("Distance", "km", [["", "Within your reach"], ...radii().map((km) => [km.toFixed(1), `Within ${distance(km)}`])], params, change)
      : h("a", { class: "chip", href: "#/me" }, icon("pin"), "Set your home for distances"),
    select("Kind", "kind", [["", "Any kind"], ...Object.entries(KINDS).map(([id, [label]]) => [id, label])], params, change),
    check("With job-seeker events", "circles", params, change));
  return h(
    "form", { class: "filters", role: "search", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    h("div", { class: "row" }, search(params, change),
      h("button", { type: "button", class: "button", "aria-expanded": String(isOpen), "aria-controls": "filters", onclick: open },
        icon("sliders"), "Filter", active(params) > 0 && h("span", { class: "badge" }, active(params)))),
    panel,
  );
}

/** @param {URLSearchParams} params @param {(name: string, value: string, typing?: boolean) => void} change */
function search(params, change) {
  /** @type {number|undefined} */
  let timer;
  const typed = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    clearTimeout(timer);
    timer = setTimeout(() => change("q", value.trim(), true), TYPING_MS);
  };
  return h(
    "label", { class: "search" }, icon("search"), h("span", { class: "visually-hidden" }, "Search events"),
    h("input", { type: "search", name: "q", value: params.get("q") ?? "", placeholder: "Search", oninput: typed, enterkeyhint: "search" }),
  );
}

/** @param {string} label @param {string} name @param {URLSearchParams} params @param {(name: string, value: string) => void} change */
function check(label, name, params, change) {
  const flip = (/** @type {Event} */ event) => change(name, /** @type {HTMLInputElement} */ (event.target).checked ? "1" : "");
  return h("label", { class: "chip" }, h("input", { type: "checkbox", name, checked: params.has(name), onchange: flip }), h("span", {}, label));
}

/**
 * @param {string} label @param {string} name @param {string[][]} options
 * @param {URLSearchParams} params @param {(name: string, value: string) => void} change
 */
function select(label, name, options, params, change) {
  const pick = (/** @type {Event} */ event) => change(name, /** @type {HTMLSelectElement} */ (event.target).value);
  return h(
    "label", { class: "chip" }, h("span", { class: "visually-hidden" }, label),
    h("select", { name, onchange: pick },
      options.map(([value, text]) => h("option", { value, selected: value === (params.get(name) ?? "") }, text))),
  );
}
