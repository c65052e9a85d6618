/** New places to try, beside the events: a card each, surest first. */

import { listOpenings } from "../api.js";
import { externalLink, fill, h, icon, safeUrl } from "../dom.js";
import { distance, percent } from "../format.js";
import { evidence, opening as words } from "../words.js";

/** @typedef {import("../types.js").Opening} Opening */

/**
 * Fills `root` with the openings near home; without any, or where they cannot be had, it stays
 * empty: the week is about events.
 * @param {HTMLElement} root @param {AbortSignal} signal
 */
export async function drawOpenings(root, signal) {
  const page = await listOpenings(signal).catch(() => null);
  if (!page || signal.aborted || page.items.length === 0) return;
  const now = new Date();
  fill(
    root,
    h("header", { class: "heading" }, h("h2", {}, "New places to try"), h("p", { class: "lead" }, "Whoever opens a door talks with everybody who comes in.")),
    h("ol", { class: "cards" }, page.items.map((/** @type {Opening} */ item) => card(item, now))),
  );
}

/** @param {Opening} item @param {Date} now */
function card(item, now) {
  const [label, glyph] = words(item.kind);
  return h(
    "li", { class: "card opening" },
    h("div", { class: "head" },
      h("div", {}, h("p", { class: "kind" }, icon(glyph), label), h("h3", {}, item.name)),
      sureness(item.confidence)),
    h("ul", { class: "facts" },
      h("li", { class: "when" }, icon("clock"), h("span", {}, opens(item, now))),
      h("li", { class: "where" }, icon("pin"), h("span", {}, place(item)))),
    h("p", { class: "headline" }, item.suggestion),
    h("details", { class: "fold" }, h("summary", {}, "Why we think so, and what to say"), h("p", { class: "hint" }, item.hello), h("ul", { class: "plain" }, item.proofs.map(proof))),
    item.visit && h("div", { class: "verbs" }, h("a", { class: "button go", href: safeUrl(item.visit.links.ics), download: "" }, icon("plus"), `Add ${day(item.visit.start)}`), externalLink(item.visit.links.google, "Google", { class: "button quiet" })),
  );
}

/** @param {number} confidence 0–1 */
const sureness = (confidence) =>
  h(
    "div", { class: "chance", role: "img", "aria-label": `We are ${percent(confidence)}% sure that it is new and open` },
    h("span", { class: "number small" }, percent(confidence), h("small", {}, "%")),
    h("span", { class: "range" }, "sure it is new"),
  );

/** @param {Opening} item @param {Date} now when it opened, or until when it counts as new */
function opens(item, now) {
  const last = `new until ${date(item.last_day)}`;
  if (!item.opens) return `No day announced, ${last}`;
  const verb = new Date(`${item.opens}T00:00:00`) > now ? "Opens" : "Opened";
  const said = { day: date(item.opens), month: date(item.opens, { month: "long", year: "numeric" }), year: item.opens.slice(0, 4) };
  return `${verb} ${item.precision === "day" ? "" : "in "}${said[item.precision]}, ${last}`;
}

/** @param {Opening} item */
function place(item) {
  const where = item.location?.address || "Somewhere in town: the source does not say where";
  return item.distance_km === null ? where : `${where} · ${distance(item.distance_km)}`;
}

/** @param {import("../types.js").Proof} proof */
const proof = (proof) =>
  h("li", {}, externalLink(proof.url, proof.source), ` ${evidence(proof.evidence)}`, proof.said && ` (${date(proof.said)})`, proof.words && [": ", h("q", {}, proof.words)]);

/** @param {string} iso a plain date @param {Intl.DateTimeFormatOptions} [shape] */
const date = (iso, shape = { day: "numeric", month: "short" }) =>
  new Date(`${iso}T12:00:00`).toLocaleDateString(navigator.language, shape);

/** @param {string} start the visit's start with its own offset; the day it is there: "Wed, Nov 25" */
const day = (start) => date(start.slice(0, 10), { weekday: "short", day: "numeric", month: "short" });
