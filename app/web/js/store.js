/** What outlives a view: the token, the profile, and news of choices. */

import * as api from "./api.js";

const TOKEN = "gomeet.token";

/** Emits `choice` ({id, state}) as soon as somebody chose, dismissed or undid; `stored` once it is kept; `curated` once events were hidden or shown again. */
export const news = new EventTarget();

/** @type {Promise<import("./types.js").Profile>|null} */
let profile = null;

/** @returns {boolean} whether a token is at hand */
export function restore() {
  const token = localStorage.getItem(TOKEN);
  api.setToken(token);
  return token !== null;
}

/** @param {string} token */
export function signIn(token) {
  localStorage.setItem(TOKEN, token);
  api.setToken(token);
  profile = null;
}

export function signOut() {
  localStorage.removeItem(TOKEN);
  api.setToken(null);
  profile = null;
}

/** The profile, fetched once; a failed fetch is not remembered. */
export function getProfile() {
  profile ??= api.getProfile().catch((error) => {
    profile = null;
    throw error;
  });
  return profile;
}

/** @param {import("./types.js").Profile} value @returns {Promise<import("./types.js").Profile>} */
export async function saveProfile(value) {
  const saved = await api.putProfile(value);
  profile = Promise.resolve(saved);
  return saved;
}

/** @typedef {"chosen"|"dismissed"|null} State */

/** @param {string} id @param {State} state */
const tell = (id, state) => news.dispatchEvent(new CustomEvent("choice", { detail: { id, state } }));

/**
 * Stores a choice. Every view hears of it at once, and again if the server refuses.
 * @param {string} id @param {State} state @param {State} previous
 */
export async function choose(id, state, previous) {
  tell(id, state);
  try {
    await api.putChoice(id, state);
    news.dispatchEvent(new Event("stored"));
  } catch (error) {
    tell(id, previous);
    throw error;
  }
}
