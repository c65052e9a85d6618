/** The yellow pad: what the evenings came to, and whether our chances came true. */

import { getInsights } from "../api.js";
import { fill, h } from "../dom.js";
import { count, percent, range } from "../format.js";
import { heading, load } from "../ui.js";
import { kind } from "../words.js";

/** @typedef {import("../types.js").Insights} Insights */
/** @typedef {import("../types.js").PadLine} PadLine */
/** @typedef {import("../types.js").CalibrationBin} CalibrationBin */

const SHOWN = 12; // lines of the pad

/** @type {import("../main.js").View} */
export function insightsView(root, _route, signal) {
  const body = h("div", { class: "stack" });
  fill(root, heading("Your evenings", "From your check-ins alone. Nobody else sees this."), body);
  load(body, signal, getInsights, (found) => fill(body, ...sections(found)));
  return { title: "Your evenings" };
}

/** @param {Insights} found */
function sections(found) {
  return [
    sums(found),
    found.lessons.length > 0 && h("section", { class: "block stack" }, h("h2", {}, "What your list has learned"), h("ul", { class: "plain" }, found.lessons.map((text) => h("li", {}, text)))),
    found.pad.length > 0 && pad(found.pad),
    calibration(found.calibration),
  ];
}

/** @param {Insights} found */
function sums(found) {
  const one = (/** @type {number} */ number, /** @type {string} */ name) => h("div", {}, h("dt", {}, name), h("dd", { class: "number" }, String(number)));
  const talk = found.talk > 1.1 ? "You talk with more people than most." : found.talk < 0.9 ? "You talk with fewer people than most; that is fine." : "";
  return h("section", { class: "block stack" },
    h("dl", { class: "sums" }, one(found.visits, "evenings"), one(Math.round(found.talked), "people met"), one(found.hirers, "who hire")),
    found.visits === 0
      ? h("p", { class: "hint" }, "After an event that you chose, tell how it was under My events. It takes ten seconds.")
      : talk && h("p", {}, talk));
}

/** @param {PadLine[]} lines */
const pad = (lines) =>
  h("section", { class: "block stack" },
    h("h2", {}, "Where you meet people who hire"),
    h("p", { class: "hint" }, "The bar is what is likely true of such evenings: wide after few, narrow after many."),
    h("ol", { class: "pad" }, lines.slice(0, SHOWN).map(line)));

/** @param {PadLine} found */
function line(found) {
  const name = found.group === "kind" ? kind(found.name)[0] : found.name;
  const says = found.said > 0 ? `${found.met} of ${count(found.said, "evening")}` : count(found.visits, "evening");
  return h("li", {}, h("span", {}, name), h("span", { class: "hint" }, says), found.said > 0 && interval(found.range, found.met / found.said));
}

/** @param {Insights["calibration"]} found */
function calibration(found) {
  return h("section", { class: "block stack" },
    h("h2", {}, "Do our chances come true?"),
    h("p", {}, found.sentence),
    found.bins.length > 0 && h("ol", { class: "pad" }, found.bins.map(bin)),
    found.bins.length > 0 && h("p", { class: "hint" }, "The mark is what we said, the bar what is likely true, going by your visits."));
}

/** @param {CalibrationBin} found */
const bin = (found) =>
  h("li", {}, h("span", {}, `Said about ${percent(found.said)}%`), h("span", { class: "hint" }, `happened ${found.happened} of ${found.visits}`), interval(found.range, found.said));

/** @param {{low: number, high: number}} bounds @param {number} mark 0–1 */
const interval = ({ low, high }, mark) =>
  h("span", { class: "interval", role: "img", "aria-label": `likely ${range(low, high)}%` },
    h("i", { style: { "--from": low, "--size": high - low } }), h("b", { style: { "--at": mark } }));
