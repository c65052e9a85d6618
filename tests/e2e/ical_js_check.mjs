// Reads an iCalendar file with ical.js, a parser independent of ours, and prints what it holds.
//
//   node ical_js_check.mjs FOLDER FILE      (FOLDER: where `npm install --prefix FOLDER ical.js` put it)
//
// Standard output: {"calendar": {property: value}, "zones": [tzid], "events": [{…}]}; an error exits with 1.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const entry = join(resolve(folder), "node_modules", "ical.js", "dist", "ical.js");
const { default: ICAL } = await import(pathToFileURL(entry));
ICAL.design.strict = true;

const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
const zones = calendar.getAllSubcomponents("vtimezone");
for (const zone of zones) ICAL.TimezoneService.register(zone);

const instant = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());

const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    location: event.location,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    local_start: event.startDate.toString(),
    start: instant(event.startDate),
    end: instant(event.endDate),
    zone: event.startDate.isDate ? null : event.startDate.zone.tzid,
    properties: component.getAllProperties().map((property) => property.name.toUpperCase()),
    components: component.getAllSubcomponents().map((inner) => inner.name.toUpperCase()),
  };
});

console.log(
  JSON.stringify(
    {
      calendar: Object.fromEntries(
        calendar.getAllProperties().map((p) => [p.name.toUpperCase(), String(p.getFirstValue())]),
      ),
      zones: zones.map((zone) => zone.getFirstPropertyValue("tzid")),
      events,
    },
    null,
    1,
  ),
);
