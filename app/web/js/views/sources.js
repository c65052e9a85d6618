/** Where events come from, and how each source is doing. */

import { deleteSource, listSources, patchSource, pollSource } from "../api.js";
import { button, externalLink, fill, h } from "../dom.js";
import { count } from "../format.js";
import { attempt, confirmed, empty, heading, load, snackbar } from "../ui.js";
import { ago } from "../when.js";
import { health } from "../words.js";
import { cityPacks } from "./cities.js";
import { discoverForm } from "./discover.js";

/** @typedef {import("../types.js").Source} Source */

/** @type {import("../main.js").View} */
export function sourcesView(root, _route, signal) {
  const list = h("div");
  const show = (/** @type {{items: Source[]}} */ { items }) => {
    if (items.length > 0) fill(list, h("ul", { class: "cards sources" }, items.map(sourceCard)));
    else fill(list, empty("sources", "No sources yet", "Paste the calendar of a chamber of commerce, a library or a club above. We read it politely and often enough."));
  };
  const again = async () => {
    const answer = await listSources();
    if (!signal.aborted) show(answer);
  };
  const form = h("details", { class: "block add" }, h("summary", {}, h("h2", {}, "Add a source")), discoverForm(again, signal));
  fill(root, heading("Sources", "The calendars we read for you."), form, cityPacks(signal, again), list);
  load(list, signal, listSources, show);
  return { title: "Sources" };
}

/** @param {Source} source */
function sourceCard(source) {
  const item = h("li", { class: "card source", "data-id": source.id });
  const redraw = (/** @type {Source} */ fresh) => fill(item, ...sourceParts(fresh, redraw, () => item.remove()));
  redraw(source);
  return item;
}

/** @param {Source} source @param {(fresh: Source) => void} redraw @param {() => void} remove */
function sourceParts(source, redraw, remove) {
  const [words, tone] = health(source);
  return [
    h("div", { class: "head" },
      h("div", {}, h("h3", {}, source.name), h("p", { class: "hint address" }, externalLink(source.url, shortUrl(source.url)))),
      h("p", { class: "number small" }, source.events, h("small", {}, source.events === 1 ? " event" : " events"))),
    h("p", { class: `health ${tone}` }, words, source.message && h("span", { class: "hint" }, source.message)),
    h("p", { class: "hint" }, timing(source, new Date())),
    ...source.twins.map(({ text }) => h("p", { class: "hint" }, text)),
    problems(source),
    verbs(source, redraw, remove),
  ].filter((part) => part !== null);
}

/** @param {string} url */
const shortUrl = (url) => url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");

/** @param {Source} source @param {Date} now the next try stands in `message` */
const timing = ({ last_ok_at, since, state }, now) => [
  last_ok_at ? `Last read ${ago(last_ok_at, now)}.` : "Never read so far.",
  since && state !== "ok" && ` This began ${ago(since, now)}.`,
];

/** @param {Source} source */
function problems({ problems }) {
  if (problems.length === 0) return null;
  return h(
    "details", { class: "fold" },
    h("summary", {}, `${count(problems.length, "entry", "entries")} could not be read`),
    h("ul", { class: "plain" }, problems.map(({ place, cause }) => h("li", {}, h("code", {}, place), ` ${cause}`))),
  );
}

/** @param {Source} source @param {(fresh: Source) => void} redraw @param {() => void} remove */
function verbs(source, redraw, remove) {
  const poll = async () => {
    redraw(await pollSource(source.id));
    snackbar(`Reading ${source.name} now`);
  };
  const pause = async () => redraw(await patchSource(source.id, { paused: !source.paused }));
  const drop = async () => {
    if (!(await confirmed(`Remove ${source.name}?`, "We stop reading it. What you chose from it stays on your list.", "Remove"))) return;
    await deleteSource(source.id);
    remove();
    snackbar(`${source.name} removed`);
  };
  return h(
    "div", { class: "verbs" },
    correction(source, redraw),
    button("Read now", { onclick: () => attempt(poll) }, "refresh"),
    button(source.paused ? "Resume" : "Pause", { class: "button quiet", onclick: () => attempt(pause) }, source.paused ? "play" : "pause"),
    button("Remove", { class: "button quiet danger", onclick: () => attempt(drop) }),
  );
}

/** A correction of its times that would mend a suspicion, or the way back. @param {Source} source @param {(fresh: Source) => void} redraw */
function correction({ id, name, time_rule, time_rule_proposed }, redraw) {
  if (!time_rule && !time_rule_proposed) return null;
  const set = async (/** @type {string} */ rule) => {
    redraw(await patchSource(id, { time_rule: rule }));
    snackbar(rule ? `Times of ${name} corrected` : `Times of ${name} as published`, { label: "Undo", run: () => attempt(() => set(rule ? "" : time_rule)) });
  };
  return time_rule
    ? button("Undo time correction", { class: "button quiet", onclick: () => attempt(() => set("")) }, "clock")
    : button("Correct its times", { class: "button primary", onclick: () => attempt(() => set(time_rule_proposed)) }, "clock");
}
