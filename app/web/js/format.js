/** Numbers in words: chances, points, money, distance. Pure. */

const MILES = ["en-US", "en-GB", "en-LR"];
export const KM_PER_MILE = 1.609344;

/** Whether people who read this language measure roads in miles. */
export const usesMiles = (language = navigator.language) => MILES.includes(language);

/** @param {number} chance 0–1 @returns {number} whole per cent */
export const percent = (chance) => Math.round(chance * 100);

/** @param {number} low @param {number} high chances 0–1 */
export const range = (low, high) => `${percent(low)}–${percent(high)}`;

/** @param {number} points @returns {string} with a true minus sign */
export const signed = (points) => {
  if (points === 0) return "0"; // and no "−0"
  return points < 0 ? `−${Math.abs(points)}` : `+${points}`;
};

/**
 * Rounds parts to whole numbers that add up to a whole total, by largest remainder.
 * @param {number[]} parts whose exact sum rounds to `total` @param {number} total
 * @returns {number[]}
 */
export function roundToSum(parts, total) {
  const floors = parts.map(Math.floor);
  const missing = total - floors.reduce((sum, part) => sum + part, 0);
  const order = parts
    .map((part, index) => ({ index, rest: part - floors[index] }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of order.slice(0, Math.max(0, missing))) floors[index] += 1;
  return floors;
}

/**
 * @param {number} cents @param {string|null} currency ISO 4217
 * @param {string} [language]
 */
export function money(cents, currency, language = navigator.language) {
  const whole = cents % 100 === 0;
  const digits = whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
  try {
    const options = { style: /** @type {const} */ ("currency"), currency: currency || "USD", ...digits };
    return new Intl.NumberFormat(language, options).format(cents / 100);
  } catch {
    return `${(cents / 100).toFixed(whole ? 0 : 2)} ${currency}`;
  }
}

/** @param {import("./types.js").Price|null} price @returns {string} "Free", "$25", "$10–$25", "Price unknown" */
export function price(price) {
  const text = amount(price);
  return price?.sold_out ? `${text}, sold out` : text;
}

/** @param {import("./types.js").Price|null} price */
function amount(price) {
  if (price?.free) return "Free";
  const min = price?.min ?? price?.max ?? null;
  if (!price || min === null) return price?.free === false ? "Costs something" : "Price unknown";
  const most = price.max ?? min;
  if (most === min) return money(min, price.currency);
  return `${min === 0 ? "Free" : money(min, price.currency)}–${money(most, price.currency)}`;
}

/**
 * @param {number} km @param {boolean} [miles]
 * @returns {string} "0.4 mi", "12 km"
 */
export function distance(km, miles = usesMiles()) {
  const value = miles ? km / KM_PER_MILE : km;
  const text = value < 10 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
  return `${text} ${miles ? "mi" : "km"}`;
}

/** @param {number} km @param {boolean} [miles] kilometres as the reader's unit, one decimal */
export const toUnit = (km, miles = usesMiles()) => Math.round((miles ? km / KM_PER_MILE : km) * 10) / 10;

/** @param {number} value @param {boolean} [miles] the reader's unit as kilometres */
export const fromUnit = (value, miles = usesMiles()) => (miles ? value * KM_PER_MILE : value);

/** @param {number} count @param {string} one @param {string} [many] */
export const count = (count, one, many = `${one}s`) =>
  `${count.toLocaleString(navigator.language)} ${count === 1 ? one : many}`;

/** @param {number} hirers expected number of people who hire */
export function hirers(hirers) {
  if (hirers < 0.5) return "Fewer than one person who hires to talk with, on average.";
  const number = hirers < 3 ? Math.round(hirers * 2) / 2 : Math.round(hirers);
  return `About ${count(number, "person who hires", "people who hire")} to talk with, on average.`;
}
