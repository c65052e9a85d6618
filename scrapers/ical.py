"""iCalendar (RFC 5545, 7986), as calendars really publish it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scrapers._body import describe
from scrapers._ical_event import Draft, Tell, draft, listing_of, own_zone
from scrapers._ical_lines import Component, components_of
from scrapers._ical_series import Occurrence, Series, instance_name
from scrapers._ical_values import Moment, duration, text
from scrapers._ical_zones import Zones
from scrapers._text import one_line
from scrapers._time import find_zone
from scrapers.base import (
    MAX_LISTINGS,
    Document,
    Listing,
    Parsed,
    ParseError,
    Problem,
    read_each,
)

_HEAD = 4096
_BEGIN = re.compile(
    rb"(?:\A\W*|[\r\n]\s*)BEGIN:(?:VCALENDAR|VEVENT)\s*(?:[\r\n]|\Z)", re.IGNORECASE
)
_MAX_PROBLEMS = 1000


def recognizes(document: Document) -> bool:
    """Whether a calendar begins in the first 4 KiB, whatever the server calls it."""
    return bool(_BEGIN.search(document.content[:_HEAD].replace(b"\x00", b"")))


def parse(document: Document) -> Parsed:
    """Every VEVENT of every calendar in the document, recurrence expanded in its window.

    The option `times` ("utc_is_local" or "local_is_utc") mends a source that labels its times
    wrongly (CASES.md B5). Raises ParseError if there is no calendar in it, saying what there is.
    """
    return read(calendars_of(document), document, listing_of)


def read(calendars: list[Component], document: Document, tell: Tell) -> Parsed:
    """As `parse`, with the listing of each occurrence made by `tell`; `calendars` are the document's."""
    parts = [_Reader(calendar, document, tell) for calendar in calendars]
    results = [part.read() for part in parts]
    listings = [listing for found, _ in results for listing in found]
    problems = [problem for _, found in results for problem in found]
    complete = all(calendar.closed for calendar in calendars)
    if not complete:
        problems.append(Problem("document", "cut_off", "it breaks off before END:VCALENDAR"))
    kept = _nearest(listings, document.retrieved_at)
    if len(kept) < len(listings):
        cause = f"only the nearest {MAX_LISTINGS} of {len(listings)} dates are kept"
        problems.append(Problem("document", "listings_capped", cause))
    first = parts[0]
    return Parsed(
        listings=tuple(kept),
        problems=_bounded(problems),
        components=sum(len(part.events) for part in parts),
        title=first.title,
        time_zone=first.named.key if first.named else "",
        refresh_seconds=first.refresh_seconds,
        truncated=len(kept) < len(listings),
        complete=complete,
    )


def calendars_of(document: Document) -> list[Component]:
    """The calendars of a document; events without one make a calendar that was cut off.

    Raises ParseError if there is none, saying what there is.
    """
    top = components_of(document.content, document.content_type)
    calendars = [calendar for component in top for calendar in component.walk("VCALENDAR")]
    loose = [component for component in top if component.name == "VEVENT"]
    if loose and not calendars:
        return [Component("VCALENDAR", 1, parts=loose)]
    if not calendars:
        found = describe(document.content)
        raise ParseError(f"Expected an iCalendar file, but this is {found}.")
    for component in loose:
        calendars[-1].parts.append(component)
    return calendars


