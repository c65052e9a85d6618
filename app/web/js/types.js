/**
 * What the API gives, as docs/api-contract.md has it. Unknown is null.
 *
 * @typedef {{name: string, address: string, latitude: number|null, longitude: number|null,
 *   provenance?: string, within_km?: number, venue_id?: string|null}} Place
 * @typedef {{free: boolean|null, min: number|null, max: number|null, currency: string|null,
 *   sold_out: boolean|null}} Price whole cents
 * @typedef {{any_field: number, your_field: number, low: number, high: number,
 *   your_low: number, your_high: number,
 *   confidence: "thin"|"fair"|"good", circle: number, circle_phrase: string, hirers: number,
 *   headline: string}} Score chances 0–1; `low` and `high` belong to `any_field`, the others to `your_field`
 * @typedef {{family: string, signal: string, points: number, text: string, phrase: string,
 *   basis: "D"|"S"|"M"|"J"|"L"}} Reason points are percentage points, unrounded
 * @typedef {{id: string, name: string, start: string, end: string|null, time_zone: string,
 *   local_start: string, local_end: string|null, all_day: boolean, location: Place|null,
 *   distance_km: number|null, organizer: {name: string, url: string}|null, price: Price|null,
 *   event_status: string, event_attendance_mode: string, kind: string, categories: string[],
 *   url: string, image: string, series: string, dates: number, sources: string[], score: Score,
 *   choice: "chosen"|"dismissed"|null, busy: boolean}} EventSummary
 * @typedef {{id: number, source: string, source_id: string, url: string, name: string, start: string,
 *   seen_at: string}} Listing
 * @typedef {EventSummary & {description: string, listings: Listing[], reasons: Reason[],
 *   start_points: number, your_reasons: Reason[], your_start_points: number, advice: string,
 *   links: {ics: string, google: string, outlook: string, office365: string, yahoo: string},
 *   virtual_location: string, performers: string[]}} EventDetail
 * @typedef {{id: string, name: string, start: string, local_start: string, time_zone: string,
 *   location: Place|null}} PastEvent
 * @typedef {{went: boolean, talked?: number, hirers?: number, met_hirer?: boolean,
 *   in_field?: boolean, again?: boolean}} CheckInBody
 * @typedef {{group: "series"|"organizer"|"venue"|"kind", name: string, visits: number,
 *   talked: number, hirers: number, met: number, said: number,
 *   range: {low: number, high: number}}} PadLine shares 0–1
 * @typedef {{said: number, happened: number, visits: number, sentence: string,
 *   range: {low: number, high: number}}} CalibrationBin
 * @typedef {{visits: number, missed: number, talked: number, hirers: number, talk: number,
 *   pad: PadLine[], lessons: string[], calibration: {sentence: string, checked: number,
 *   bins: CalibrationBin[]}}} Insights
 * @typedef {{event: EventSummary, way_minutes: number, hours: number, adds: number,
 *   reasons: string[], alternative: EventSummary|null}} Outing `adds` of the week's chance, 0–1
 * @typedef {{id: string, name: string, start: string, time_zone: string, local_start: string,
 *   code: string, text: string, other_id: string|null}} LeftOut
 * @typedef {{week: string, first: string, last: string, limits: {evenings: number, hours: number,
 *   budget: number|null, reach_km: number, travel_mode: string}, outings: Outing[],
 *   left_out: LeftOut[], chance: number, hours: number, cents: number, currency: string,
 *   solver: "exact"|"greedy"}} Week
 * @typedef {{id: string, host: string, added_at: string, looked_at: string|null, read_at: string|null,
 *   next_at: string, problem: string, times: number, unread: number}} BusyCalendar
 * @typedef {{event_id: string, state: "chosen"|"dismissed", chosen_at: string, updated_at: string,
 *   event: EventSummary, gone_since: string|null, note: string}} Choice
 * @typedef {{id: string, name: string, url: string, scraper: string, time_zone: string,
 *   time_rule: string, time_rule_proposed: string, trust: number, state: string, since: string|null, paused: boolean, last_ok_at: string|null,
 *   last_polled_at: string|null, next_due_at: string|null, outcome: string|null, message: string,
 *   events: number, problems: {place: string, code: string, cause: string}[],
 *   twins: {id: string, name: string, events: number, same: boolean, text: string}[]}} Source
 * @typedef {{start: string, time_zone: string, local_start: string, local_end: string|null,
 *   all_day: boolean}} Timed
 * @typedef {Timed & {name: string, end: string|null, place: string}} Preview
 * @typedef {{url: string, scraper: string, platform: string, confidence: number, title: string,
 *   time_zone: string, events: number, lost: number, preview: Preview[],
 *   problems: {place: string, code: string, cause: string}[], same_as: string|null,
 *   source_id: string|null, source_name: string|null}} Candidate
 * @typedef {{address: string, message: string, platforms: string[], candidates: Candidate[],
 *   tried: {url: string, cause: string}[]}} Discovery
 * @typedef {{home_name: string, latitude: number|null, longitude: number|null, time_zone: string,
 *   reach_km: number, interests: string[], dislikes: string[], field: string, seniority: string,
 *   weekly_evenings: number, weekly_hours: number, weekly_budget: number|null, currency: string, travel_mode: string, digest_enabled: boolean,
 *   digest_weekday: number, digest_hour: number}} Profile
 * @typedef {{name: string, title: string, country: string, time_zone: string, latitude: number,
 *   longitude: number, radius_km: number, sources: number, added: number, read: number,
 *   paused: number, events: number, to_discover: {name: string, url: string}[],
 *   home_offered: boolean}} City
 * @typedef {{id: string, name: string, email: string, digest: {enabled: boolean, weekday: number,
 *   hour: number, next_at: string|null}}} Me
 * @typedef {{url: string, webcal_url: string, qr_svg: string,
 *   clients: {name: string, url: string|null, steps: string[], delay: string}[]}} CalendarFeed
 * @typedef {{source: string, evidence: string, opens: string|null, precision: string,
 *   said: string|null, url: string, words: string}} Proof
 * @typedef {{id: string, name: string, kind: string, location: Place|null, distance_km: number|null,
 *   opens: string|null, precision: "day"|"month"|"year", first_day: string, last_day: string,
 *   confidence: number, chain: boolean, url: string, suggestion: string, hello: string,
 *   visit: {start: string, end: string|null, time_zone: string,
 *     links: {ics: string, google: string, outlook: string, office365: string, yahoo: string}}|null,
 *   proofs: Proof[]}} Opening
 * @typedef {{path: string[], params: URLSearchParams}} Route
 */

export {};
