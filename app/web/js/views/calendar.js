/** The secret address that puts chosen events into any calendar. */

import { getCalendar, rotateCalendar } from "../api.js";
import { button, fill, h, icon, safeUrl } from "../dom.js";
import { attempt, confirmed, heading, load, snackbar } from "../ui.js";

/** @typedef {import("../types.js").CalendarFeed} CalendarFeed */

/** @type {import("../main.js").View} */
export function calendarView(root, _route, signal) {
  const body = h("div", { class: "stack" });
  fill(root, heading("Calendar", "Subscribe once; whatever you choose appears by itself, and moves when it moves."), body);
  const show = (/** @type {CalendarFeed} */ feed) => fill(body, address(feed), clients(feed), rotation(show));
  load(body, signal, getCalendar, show);
  return { title: "Calendar" };
}

/** @param {CalendarFeed} feed */
function address(feed) {
  const copy = async () => {
    await navigator.clipboard.writeText(feed.url);
    snackbar("Address copied");
  };
  const field = h("input", { id: "feed-url", type: "text", readonly: true, value: feed.url, onfocus: select, spellcheck: "false" });
  return h(
    "section", { class: "block subscribe" },
    h("div", { class: "stack" },
      h("h2", {}, "Your address"),
      webcal(feed.webcal_url),
      h("label", { for: "feed-url" }, "Or copy it into your calendar"),
      h("div", { class: "row" }, field, button("Copy", { onclick: () => attempt(copy) }, "copy")),
      h("p", { class: "hint" }, "Keep it to yourself: whoever has it can read what you chose.")),
    h("figure", { class: "qr" },
      h("img", { src: `data:image/svg+xml,${encodeURIComponent(feed.qr_svg)}`, alt: "QR code of your calendar address", width: 168, height: 168 }),
      h("figcaption", {}, "Scan with your phone")),
  );
}

/** @param {Event} event */
const select = (event) => /** @type {HTMLInputElement} */ (event.target).select();

/** @param {string} url */
function webcal(url) {
  if (!url.startsWith("webcal://")) return null;
  return h("a", { class: "button primary", href: url }, icon("feed"), "Open in my calendar app");
}

/** @param {CalendarFeed} feed */
function clients({ clients }) {
  const one = (/** @type {CalendarFeed["clients"][number]} */ { name, url, steps, delay }) =>
    h("details", { class: "fold" },
      h("summary", {}, h("span", {}, name), h("span", { class: "hint" }, delay)),
      h("ol", { class: "steps" }, steps.map((step) => h("li", {}, step))),
      safeUrl(url) && h("p", {}, h("a", { class: "button", href: safeUrl(url), target: "_blank", rel: "noopener noreferrer" }, icon("link"), `Add to ${name}`)));
  return h(
    "section", { class: "block" },
    h("h2", {}, "Step by step"),
    h("p", { class: "hint" }, "Calendars look for changes at their own pace; the usual delay stands beside each name."),
    clients.map(one),
  );
}

/** @param {(feed: CalendarFeed) => void} show */
function rotation(show) {
  const rotate = async () => {
    if (!(await confirmed("Make a new address?", "The old one stops working at once, in every calendar that uses it. You then subscribe again with the new one.", "New address"))) return;
    show(await rotateCalendar());
    snackbar("New address made; the old one is dead");
  };
  return h(
    "section", { class: "block" },
    h("h2", {}, "Did the address get out?"),
    h("p", { class: "hint" }, "Make a new one, and the old one is worthless."),
    h("p", {}, button("New address", { class: "button danger", onclick: () => attempt(rotate) }, "refresh")),
  );
}
