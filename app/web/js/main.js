/** Starts the page: signs in, then shows the view that the address names. */

import { whenUnauthorized } from "./api.js";
import { fill } from "./dom.js";
import { parse, takeToken } from "./router.js";
import { restore, signIn, signOut } from "./store.js";
import { announce, byId, snackbar } from "./ui.js";
import { closeSheet, openSheet } from "./views/detail.js";
import { calendarView } from "./views/calendar.js";
import { insightsView } from "./views/insights.js";
import { meView } from "./views/me.js";
import { mineView } from "./views/mine.js";
import { planView } from "./views/plan.js";
import { signInView } from "./views/signin.js";
import { sourcesView } from "./views/sources.js";
import { weekView } from "./views/week.js";

/**
 * A view fills `root` and may later be told of a new route; `signal` aborts when it goes.
 * @typedef {{title: string, update?: (route: import("./types.js").Route) => void}} Mounted
 * @typedef {(root: HTMLElement, route: import("./types.js").Route, signal: AbortSignal) => Mounted} View
 */

/** @type {Record<string, View>} */
const VIEWS = { week: weekView, plan: planView, mine: mineView, calendar: calendarView, sources: sourcesView, me: meView, insights: insightsView };

let signedIn = false;
/** @type {{name: string, mounted: Mounted, abort: AbortController}|null} */
let current = null;

/** @param {string} name @param {View} view @param {import("./types.js").Route} route */
function show(name, view, route) {
  if (current?.name === name && current.mounted.update) {
    current.mounted.update(route);
    return;
  }
  const first = current === null;
  current?.abort.abort();
  const abort = new AbortController();
  const main = byId("main");
  fill(main);
  current = { name, abort, mounted: view(main, route, abort.signal) };
  markTab(name === "plan" ? "week" : name);
  document.title = `${current.mounted.title} · Go Meet People`;
  if (first) return;
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
  announce(current.mounted.title);
}

/** @param {string} name */
function markTab(name) {
  for (const link of byId("tabs").querySelectorAll("a")) {
    if (link.dataset.tab === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function render() {
  const token = takeToken();
  if (token) enter(token);
  byId("bar").hidden = !signedIn;
  const route = parse();
  if (!signedIn) {
    closeSheet();
    show("signin", signInView(enterAndRender), route);
    return;
  }
  const [name = "week", id] = route.path;
  if (name === "events" && id) {
    if (!current || current.name === "signin") show("week", weekView, { path: [], params: new URLSearchParams() });
    openSheet(id);
    return;
  }
  closeSheet();
  show(name in VIEWS ? name : "week", VIEWS[name] ?? weekView, route);
}

/** @param {string} token */
function enter(token) {
  signIn(token);
  signedIn = true;
}

/** @param {string} token */
function enterAndRender(token) {
  enter(token);
  render();
}

function leave() {
  if (!signedIn) return;
  signOut();
  signedIn = false;
  render();
}

function watchNetwork() {
  const mark = () => {
    byId("offline").hidden = navigator.onLine;
  };
  window.addEventListener("online", mark);
  window.addEventListener("offline", mark);
  mark();
}

whenUnauthorized(() => {
  leave();
  snackbar("Your sign-in is no longer valid. Please sign in again.");
});
// The skip link must not become a route.
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});
document.addEventListener("gomeet:sign-out", leave);
window.addEventListener("hashchange", render);
signedIn = restore();
watchNetwork();
render();