class _Reader:
    """Reads one VCALENDAR with its own zones."""

    def __init__(self, calendar: Component, document: Document, tell: Tell) -> None:
        self.document = document
        self.tell = tell
        self.first, self.last = document.window_start, document.window_end
        self.events = list(calendar.walk("VEVENT"))
        self.title = one_line(text(calendar.value("NAME") or calendar.value("X-WR-CALNAME")))
        self.named = find_zone(text(calendar.value("X-WR-TIMEZONE")).strip())
        self.refresh_seconds = _seconds(
            calendar.value("REFRESH-INTERVAL") or calendar.value("X-PUBLISHED-TTL")
        )
        definitions: dict[str, Component] = {}
        for zone in calendar.walk("VTIMEZONE"):
            definitions.setdefault(text(zone.value("TZID")).strip(), zone)
        self.zones = Zones(
            home=self.named or find_zone(document.time_zone) or ZoneInfo("UTC"),
            definitions=definitions,
            around=document.window_start,
            times=document.options.get("times", ""),
        )
        self.warnings: list[Problem] = []

    def read(self) -> tuple[list[Listing], list[Problem]]:
        """The listings of this calendar, and the problems met on the way."""
        drafts, lost = read_each(((event, event) for event in self.events), self._draft)
        groups = _by_uid(drafts)
        listings, broken = read_each(((group[0].component, group) for group in groups), self._group)
        unknown = [
            Problem(
                f"TZID '{one_line(tzid, 60)}'",
                "zone_unknown",
                f"its zone is unknown, so it is read as {self.zones.home.key}",
            )
            for tzid in sorted(self.zones.unknown)
        ]
        return listings, [*lost, *broken, *self.warnings, *unknown]

    def _draft(self, event: Component) -> Iterable[Draft]:
        return (draft(event, self.zones),)

    def _group(self, group: list[Draft]) -> Iterator[Listing]:
        """The listings of all VEVENTs that share a UID."""
        if len(group) == 1 and not group[0].repeats:
            yield from self._single(group[0], group[0].uid if group[0].recurrence else "")
            return
        masters = _current([draft for draft in group if draft.recurrence is None])
        overrides = [draft for draft in group if draft.recurrence is not None]
        series = next((draft for draft in masters if draft.repeats), None)
        for master in masters:
            if master.repeats:
                yield from self._series(master, overrides if master is series else [])
            elif series is None and overrides:
                yield from self._series(master, overrides)
                overrides = []
            else:
                shared = len(masters) > 1
                yield from self._single(master, master.uid if shared else "", shared=shared)
        if not masters:
            for override in _latest(overrides):
                yield from self._single(override, override.uid)

    def _single(self, event: Draft, series: str, *, shared: bool = False) -> Iterator[Listing]:
        name = event.recurrence or (event.start if shared else None)
        occurrence = Occurrence(event, event.start, event.end, name)
        if not self._in_window(occurrence.start, occurrence.end):
            return
        listing = self._listing(occurrence, series, None)
        yield replace(listing, notes=(*listing.notes, "uid_shared")) if shared else listing

    def _series(self, master: Draft, overrides: list[Draft]) -> Iterator[Listing]:
        series = Series(master, [_titled(override, master) for override in overrides], self.zones)
        name = master.uid or f"{master.start.isoformat()} {master.component.value('SUMMARY')[:80]}"
        texts: dict[int, Listing] = {}  # what a VEVENT says, between its occurrences
        found = series.occurrences(self.first, self.last)
        for occurrence in sorted(found, key=lambda it: _aware(it.start, self.zones.home)):
            if self._in_window(occurrence.start, occurrence.end):
                number = occurrence.draft.component.number
                listing = self._listing(occurrence, name, texts.get(number))
                texts[number] = listing
                yield listing
        self.warnings.extend(series.problems)

    def _listing(self, occurrence: Occurrence, series: str, known: Listing | None) -> Listing:
        """One listing; `known` is another one of the same VEVENT, whose texts it shares."""
        event = occurrence.draft
        zone = event.zone if event.zone is not UTC else own_zone(event.component, self.zones)
        zone = zone if isinstance(zone, ZoneInfo) else self.zones.home
        start = _aware(occurrence.start, zone)
        end = _aware(occurrence.end, zone) if occurrence.end else None
        if known is None:
            known = self.tell(event, start, end, zone=zone.key, series=series)
        name = instance_name(occurrence.recurrence)
        all_day = not isinstance(occurrence.start, datetime)
        if (known.start, known.recurrence_id, known.all_day) == (start, name, all_day):
            return known
        return replace(known, start=start, end=end, all_day=all_day, recurrence_id=name)

    def _in_window(self, start: Moment, end: Moment | None) -> bool:
        home = self.zones.home
        begins = _aware(start, home)
        if begins > self.last:
            return False
        if begins >= self.first:
            return True
        if end is not None:
            return _aware(end, home) > self.first
        whole_day = not isinstance(start, datetime)
        return whole_day and begins + timedelta(days=1) > self.first


def _aware(moment: Moment, zone: ZoneInfo) -> datetime:
    """The moment in the zone; of a date its midnight there."""
    if isinstance(moment, datetime):
        return moment if moment.tzinfo is zone else moment.astimezone(zone)
    return datetime.combine(moment, time(), zone)


def _by_uid(drafts: list[Draft]) -> list[list[Draft]]:
    """Drafts that share a UID together, in document order; each without one alone."""
    groups: dict[str, list[Draft]] = {}
    for event in drafts:
        groups.setdefault(event.uid or f"\n{event.component.number}", []).append(event)
    return list(groups.values())


def _current(masters: list[Draft]) -> list[Draft]:
    """Of VEVENTs with one UID those of the highest SEQUENCE; of equal ones the last.

    Several that start apart stay: plugins give all dates of a series one UID and no
    RECURRENCE-ID.
    """
    newest = max((master.sequence for master in masters), default=0)
    return list({m.start: m for m in masters if m.sequence == newest}.values())


def _latest(overrides: list[Draft]) -> list[Draft]:
    """One override for each RECURRENCE-ID: that of the highest SEQUENCE, of equal ones the last."""
    ordered = sorted(overrides, key=lambda override: override.sequence)
    return list({override.recurrence: override for override in ordered}.values())


def _titled(override: Draft, master: Draft) -> Draft:
    """The override with its master's title, if it has none of its own."""
    component = override.component
    if component.value("SUMMARY") or not master.component.value("SUMMARY"):
        return override
    properties = component.properties | {"SUMMARY": master.component.properties["SUMMARY"]}
    return replace(override, component=replace(component, properties=properties))


def _nearest(listings: list[Listing], now: datetime) -> list[Listing]:
    """At most `MAX_LISTINGS`, those nearest in time, in their order (SECURITY.md P08)."""
    if len(listings) <= MAX_LISTINGS:
        return listings
    ranked = sorted(range(len(listings)), key=lambda index: abs(listings[index].start - now))
    return [listings[index] for index in sorted(ranked[:MAX_LISTINGS])]


def _bounded(problems: list[Problem]) -> tuple[Problem, ...]:
    if len(problems) <= _MAX_PROBLEMS:
        return tuple(problems)
    rest = len(problems) - _MAX_PROBLEMS
    more = Problem("document", "problems_capped", f"{rest} more problems are not listed", lost=True)
    return (*problems[:_MAX_PROBLEMS], more)


def _seconds(raw: str) -> int | None:
    """A refresh hint in seconds; "P15M" of some publishers means minutes, so it lacks a T."""
    length = duration(raw) or duration(raw.strip().replace("P", "PT", 1))
    return int(length.total_seconds()) if length and length > timedelta() else None
