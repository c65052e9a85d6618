/** One event, whole, on a sheet above the list. */

import { getEvent, getEventFile } from "../api.js";
import { button, externalLink, fill, h, icon } from "../dom.js";
import { hirers, percent } from "../format.js";
import { go, parse } from "../router.js";
import { getProfile, news } from "../store.js";
import { attempt, byId, load } from "../ui.js";
import { moment } from "../when.js";
import { CONFIDENCE, kind } from "../words.js";
import { chance, fieldChance, change, facts, marks, markVerbs, verbs } from "./card.js";
import { hideMenu, partMenu } from "./curate.js";
import { breakdown } from "./reasons.js";

/** @typedef {import("../types.js").EventDetail} EventDetail */

const TEASER = 280; // characters

/** @type {AbortController|null} */
let open = null;
/** The list lies one step back in the history; after a deep link it does not. */
let cameFromList = false;
let lastPlace = "";

const sheet = () => /** @type {HTMLDialogElement} */ (byId("sheet"));

/** @param {string} id */
export function openSheet(id) {
  cameFromList = lastPlace !== "";
  open?.abort();
  const { signal } = (open = new AbortController());
  const head = h("header", { class: "sheet-head" }, closeButton());
  const body = h("div", { class: "sheet-body" });
  fill(sheet(), head, body);
  sheet().oncancel = (event) => {
    event.preventDefault();
    dismissSheet();
  };
  sheet().onclick = (event) => {
    if (event.target === sheet()) dismissSheet();
  };
  if (!sheet().open) sheet().showModal();
  load(body, signal, () => Promise.all([getEvent(id, signal), getProfile()]), ([event, profile]) => {
    const [label, glyph] = kind(event.kind);
    head.prepend(h("p", { class: "kind" }, icon(glyph), label));
    showEvent(body, event, profile.field, signal);
  });
}

/** Called whenever the address is not an event's. */
export function closeSheet() {
  lastPlace = location.hash || "#/";
  open?.abort();
  open = null;
  const bar = byId("snackbar");
  if (sheet().contains(bar)) document.body.append(bar);
  if (sheet().open) sheet().close();
}

/** Goes back to the list; the router then closes the sheet. */
function dismissSheet() {
  if (cameFromList) history.back();
  else go("#/", { replace: true });
}

const closeButton = () =>
  h("button", { type: "button", class: "round close", "aria-label": "Close", onclick: dismissSheet, autofocus: true }, icon("close"));

/** @param {HTMLElement} body @param {EventDetail} event @param {string} field @param {AbortSignal} signal */
function showEvent(body, event, field, signal) {
  const deeds = verbs(event);
  fill(
    body,
    h("h2", { id: "sheet-title" }, event.name),
    change(event),
    facts(event, new Date()),
    marks(event),
    organizer(event),
    why(event, field),
    event.advice && h("aside", { class: "note advice" }, icon("bulb"), h("p", {}, event.advice)),
    description(event),
    addLinks(event),
    listings(event),
    partMenu(event, dismissSheet),
    hideMenu(event, dismissSheet),
    h("div", { class: "foot" }, deeds),
  );
  news.addEventListener("choice", (message) => {
    const { id, state } = /** @type {CustomEvent} */ (message).detail;
    if (id !== event.id) return;
    markVerbs(deeds, state);
    if (state === "dismissed" && parse().path[0] === "events") dismissSheet();
  }, { signal });
}

/** @param {EventDetail} event */
function organizer(event) {
  const { organizer, location, performers } = event;
  /** @type {([string, Node|string]|false|""|undefined)[]} */
  const rows = [
    organizer?.name && ["Organizer", externalLink(organizer.url, organizer.name)],
    location?.address && ["Address", map(location)],
    event.virtual_location && ["Online", externalLink(event.virtual_location, "Join link")],
    performers.length > 0 && ["With", performers.join(", ")],
  ];
  return h("dl", { class: "pairs" }, rows.flatMap((row) => (row ? [h("dt", {}, row[0]), h("dd", {}, row[1])] : [])));
}

/** @param {import("../types.js").Place} place */
function map({ address, latitude, longitude, within_km = 0 }) {
  if (latitude === null || longitude === null || within_km > 0) return address;
  return externalLink(`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`, address);
}

/** @param {EventDetail} event @param {string} field */
function why(event, field) {
  const { score } = event;
  const slot = h("div", { "aria-live": "polite" });
  const draw = (/** @type {boolean} */ yours) =>
    fill(slot, yours
      ? [fieldChance(score.your_field, field), breakdown(event.your_start_points, event.your_reasons, score.your_field)]
      : [chance(score), h("p", { class: "hint" }, hirers(score.hirers), " ", CONFIDENCE[score.confidence]), breakdown(event.start_points, event.reasons, score.any_field)]);
  const yours = Boolean(field) && event.your_reasons.length > 0;
  draw(yours);
  return h(
    "section", { class: "why", "aria-labelledby": "why-title" },
    h("h3", { id: "why-title" }, "Chance to talk with someone who hires"),
    yours && toggle(draw),
    slot,
  );
}

/** @param {(yours: boolean) => void} draw */
function toggle(draw) {
  const choice = (/** @type {string} */ label, /** @type {boolean} */ yours) =>
    h("label", {}, h("input", { type: "radio", name: "field", checked: yours, onchange: () => draw(yours) }), h("span", {}, label));
  return h("fieldset", { class: "segments" }, h("legend", { class: "visually-hidden" }, "Whose chance"), choice("Any field", false), choice("Your field", true));
}

/** @param {EventDetail} event */
function description({ description, url }) {
  if (!description && !url) return null;
  const text = h("p", { class: "prose" }, description);
  const long = description.length > 1.5 * TEASER;
  const fold = h("details", { class: "fold" }, h("summary", {}, "Read all of it"), text);
  return h(
    "section", {},
    h("h3", {}, "In the organizer’s words"),
    long ? [h("p", { class: "prose teaser" }, `${description.slice(0, TEASER).replace(/\s+\S*$/, "")}…`), fold] : text,
    url && h("p", {}, externalLink(url, [icon("link"), "Event page"], { class: "with-icon" })),
  );
}

/** @param {EventDetail} event */
function addLinks({ id, name, links }) {
  const others = [["Google", links.google], ["Outlook", links.outlook], ["Office 365", links.office365], ["Yahoo", links.yahoo]];
  return h(
    "section", {},
    h("h3", {}, "Add to a calendar"),
    h("p", { class: "hint" }, "“I’ll go” already puts it in your subscribed calendar. These add a single copy."),
    h("div", { class: "actions" },
      button(".ics file", { onclick: () => attempt(() => download(id, name)) }, "feed"),
      others.filter(([, url]) => url).map(([label, url]) => externalLink(url, label, { class: "button" }))),
  );
}

/** The file needs the token, which a plain link would not carry. @param {string} id @param {string} name */
async function download(id, name) {
  const href = URL.createObjectURL(await getEventFile(id));
  h("a", { href, download: `${name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.ics` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** @param {EventDetail} event */
function listings({ listings, name }) {
  if (listings.length === 0) return null;
  const item = (/** @type {import("../types.js").Listing} */ listing) =>
    h("li", {}, externalLink(listing.url, listing.source), h("span", { class: "hint" }, listing.name !== name && ` as “${listing.name}”`, ` last seen ${moment(listing.seen_at)}`));
  return h("section", {}, h("h3", {}, "Where we found it"), h("ul", { class: "plain" }, listings.map(item)));
}
