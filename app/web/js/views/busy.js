/** One's own calendars: added by their private address, shown without it. */

import { addBusy, listBusy, removeBusy } from "../api.js";
import { button, fill, h } from "../dom.js";
import { count } from "../format.js";
import { attempt, confirmed, load, snackbar } from "../ui.js";
import { ago, moment } from "../when.js";
import { field, hint } from "./fields.js";

/** @typedef {import("../types.js").BusyCalendar} BusyCalendar */

const LOOK_MS = 700;
const LOOKS = 15;

/** @param {AbortSignal} signal */
export function busyCalendars(signal) {
  const list = h("div");
  const show = (/** @type {{items: BusyCalendar[]}} */ { items }) =>
    fill(list, items.length > 0 && h("ul", { class: "plain stack" }, items.map((item) => calendarItem(item, again))));
  const again = async () => {
    const answer = await listBusy();
    if (!signal.aborted) show(answer);
    return answer.items;
  };
  load(list, signal, listBusy, show);
  return h(
    "section", { class: "block stack busy" },
    h("h2", {}, "Your own calendars"),
    hint("Nothing is suggested when you are taken. We read times only, never what for, and keep the address locked away."),
    list,
    form(again, signal));
}

/** @param {() => Promise<BusyCalendar[]>} again @param {AbortSignal} signal */
function form(again, signal) {
  const root = /** @type {HTMLFormElement} */ (h("form", { class: "stack" }));
  const add = async () => {
    const { id } = await addBusy({ url: /** @type {HTMLInputElement} */ (root.elements.namedItem("busy_url")).value.trim() });
    root.reset();
    snackbar("Reading your calendar …");
    const found = await settled(id, again, signal);
    if (found?.looked_at) snackbar(found.problem || `Read: ${times(found)}.`);
  };
  root.onsubmit = (event) => {
    event.preventDefault();
    attempt(add);
  };
  fill(root,
    field("Its private iCalendar address", { name: "busy_url", type: "url", required: true, autocomplete: "off", spellcheck: "false", placeholder: "https:// … .ics" }),
    h("details", { class: "fold" }, h("summary", {}, "Where do I find it?"),
      h("ul", { class: "plain" },
        h("li", {}, h("b", {}, "Google: "), "on a computer, Settings, your calendar, “Secret address in iCal format”."),
        h("li", {}, h("b", {}, "Outlook: "), "Settings, Shared calendars, “Publish a calendar”, “Can view when I’m busy”, the ICS link."),
        h("li", {}, h("b", {}, "iCloud: "), "share the calendar as public, and copy the link."))),
    h("div", { class: "actions" }, h("button", { class: "button", type: "submit" }, "Add calendar")));
  return root;
}

/** The calendar once it was looked at. @param {string} id @param {() => Promise<BusyCalendar[]>} again @param {AbortSignal} signal */
async function settled(id, again, signal) {
  for (let look = 0; look < LOOKS && !signal.aborted; look++) {
    const found = (await again()).find((item) => item.id === id);
    if (!found || found.looked_at) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return undefined;
}

/** @param {BusyCalendar} calendar */
const times = ({ times }) => (times === 0 ? "nothing taken in the coming weeks" : `${count(times, "taken time")} ahead`);

/** @param {BusyCalendar} calendar @param {() => Promise<unknown>} again */
function calendarItem(calendar, again) {
  const { id, host } = calendar;
  const remove = async () => {
    if (!(await confirmed(`Remove the calendar at ${host}?`, "Its address and its times are forgotten.", "Remove"))) return;
    await removeBusy(id);
    await again();
    snackbar("Calendar removed");
  };
  return h(
    "li", { "data-id": id },
    h("h3", {}, host),
    state(calendar, new Date()),
    h("div", { class: "actions" }, button("Remove", { class: "button quiet danger", "aria-label": `Remove the calendar at ${host}`, onclick: () => attempt(remove) })));
}

/** @param {BusyCalendar} calendar @param {Date} now */
function state(calendar, now) {
  const { looked_at, read_at, next_at, problem, unread } = calendar;
  if (!looked_at) return h("p", { class: "health" }, "Not read yet");
  if (!problem) {
    const lost = unread > 0 && h("span", { class: "hint" }, `${count(unread, "entry", "entries")} could not be read.`);
    return h("p", { class: "health good" }, `${times(calendar)[0].toUpperCase()}${times(calendar).slice(1)}, read ${ago(looked_at, now)}`, lost);
  }
  const kept = read_at ? `What it said ${ago(read_at, now)} still counts.` : "Nothing is known of it so far.";
  return h("p", { class: "health bad" }, problem, h("span", { class: "hint" }, `${kept} The next try is ${moment(next_at)}.`));
}
