/** Why this number: bars that walk from the starting point to the total, and the same as a table. */

import { h } from "../dom.js";
import { percent, roundToSum, signed } from "../format.js";
import { BASIS } from "../words.js";

/** @typedef {import("../types.js").Reason} Reason */
/** @typedef {{text: string, phrase: string, points: number}} Step */

const SMALL = 0.5; // points: below this a bar cannot be seen and its number would be 0

/**
 * Steps worth a bar, largest first; what is too small to see becomes one step, so nothing is lost.
 * @param {Reason[]} reasons @returns {Step[]}
 */
export function steps(reasons) {
  const sorted = [...reasons].sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const small = sorted.filter((reason) => Math.abs(reason.points) < SMALL);
  if (small.length < 2) return sorted;
  const points = small.reduce((sum, reason) => sum + reason.points, 0);
  return [...sorted.slice(0, -small.length), { text: `${small.length} smaller things together`, phrase: "", points }];
}

/**
 * @param {number} start points of an average public event @param {Reason[]} reasons
 * @param {number} total 0–1; start and points add up to 100 times this
 */
export function breakdown(start, reasons, total) {
  const rows = steps(reasons);
  const shown = roundToSum([start, ...rows.map((row) => row.points)], percent(total));
  const heights = rows.reduce((all, row) => [...all, all[all.length - 1] + row.points], [start]);
  const bars = rows.map((row, index) =>
    bar(row.text, row.phrase, signed(shown[index + 1]), heights[index], heights[index + 1]));
  return h(
    "div", { class: "breakdown" },
    h("ol", { class: "bars" },
      bar("Starting point: an average public event", "", String(shown[0]), 0, start, "start"),
      bars,
      bar("Chance to talk with someone who hires", "", `${percent(total)}%`, 0, 100 * total, "total")),
    h("details", {}, h("summary", {}, "Show as a table"), table(start, reasons, total)),
  );
}

/**
 * @param {string} text @param {string} phrase the listing's own words @param {string} number
 * @param {number} from @param {number} to points on the axis 0–100 @param {string} [name]
 */
function bar(text, phrase, number, from, to, name) {
  const tone = name ?? (to < from ? "minus" : "plus");
  const place = { "--from": Math.min(from, to) / 100, "--size": Math.abs(to - from) / 100 };
  const told = text.toLowerCase().includes(phrase.toLowerCase());
  return h(
    "li", { class: tone },
    h("span", { class: "text" }, text, !told && h("q", {}, phrase)),
    h("span", { class: "points" }, number),
    h("span", { class: "track", "aria-hidden": "true" }, h("i", { style: place })),
  );
}

/** @param {number} start @param {Reason[]} reasons @param {number} total */
function table(start, reasons, total) {
  const row = (/** @type {string} */ text, /** @type {string} */ number, /** @type {string} */ basis) =>
    h("tr", {}, h("th", { scope: "row" }, text), h("td", {}, number), h("td", {}, basis));
  return h(
    "table", {},
    h("caption", { class: "visually-hidden" }, "What the chance is made of, in percentage points"),
    h("thead", {}, h("tr", {}, ["Reason", "Points", "How we know"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {},
      row("Starting point", start.toFixed(1), ""),
      reasons.map(({ text, points, basis }) => row(text, signed(Number(points.toFixed(1))), BASIS[basis] ?? "")),
      row("Total", (100 * total).toFixed(1), "")),
  );
}
