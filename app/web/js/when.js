/** Dates and times as people say them, on the wall clock of the event. Pure but for the device's zone. */

/** The zone of this device, IANA. */
export const deviceZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {Date} date @returns {string} YYYY-MM-DD where the device is */
export function isoDay(date) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** @param {Date} now @returns {Date[]} seven local midnights, today first (DST-proof) */
export function comingDays(now) {
  return Array.from({ length: 7 }, (_, n) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + n));
}

/** @param {string} day YYYY-MM-DD @param {number} [plus] days @returns {Date} local midnight */
export function midnight(day, plus = 0) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + plus);
}

/** @param {Date} date @returns {string} the ISO 8601 week of its day where the device is: "2026-W48" */
export function isoWeek(date) {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7));
  const first = new Date(thursday.getFullYear(), 0, 1);
  const week = Math.floor(Math.round((thursday.getTime() - first.getTime()) / 86_400_000) / 7) + 1;
  return `${thursday.getFullYear()}-W${String(week).padStart(2, "0")}`;
}

/** @param {string} first @param {string} last days @returns {string} "Nov 23 – 29" */
export const span = (first, last) =>
  new Intl.DateTimeFormat(navigator.language, { timeZone: "UTC", day: "numeric", month: "short" }).formatRange(wall(first), wall(last));

/** A wall clock without offset, as a Date whose UTC fields carry it. @param {string} local */
const wall = (local) => new Date(local.length > 10 ? `${local.replace(/(Z|[+-]\d\d:?\d\d)$/, "")}Z` : `${local}T00:00:00Z`);

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
const wallFormat = (date, options) =>
  new Intl.DateTimeFormat(navigator.language, { timeZone: "UTC", ...options }).format(date);

const DAY = /** @type {const} */ ({ weekday: "short", day: "numeric", month: "short" });
const CLOCK = /** @type {const} */ ({ hour: "numeric", minute: "2-digit" });

/** @param {string} local @param {Date} now @returns {string} "Today", "Tomorrow", "Thu, Nov 26" */
export function dayName(local, now) {
  const day = local.slice(0, 10);
  if (day === isoDay(now)) return "Today";
  if (day === isoDay(midnight(isoDay(now), 1))) return "Tomorrow";
  return wallFormat(wall(day), DAY);
}

/**
 * The time of an event where it happens: "Thu, Nov 26, 5:30 – 7:30 PM", "Nov 26 – 28, all day".
 * @param {import("./types.js").Timed} event @param {Date} now
 */
export function when(event, now) {
  return event.all_day ? wholeDays(event, now) : `${dayName(event.local_start, now)}, ${clock(event)}`;
}

/** @param {import("./types.js").Timed} event @param {Date} now `local_end` is exclusive (RFC 5545) */
function wholeDays(event, now) {
  const last = event.local_end && new Date(wall(event.local_end.slice(0, 10)).getTime() - 86_400_000);
  const first = wall(event.local_start.slice(0, 10));
  if (!last || last <= first) return `${dayName(event.local_start, now)}, all day`;
  const format = new Intl.DateTimeFormat(navigator.language, { timeZone: "UTC", ...DAY });
  return `${format.formatRange(first, last)}, all day`;
}

/** @param {import("./types.js").Timed} event */
function clock(event) {
  const start = wall(event.local_start);
  const end = event.local_end && wall(event.local_end);
  const format = new Intl.DateTimeFormat(navigator.language, { timeZone: "UTC", ...CLOCK });
  if (!end || end <= start) return format.format(start);
  if (end.getTime() - start.getTime() < 86_400_000 && !nextDay(start, end)) return format.formatRange(start, end);
  return nextDay(start, end) && end.getTime() - start.getTime() < 43_200_000
    ? `${format.format(start)} – ${format.format(end)}`
    : `${format.format(start)} – ${wallFormat(end, { ...DAY, ...CLOCK })}`;
}

/** @param {Date} start @param {Date} end wall clocks */
const nextDay = (start, end) => start.getUTCDate() !== end.getUTCDate();

/**
 * Names the event's zone where its clock differs from the device's, else "".
 * @param {import("./types.js").Timed} event @param {string} [device] IANA zone
 */
export function zoneNote(event, device = deviceZone()) {
  if (event.all_day || offset(event.start, event.time_zone) === offset(event.start, device)) return "";
  const city = event.time_zone.split("/").at(-1)?.replaceAll("_", " ");
  return `${city} time`;
}

/** @param {string} instant @param {string} zone @returns {string} "GMT-06:00", or the zone if unknown here */
function offset(instant, zone) {
  try {
    const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    return format.formatToParts(new Date(instant)).find((part) => part.type === "timeZoneName")?.value ?? zone;
  } catch {
    return zone;
  }
}

/** @param {string} instant RFC 3339 @returns {string} on the device's clock: "Nov 26, 5:30 PM" */
export function moment(instant) {
  const options = /** @type {const} */ ({ day: "numeric", month: "short", ...CLOCK });
  return new Intl.DateTimeFormat(navigator.language, options).format(new Date(instant));
}

/** @param {string} instant @param {Date} now @returns {string} "in 2 hours", "3 days ago" */
export function ago(instant, now) {
  const minutes = (new Date(instant).getTime() - now.getTime()) / 60_000;
  const format = new Intl.RelativeTimeFormat(navigator.language, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return format.format(Math.round(minutes), "minute");
  if (Math.abs(minutes) < 60 * 24) return format.format(Math.round(minutes / 60), "hour");
  return format.format(Math.round(minutes / 60 / 24), "day");
}
