/** Any address a person pastes: the calendars behind it, each with its next events, one tap to add. */

import { addSource, discoverSources } from "../api.js";
import { button, externalLink, fill, h, icon } from "../dom.js";
import { count } from "../format.js";
import { aborted, attempt, explain, problemBox, skeleton, snackbar } from "../ui.js";
import { when, zoneNote } from "../when.js";

/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").Discovery} Discovery */

const SHOWN = 3;

/**
 * The field, and below it what the address leads to.
 * @param {() => Promise<void>} added called once a source is there
 * @param {AbortSignal} signal aborts when the view goes
 */
export function discoverForm(added, signal) {
  const url = /** @type {HTMLInputElement} */ (h("input", { id: "source-url", type: "text", required: true, placeholder: "library.example.org/events", inputmode: "url", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "source-error source-hint" }));
  const error = h("p", { class: "field-error", id: "source-error", role: "alert" });
  const answer = h("div", { class: "found", "aria-live": "polite" });
  const submit = /** @type {HTMLButtonElement} */ (h("button", { class: "button primary", type: "submit" }, icon("search"), "Find events"));

  /** @param {Event} event */
  async function find(event) {
    event.preventDefault();
    error.textContent = "";
    submit.disabled = true;
    fill(answer, h("p", { class: "hint" }, "Looking at the site. This may take half a minute."), skeleton(1));
    try {
      const found = await discoverSources({ url: url.value.trim() }, signal);
      if (!signal.aborted) fill(answer, ...results(found, added));
    } catch (problem) {
      if (signal.aborted || aborted(problem)) return;
      fill(answer);
      refuse(problem);
    } finally {
      submit.disabled = false;
    }
  }

  /** @param {unknown} problem beside the field if it is about the address, else below it */
  function refuse(problem) {
    const { status } = /** @type {import("../api.js").Problem} */ (problem);
    const { title, detail } = explain(problem);
    if (status === 422) error.textContent = detail ? `${title}. ${detail}` : title;
    else fill(answer, problemBox(problem, () => form.requestSubmit()));
    url.focus();
  }

  const form = /** @type {HTMLFormElement} */ (h(
    "form", { class: "stack", onsubmit: find },
    h("div", { class: "field" },
      h("label", { for: "source-url" }, "Address of any page or calendar"), url, error,
      h("p", { class: "hint", id: "source-hint" }, "A library, a chamber of commerce, a club, a venue: its home page will do.")),
    h("div", { class: "actions" }, submit)));
  return h("div", {}, form, answer);
}

/** @param {Discovery} found @param {() => Promise<void>} added */
function results(found, added) {
  const better = found.candidates.filter(({ same_as }) => same_as === null);
  const others = found.candidates.filter(({ same_as }) => same_as !== null);
  return [
    h("p", { class: better.length > 0 ? "verdict" : "verdict none" }, found.message),
    better.length > 0 && list(better, added),
    others.length > 0 && h("details", { class: "fold" }, h("summary", {}, `${count(others.length, "other address", "other addresses")} with the same events`), list(others, added)),
    found.tried.length > 0 && tried(found),
    better.length === 0 && anyway(found.address, added),
  ].filter(Boolean);
}

/** @param {Candidate[]} candidates @param {() => Promise<void>} added */
const list = (candidates, added) =>
  h("ul", { class: "cards candidates" }, candidates.map((candidate) => card(candidate, added)));

/** @param {Candidate} candidate @param {() => Promise<void>} added */
function card(candidate, added) {
  const { url, title, platform, events, source_name: known } = candidate;
  return h(
    "li", { class: "card candidate", "data-url": url },
    h("div", { class: "head" },
      h("div", {}, h("h3", {}, title || host(url)), h("p", { class: "hint address" }, externalLink(url, short(url))), platform && h("p", { class: "hint" }, platform)),
      h("p", { class: "number small" }, events, h("small", {}, events === 1 ? " event" : " events"))),
    preview(candidate, new Date()),
    losses(candidate),
    known === null ? h("div", { class: "verbs" }, addButton(candidate, added)) : h("p", { class: "mark-line calm" }, icon("check"), `Among your sources already: ${known}`),
  );
}

/** @param {Candidate} candidate @param {Date} now the next events, most of them folded */
function preview({ preview: events }, now) {
  if (events.length === 0) return h("p", { class: "hint" }, "No coming events at the moment.");
  const line = (/** @type {import("../types.js").Preview} */ event) => {
    const zone = zoneNote(event);
    return h("li", {}, h("strong", {}, event.name), h("span", { class: "hint" }, when(event, now), zone && ` ${zone}`, event.place && ` · ${event.place}`));
  };
  const rest = events.slice(SHOWN);
  return h(
    "div", {},
    h("ul", { class: "preview" }, events.slice(0, SHOWN).map(line)),
    rest.length > 0 && h("details", { class: "fold" }, h("summary", {}, `The next ${rest.length}`), h("ul", { class: "preview" }, rest.map(line))),
  );
}

/** @param {Candidate} candidate what would be left out, and why */
function losses({ problems, lost }) {
  if (problems.length === 0) return null;
  const words = lost > 0 ? `${count(lost, "entry", "entries")} cannot be read` : count(problems.length, "remark", "remarks");
  return h("details", { class: "fold" }, h("summary", {}, words), h("ul", { class: "plain" }, problems.map(({ place, cause }) => h("li", {}, h("code", {}, place), ` ${cause}`))));
}

/** @param {Candidate} candidate @param {() => Promise<void>} added */
function addButton({ url, title, scraper, time_zone: timeZone }, added) {
  const body = { url, scraper, ...(title && { name: title.slice(0, 200) }), ...(timeZone && { time_zone: timeZone }) };
  return adder("Add", "button primary", () => addSource(body), added);
}

/** @param {string} address @param {() => Promise<void>} added for whoever knows better */
const anyway = (address, added) =>
  h("div", { class: "actions" }, adder("Add this address anyway", "button quiet", () => addSource({ url: address }), added));

/**
 * @param {string} label @param {string} className
 * @param {() => Promise<import("../types.js").Source>} add @param {() => Promise<void>} added
 */
function adder(label, className, add, added) {
  const press = /** @type {HTMLButtonElement} */ (button(label, { class: className, onclick: () => attempt(run) }, "plus"));
  const run = async () => {
    press.disabled = true;
    try {
      const source = await add();
      fill(press, icon("check"), "Added");
      snackbar(`${source.name} added`);
    } catch (problem) {
      press.disabled = false;
      throw problem;
    }
    await added();
  };
  return press;
}

/** @param {Discovery} found */
const tried = ({ tried: addresses }) =>
  h(
    "details", { class: "fold" },
    h("summary", {}, "What else was tried"),
    h("ul", { class: "plain" }, addresses.map(({ url, cause }) => h("li", {}, h("code", {}, short(url)), ` ${cause}`))),
  );

/** @param {string} url */
const short = (url) => url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");

/** @param {string} url */
const host = (url) => short(url).split(/[/?]/)[0];
