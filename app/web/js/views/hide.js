/** Hiding what is no event for anybody: one, its series, or all that a source or its burst brings. */

import { decide, undoDecision } from "../api.js";
import { button, h } from "../dom.js";
import { news } from "../store.js";
import { attempt, hush, snackbar } from "../ui.js";

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
    h("summary", {}, "Hide this for everyone"),
    h("p", { class: "hint" }, "It stays hidden when its sources are read again; whoever chose it keeps it. Hide:"),
    h("div", { class: "actions" },
      deed("Only this event", "Event hidden", { scope: "event" }),
      event.series && deed("Its whole series", "Series hidden", { scope: "series" }),
      sources.flatMap(([source_id, name]) => [
        deed(`All that ${name} added with it`, `What ${name} added together is hidden`, { scope: "burst", source_id, hours: BURST_HOURS }),
        deed(`Everything from ${name}`, `Everything from ${name} is hidden`, { scope: "source", source_id }),
      ])),
  );
}

/** @param {string} id @param {string} said @param {Decision} decision @param {() => void} leave */
async function hide(id, said, decision, leave) {
  hush();
  const { id: decided } = await decide(id, { act: "hide", ...decision });
  leave();
  news.dispatchEvent(new Event("curated"));
  const undo = async () => {
    await undoDecision(decided);
    news.dispatchEvent(new Event("curated"));
  };
  snackbar(said, { label: "Undo", run: () => attempt(undo) });
}
