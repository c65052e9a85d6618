/** What holds for everybody: hiding an event or its kin, and parting what was taken for one. */

import { decide, undoDecision } from "../api.js";
import { button, h } from "../dom.js";
import { news } from "../store.js";
import { attempt, hush, snackbar } from "../ui.js";

/** @typedef {import("../types.js").EventDetail} EventDetail */
/** @typedef {{act: string, scope?: string, source_id?: string, hours?: number, listing_id?: number}} Decision */

const BURST_HOURS = 2;

/** @param {EventDetail} event @param {() => void} leave called once it is hidden */
export function hideMenu(event, leave) {
  if (event.listings.length === 0) return null;
  const deed = (/** @type {string} */ label, /** @type {string} */ said, /** @type {Decision} */ decision) =>
    button(label, { onclick: () => attempt(() => settle(event.id, said, decision, leave)) });
  const sources = [...new Map(event.listings.map(({ source, source_id }) => [source_id, source]))];
  return h(
    "details", { class: "fold hide" },
    h("summary", {}, "Hide this for everyone"),
    h("p", { class: "hint" }, "It stays hidden when its sources are read again; whoever chose it keeps it. Hide:"),
    h("div", { class: "actions" },
      deed("Only this event", "Event hidden", { act: "hide", scope: "event" }),
      event.series && deed("Its whole series", "Series hidden", { act: "hide", scope: "series" }),
      sources.flatMap(([source_id, name]) => [
        deed(`All that ${name} added with it`, `What ${name} added together is hidden`, { act: "hide", scope: "burst", source_id, hours: BURST_HOURS }),
        deed(`Everything from ${name}`, `Everything from ${name} is hidden`, { act: "hide", scope: "source", source_id }),
      ])),
  );
}

/** @param {EventDetail} event @param {() => void} leave called once a listing is an event of its own */
export function partMenu(event, leave) {
  if (event.listings.length < 2) return null;
  const deed = (/** @type {import("../types.js").Listing} */ { id, source }) =>
    button(source, { onclick: () => attempt(() => settle(event.id, "It is an event of its own now", { act: "split", listing_id: id }, leave)) });
  return h(
    "details", { class: "fold hide part" },
    h("summary", {}, "These are two events"),
    h("p", { class: "hint" }, "They stay apart when they are read again; whoever chose this event keeps it. Which listing tells of another?"),
    h("div", { class: "actions" }, event.listings.map(deed)),
  );
}

/** @param {string} id @param {string} said @param {Decision} decision @param {() => void} leave */
async function settle(id, said, decision, leave) {
  hush();
  const { id: decided } = await decide(id, decision);
  leave();
  news.dispatchEvent(new Event("curated"));
  const undo = async () => {
    await undoDecision(decided);
    news.dispatchEvent(new Event("curated"));
  };
  snackbar(said, { label: "Undo", run: () => attempt(undo) });
}
