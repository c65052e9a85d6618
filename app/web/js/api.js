/** The HTTP API, one function a route. The browser's own cache answers 304 from the ETag. */

/** An answer that is not what was asked for: RFC 9457, or the network's silence (status 0). */
export class Problem extends Error {
  /** @param {{title?: string, detail?: string, status?: number, errors?: {field: string, message: string}[]}} body */
  constructor(body) {
    super(body.title || "Something went wrong");
    this.title = this.message;
    this.detail = body.detail || "";
    this.status = body.status ?? 0;
    this.errors = body.errors ?? [];
  }
}

const OFFLINE = { title: "The server cannot be reached", detail: "Check your connection, then try again.", status: 0 };

/** @type {string|null} */
let token = null;
/** @type {() => void} */
let onUnauthorized = () => {};

/** @param {string|null} value */
export function setToken(value) {
  token = value;
}

/** @param {() => void} callback called once a token is refused */
export function whenUnauthorized(callback) {
  onUnauthorized = callback;
}

/**
 * @param {string} method @param {string} path below /api/v1/
 * @param {{body?: unknown, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>} only good answers
 * @throws {Problem|DOMException} the latter when aborted
 */
async function send(method, path, { body, signal } = {}) {
  const headers = new Headers({ Accept: "application/json" });
  if (token) headers.set("Authorization", `Bearer ${token}`);
  if (body !== undefined) headers.set("Content-Type", "application/json");
  const response = await fetch(new URL(`api/v1/${path}`, document.baseURI), {
    method, headers, signal, credentials: "omit", body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error) => {
    throw error.name === "AbortError" ? error : new Problem(OFFLINE);
  });
  if (response.ok) return response;
  if (response.status === 401) onUnauthorized();
  throw new Problem({ status: response.status, ...(await response.json().catch(() => ({}))) });
}

/** @param {string} method @param {string} path @param {{body?: unknown, signal?: AbortSignal}} [options] */
async function json(method, path, options) {
  const response = await send(method, path, options);
  return response.status === 204 ? null : response.json();
}

const id = encodeURIComponent;

/** @param {URLSearchParams} query @param {AbortSignal} [signal] */
export const listEvents = (query, signal) => json("GET", `events?${query}`, { signal });
/** @param {string} event @param {AbortSignal} [signal] @returns {Promise<import("./types.js").EventDetail>} */
export const getEvent = (event, signal) => json("GET", `events/${id(event)}`, { signal });
/** @param {string} event @returns {Promise<Blob>} the .ics file */
export const getEventFile = async (event) => (await send("GET", `events/${id(event)}.ics`)).blob();

/** @param {string} event @param {{act: string, scope: string, source_id?: string, hours?: number}} body @returns {Promise<{id: string}>} */
export const decide = (event, body) => json("POST", `events/${id(event)}/curation`, { body });
/** @param {string} decision */
export const undoDecision = (decision) => json("DELETE", `curation/${id(decision)}`);

/** @param {AbortSignal} [signal] @returns {Promise<{items: import("./types.js").Opening[]}>} the surest, near home */
export const listOpenings = (signal) => json("GET", "openings?limit=12", { signal });
/** @param {string} week ISO, "2026-W48" @param {AbortSignal} [signal] @returns {Promise<import("./types.js").Week>} */
export const getWeek = (week, signal) => json("GET", `weeks/${id(week)}`, { signal });

/** @returns {Promise<{items: import("./types.js").Choice[]}>} */
export const listChoices = () => json("GET", "choices");
/** @param {string} event @param {"chosen"|"dismissed"|null} state null withdraws the choice */
export const putChoice = (event, state) =>
  state ? json("PUT", `choices/${id(event)}`, { body: { state } }) : json("DELETE", `choices/${id(event)}`);

/** @returns {Promise<{due: import("./types.js").PastEvent[]}>} */
export const listCheckIns = () => json("GET", "check-ins");
/** @param {string} event @param {import("./types.js").CheckInBody} body */
export const putCheckIn = (event, body) => json("PUT", `check-ins/${id(event)}`, { body });
/** @param {string} event */
export const deleteCheckIn = (event) => json("DELETE", `check-ins/${id(event)}`);
/** @returns {Promise<import("./types.js").Insights>} */
export const getInsights = () => json("GET", "insights");

/** @returns {Promise<import("./types.js").Me>} */
export const getMe = () => json("GET", "me");
/** @returns {Promise<import("./types.js").Profile>} */
export const getProfile = () => json("GET", "me/profile");
/** @param {import("./types.js").Profile} body @returns {Promise<import("./types.js").Profile>} */
export const putProfile = (body) => json("PUT", "me/profile", { body });

/** @returns {Promise<{items: import("./types.js").BusyCalendar[]}>} */
export const listBusy = () => json("GET", "me/busy");
/** @param {{url: string}} body @returns {Promise<import("./types.js").BusyCalendar>} */
export const addBusy = (body) => json("POST", "me/busy", { body });
/** @param {string} calendar */
export const removeBusy = (calendar) => json("DELETE", `me/busy/${id(calendar)}`);

/** @returns {Promise<import("./types.js").CalendarFeed>} */
export const getCalendar = () => json("GET", "me/calendar");
/** @returns {Promise<import("./types.js").CalendarFeed>} */
export const rotateCalendar = () => json("POST", "me/calendar/rotate");

/** @returns {Promise<{items: import("./types.js").City[]}>} */
export const listCities = () => json("GET", "cities");
/** @param {string} city @returns {Promise<import("./types.js").City>} */
export const putCity = (city) => json("PUT", `cities/${id(city)}`);

/** @returns {Promise<{items: import("./types.js").Source[]}>} */
export const listSources = () => json("GET", "sources");
/** @param {{url: string}} body @param {AbortSignal} signal @returns {Promise<import("./types.js").Discovery>} */
export const discoverSources = (body, signal) => json("POST", "sources/discover", { body, signal });
/** @param {{url: string, name?: string, scraper?: string, time_zone?: string}} body @returns {Promise<import("./types.js").Source>} */
export const addSource = (body) => json("POST", "sources", { body });
/** @param {string} source @param {{paused?: boolean, time_rule?: string}} body @returns {Promise<import("./types.js").Source>} */
export const patchSource = (source, body) => json("PATCH", `sources/${id(source)}`, { body });
/** @param {string} source @returns {Promise<import("./types.js").Source>} */
export const pollSource = (source) => json("POST", `sources/${id(source)}/poll`);
/** @param {string} source */
export const deleteSource = (source) => json("DELETE", `sources/${id(source)}`);
