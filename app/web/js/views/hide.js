/** Hiding what is no event for anybody: one, its series, or all that a source or its burst brings. */

import { decide, undoDecision } from "../api.js";
import { button, h } from "../dom.js";
import { news } from "../store.js";
import { attempt, snackbar } from "../ui.js";

/** @typedef {import("../types.js").EventDetail} EventDetail */
/** @typedef {{scope: string, source_id?: string, hours?: number}} Decision */

const BURST_HOURS = 2;

/** @param {EventDetail} event @param {() => void} leave called once it is hidden */
export function hideMenu(event, leave) {
  if (event.listings.length === 0) return null;
  const deed = (/** @type {string} */ label, /** @type {string} */ said, /** @type {Decision} */ decision) =>
    button(label, { onclick: () => attempt(() => hide(event.id, said, decision, leave)) });
  const sources = [...new Map(event.listings.map(({ source, source_id }) => [source_id, source]))];
  return h(
    "details", { class: "fold hide" },
    h("summary", {}, "Not an event for anybody?"),
    h("p", { class: "hint" }, "Hidden for everyone here, also when it is read again. Whoever chose it keeps it."),
    h("div", { class: "actions" },
      deed("Hide this", "Event hidden", { scope: "event" }),
      event.series && deed("Hide this series", "Series hidden", { scope: "series" }),
      sources.map(([source_id, name]) => [
        deed(`Hide what ${name} added with it`, `What ${name} added together is hidden`, { scope: "burst", source_id, hours: BURST_HOURS }),
        deed(`Hide everything from ${name}`, `Everything from ${name} is hidden`, { scope: "source", source_id }),
      ])),
  );
}

/** @param {string} id @param {string} said @param {Decision} decision @param {() => void} leave */
async function hide(id, said, decision, leave) {
  const { id: decided } = await decide(id, { act: "hide", ...decision });
  leave();
  news.dispatchEvent(new Event("curated"));
  const undo = async () => {
    await undoDecision(decided);
    news.dispatchEvent(new Event("curated"));
  };
  snackbar(said, { label: "Undo", run: () => attempt(undo) });
}
