/** What we know of the person; all of it optional. */

import { getMe } from "../api.js";
import { button, fill, h } from "../dom.js";
import { fromUnit, toUnit, usesMiles } from "../format.js";
import { getProfile, saveProfile } from "../store.js";
import { attempt, heading, load, snackbar } from "../ui.js";
import { moment } from "../when.js";
import { SENIORITY, TRAVEL, WEEKDAYS } from "../words.js";
import { busyCalendars } from "./busy.js";
import { chipsField, field, hint, selectField } from "./fields.js";

/** @typedef {import("../types.js").Profile} Profile */

/** @type {import("../main.js").View} */
export function meView(root, _route, signal) {
  const body = h("div", { class: "stack" });
  fill(root, heading("Me", "The more you say, the better the fit. Everything is optional."), body);
  load(body, signal, () => Promise.all([getMe(), getProfile()]), ([me, profile]) =>
    fill(body, h("a", { class: "button wide", href: "#/insights" }, "Your evenings, and what they taught"), form(profile, me.digest.next_at), busyCalendars(signal), account(me)));
  return { title: "Me" };
}

/** @param {Profile} profile @param {string|null} nextLetter */
function form(profile, nextLetter) {
  const root = /** @type {HTMLFormElement} */ (h("form", { class: "stack", novalidate: true }));
  const interests = chipsField("Interests", "interests", profile.interests, "Music, cycling, books …");
  const dislikes = chipsField("Rather not", "dislikes", profile.dislikes, "What you do not enjoy");
  const submit = async () => {
    if (!root.reportValidity()) return;
    await saveProfile({ ...profile, ...read(root, profile), interests: interests.values(), dislikes: dislikes.values() });
    root.classList.remove("changed");
    snackbar("Saved. Your week is ranked anew.");
  };
  // Once something differs, the way to keep it stays in sight.
  root.oninput = () => root.classList.add("changed");
  root.onsubmit = (event) => {
    event.preventDefault();
    attempt(submit);
  };
  fill(root,
    home(profile, root),
    work(profile),
    h("section", { class: "block stack" }, h("h2", {}, "What you enjoy"), interests.root, dislikes.root),
    time(profile),
    letter(profile, nextLetter),
    h("div", { class: "save" }, h("button", { class: "button primary wide", type: "submit" }, "Save")));
  return root;
}

/** @param {Profile} profile @param {HTMLFormElement} root */
function home(profile, root) {
  const unit = usesMiles() ? "miles" : "km";
  const locate = () =>
    attempt(async () => {
      const { coords } = await position();
      input(root, "latitude").value = coords.latitude.toFixed(4);
      input(root, "longitude").value = coords.longitude.toFixed(4);
      input(root, "time_zone").value = Intl.DateTimeFormat().resolvedOptions().timeZone;
      snackbar("Found you. Save to keep it.");
    });
  return h(
    "section", { class: "block stack" },
    h("h2", {}, "Home"),
    field("Town or neighborhood", { name: "home_name", value: profile.home_name, autocomplete: "address-level2" }),
    h("div", { class: "actions" }, button("Use my location", { onclick: locate }, "target")),
    h("div", { class: "pair" },
      field("Latitude", { name: "latitude", type: "number", step: "any", min: -90, max: 90, value: profile.latitude, inputmode: "decimal" }),
      field("Longitude", { name: "longitude", type: "number", step: "any", min: -180, max: 180, value: profile.longitude, inputmode: "decimal" })),
    h("div", { class: "pair narrow" },
      field(`Reach (${unit})`, { name: "reach", type: "number", step: "any", min: 0, value: toUnit(profile.reach_km), inputmode: "decimal" }),
      field("Time zone", { name: "time_zone", value: profile.time_zone, list: "zones", spellcheck: "false" })),
    h("datalist", { id: "zones" }, Intl.supportedValuesOf("timeZone").map((value) => h("option", { value }))),
  );
}

/** @returns {Promise<GeolocationPosition>} */
function position() {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new Error("Your device did not give its location. You can type it in."));
    navigator.geolocation.getCurrentPosition(resolve, refuse, { timeout: 10_000, maximumAge: 600_000 });
  });
}

