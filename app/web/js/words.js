/** The words of the page for the names of the API. */

/** kind → what a person calls it, and its glyph. */
export const KINDS = /** @type {Record<string, [string, string]>} */ ({
  business_mixer: ["Business mixer", "mixer"],
  conference_expo: ["Conference or expo", "podium"],
  professional_talk: ["Professional talk", "talk"],
  club_association: ["Club or association", "club"],
  hackathon_startup: ["Startup or hackathon", "bolt"],
  class_workshop: ["Class or workshop", "pencil"],
  food_drink: ["Food and drink", "glass"],
  volunteering: ["Volunteering", "heart"],
  fundraiser_gala: ["Fundraiser or gala", "rosette"],
  spectator_show: ["Show or concert", "note"],
  art_literary: ["Art and books", "book"],
  sport_play: ["Sport and play", "ball"],
  faith_community: ["Faith community", "arch"],
  hobby_social: ["Hobby and social", "puzzle"],
  opening_market_festival: ["Opening, market, festival", "shop"],
  family_kids: ["Family and kids", "balloon"],
  civic_public: ["Civic and public", "columns"],
  support_health: ["Support and health", "leaf"],
  student_campus: ["Campus", "cap"],
  not_an_event: ["Notice", "dot"],
  other: ["Other", "dot"],
});

/** @param {string} kind @returns {[string, string]} label and glyph */
export const kind = (kind) => KINDS[kind] ?? KINDS.other;

/** Where people did not come to do business, the card says so (SCORING.md, etiquette). */
const ETIQUETTE = /** @type {Record<string, string>} */ ({
  support_health: "People come here for support. Come for the event; do not pitch.",
  faith_community: "A gathering of faith. Come for the event; do not pitch.",
  family_kids: "People are here with their children. Come for the event; do not pitch.",
});

/** @param {string} kind @returns {string} "" where nothing need be said */
export const etiquette = (kind) => ETIQUETTE[kind] ?? "";

// The gate of app/score/circle.py: below LOW nothing is said, from HIGH on an event is listed on request only.
const CIRCLE_LOW = 0.25;
const CIRCLE_HIGH = 0.6;

/** @param {number} circle probability of a job-seeker circle */
export function circleNote(circle) {
  if (circle >= CIRCLE_HIGH) return "Made for job seekers";
  return circle >= CIRCLE_LOW ? "May be mostly job seekers" : "";
}

/** How we know a reason. */
export const BASIS = /** @type {Record<string, string>} */ ({
  D: "measured",
  S: "surveys show",
  M: "general knowledge",
  J: "our guess",
  L: "learned from graded events",
});

export const CONFIDENCE = /** @type {Record<string, string>} */ ({
  thin: "The listing says little, so take it as a rough guess.",
  fair: "The listing gives us fair evidence.",
  good: "The listing gives us good evidence.",
});

const STATUS = /** @type {Record<string, string>} */ ({
  cancelled: "Cancelled",
  postponed: "Postponed",
  rescheduled: "New time",
  moved_online: "Moved online",
});

/** @param {string} status @returns {string} "" when it takes place as planned */
export const status = (status) => STATUS[status] ?? "";

/** State of a source: a few words and their tone; the whole sentence is the API's `message`. */
const HEALTH = /** @type {Record<string, [string, string]>} */ ({
  new: ["Just added", "soft"],
  ok: ["Working well", "good"],
  quiet: ["Nothing coming up", "soft"],
  wrong_zone_suspect: ["Times look shifted", "soft"],
  dropped: ["Far fewer events than usual", "soft"],
  failing: ["Trouble reading it", "soft"],
  blocked: ["Refuses us", "bad"],
  not_a_calendar: ["Not a calendar", "bad"],
  gone: ["Taken away", "bad"],
});

/** @param {import("./types.js").Source} source @returns {[string, string]} */
export function health(source) {
  if (source.paused) return ["Paused by you", "soft"];
  return HEALTH[source.state] ?? [source.state.replaceAll("_", " "), "soft"];
}

export const SENIORITY = /** @type {Record<string, string>} */ ({
  entry: "Entry level",
  mid: "Mid level",
  senior: "Senior",
  manager: "Manager",
  director: "Director or above",
});

export const TRAVEL = /** @type {Record<string, string>} */ ({
  walk: "On foot",
  bike: "By bicycle",
  transit: "By bus or train",
  car: "By car",
});

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** kind of a new place → what a person calls it, and its glyph. */
const OPENINGS = /** @type {Record<string, [string, string]>} */ ({
  coffee_shop: ["New coffee shop", "shop"],
  bakery: ["New bakery", "shop"],
  brewery: ["New brewery", "glass"],
  bookshop: ["New bookshop", "book"],
  coworking: ["New coworking space", "podium"],
});

/** @param {string} kind @returns {[string, string]} label and glyph */
export const opening = (kind) => OPENINGS[kind] ?? ["New place", "shop"];

/** Why a source lets us think that a place is new. */
const EVIDENCE = /** @type {Record<string, string>} */ ({
  appeared: "lists it for the first time",
  first_version: "has it on the map for the first time",
  first_licence: "issued its first licence",
  lifted: "no longer marks it as shut",
  dated: "dates its opening",
  coming_soon: "announces it",
  opens: "reports that it opens",
  soft_opening: "reports a soft opening",
  grand_opening: "announces its grand opening",
  now_open: "says that it is open",
});

/** @param {string} name */
export const evidence = (name) => EVIDENCE[name] ?? "speaks of it";