/** @param {Profile} profile */
const work = (profile) =>
  h("section", { class: "block stack" },
    h("h2", {}, "Work"),
    field("Your field", { name: "field", value: profile.field, placeholder: "Software, nursing, logistics …" }),
    hint("In your own words. It gives you a second chance: that of meeting someone who hires in it."),
    selectField("Level you look for", "seniority", Object.entries(SENIORITY), profile.seniority));

/** @param {Profile} profile */
const time = (profile) =>
  h("section", { class: "block stack" },
    h("h2", {}, "Time and money"),
    h("div", { class: "pair" },
      field("Evenings a week", { name: "weekly_evenings", type: "number", min: 0, max: 14, step: 1, value: profile.weekly_evenings, inputmode: "numeric" }),
      field("Hours a week", { name: "weekly_hours", type: "number", min: 0, max: 168, step: "any", value: profile.weekly_hours, inputmode: "decimal" })),
    h("div", { class: "pair" },
      field(`Money a week (${profile.currency})`, { name: "budget", type: "number", min: 0, step: "any", value: profile.weekly_budget === null ? null : profile.weekly_budget / 100, inputmode: "decimal", placeholder: "No limit" }),
      selectField("You get around", "travel_mode", Object.entries(TRAVEL), profile.travel_mode)));

/** @param {Profile} profile @param {string|null} nextLetter */
function letter(profile, nextLetter) {
  const hours = Array.from({ length: 24 }, (_, hour) => [String(hour), new Date(2000, 0, 1, hour).toLocaleTimeString(navigator.language, { hour: "numeric", minute: "2-digit" })]);
  return h(
    "section", { class: "block stack" },
    h("h2", {}, "Weekly letter"),
    h("label", { class: "switch" }, h("input", { type: "checkbox", role: "switch", name: "digest_enabled", checked: profile.digest_enabled }), h("span", {}, "Send me the week’s picks")),
    h("div", { class: "pair" },
      selectField("Day", "digest_weekday", WEEKDAYS.map((name, index) => [String(index + 1), name]), String(profile.digest_weekday)),
      selectField("Hour", "digest_hour", hours, String(profile.digest_hour))),
    nextLetter && hint(`The next one goes out on ${moment(nextLetter)}.`),
  );
}

/** @param {HTMLFormElement} root @param {string} name */
const input = (root, name) => /** @type {HTMLInputElement} */ (root.elements.namedItem(name));

/**
 * What the fields say; an empty number is unknown, an untouched reach keeps its exact kilometres.
 * @param {HTMLFormElement} root @param {Profile} profile @returns {Partial<Profile>}
 */
function read(root, profile) {
  const text = (/** @type {string} */ name) => input(root, name).value.trim();
  const number = (/** @type {string} */ name) => (text(name) === "" ? null : Number(text(name)));
  const budget = number("budget");
  const reach = number("reach") ?? 0;
  return {
    home_name: text("home_name"), latitude: number("latitude"), longitude: number("longitude"),
    time_zone: text("time_zone"), reach_km: reach === toUnit(profile.reach_km) ? profile.reach_km : fromUnit(reach), field: text("field"), seniority: text("seniority"),
    weekly_evenings: number("weekly_evenings") ?? 0, travel_mode: text("travel_mode"), weekly_hours: number("weekly_hours") ?? 0, weekly_budget: budget === null ? null : Math.round(budget * 100),
    digest_enabled: input(root, "digest_enabled").checked,
    digest_weekday: Number(text("digest_weekday")), digest_hour: Number(text("digest_hour")),
  };
}

/** @param {import("../types.js").Me} me */
const account = ({ name, email }) =>
  h("section", { class: "block stack" },
    h("h2", {}, "Account"),
    h("p", {}, name, h("br"), h("span", { class: "hint" }, email)),
    h("div", { class: "actions" }, button("Sign out", { onclick: () => document.dispatchEvent(new CustomEvent("gomeet:sign-out")) }, "leave")));
