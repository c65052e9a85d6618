"""iCalendar as five publishers' programs write it (RFC 5545), by hand: no parser of ours, no
library, so that the scrapers meet text that others made.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import escape

from app.sample_city.cycle import (
    FOUNDED,
    TIME_ZONE,
    WEEKS,
    Change,
    Occurrence,
    hours,
    occurrences,
    season_end,
    skipped,
    usual,
)
from app.sample_city.records import Event, Publisher, Style, city
from app.sample_city.wording import announced_at, event_url, place_line

CALENDAR = "text/calendar; charset=utf-8"
_WINDOWS_ZONE = "Eastern Standard Time"
_BYDAY = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})

# The rules of the United States since 2007; the years before are nobody's business here.
_VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE"""

# What happens when somebody presses "save" in a form too early: DTSTART has no value.
_BROKEN = """\
BEGIN:VEVENT
UID:draft-0041@{host}
DTSTAMP:{founded:%Y%m%d}T140000Z
DTSTART:
SUMMARY:Draft - Harbor Commission site walk (date to come)
LOCATION:Pier 2
END:VEVENT"""


def calendar(publisher: Publisher, today: date, changes: frozenset[Change], base_url: str) -> bytes:
    """The publisher's whole feed as on `today`: UTF-8, CRLF, folded at 75 octets."""
    writer = _Writer(publisher, today, base_url)
    lines = list(writer.header())
    for event in publisher.events:
        lines += writer.event(event, changes)
    if publisher.style.broken_component:
        lines += _BROKEN.format(host=publisher.host, founded=FOUNDED).splitlines()
    lines.append("END:VCALENDAR")
    return serialized(lines)


def serialized(lines: Iterable[str]) -> bytes:
    """Content lines, folded, as UTF-8 with CRLF."""
    return "".join(f"{fold(line)}\r\n" for line in lines).encode()


def fold(line: str) -> str:
    """Fold a content line so that none is longer than 75 octets (RFC 5545 3.1), never in a char."""
    parts, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            parts.append(" ")
            size = 1
        parts[-1] += char
        size += width
    return "\r\n".join(parts)


class _Writer:
    """One publisher's habits on one day."""

    def __init__(self, publisher: Publisher, today: date, base_url: str) -> None:
        self.publisher = publisher
        self.style: Style = publisher.style
        self.today = today
        self.base_url = base_url

    def header(self) -> Iterator[str]:
        yield from ("BEGIN:VCALENDAR", f"PRODID:{self.style.product}", "VERSION:2.0")
        yield "CALSCALE:GREGORIAN"
        yield "METHOD:PUBLISH"
        yield f"X-WR-CALNAME:{text(self.publisher.name)}"
        if self.style.zone in {"utc", "floating"}:
            yield f"X-WR-TIMEZONE:{TIME_ZONE}"
        if self.style.zone == "tzid":
            yield "REFRESH-INTERVAL;VALUE=DURATION:PT1H"
        if self.style.zone != "floating":
            yield from _VTIMEZONE.format(zone=self._zone_name()).splitlines()

    def event(self, event: Event, changes: frozenset[Change]) -> Iterator[str]:
        """A series as one component and its exceptions, anything else as one for each date."""
        if not event.series:
            for each in occurrences(event, self.today, changes):
                yield from self._component(each, [f"UID:{each.uid}@{self.publisher.host}"])
            return
        uid = f"UID:{event.slug}@{self.publisher.host}"
        yield from self._component(usual(event, FOUNDED), [uid, *self._rules(event)])
        for each in occurrences(event, self.today, changes, season_end(self.today)):
            if each.exceptional:
                planned = self._moment(
                    "RECURRENCE-ID", each.planned, all_day=each.all_day, series=True
                )
                yield from self._component(each, [uid, planned])

    def _rules(self, event: Event) -> Iterator[str]:
        interval = WEEKS // len(event.weeks)
        last = season_end(self.today) - timedelta(days=1)
        end = f"{last:%Y%m%d}" if not event.time else self._until(last)
        yield f"RRULE:FREQ=WEEKLY;INTERVAL={interval};UNTIL={end};BYDAY={_BYDAY[event.day]}"
        for start in skipped(event, self.today):
            yield self._moment("EXDATE", start, all_day=not event.time, series=True)

    def _until(self, last: date) -> str:
        """UNTIL is UTC unless DTSTART floats (RFC 5545 3.3.10)."""
        start, _ = hours(last, "23:59")
        return _local(start) if self.style.zone == "floating" else _utc(start)

    def _component(self, each: Occurrence, identity: Iterable[str]) -> Iterator[str]:
        event = each.event
        yield "BEGIN:VEVENT"
        yield from identity
        stamp = _utc(announced_at(each))
        yield from (f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}")
        yield self._moment("DTSTART", each.start, all_day=each.all_day, series=event.series)
        yield from self._end(each)
        yield from self._words(each)
        if event.categories:
            yield f"CATEGORIES:{','.join(map(text, event.categories))}"
        yield f"SEQUENCE:{int(each.changed_on is not None)}"
        yield f"STATUS:{'CANCELLED' if each.cancelled else 'CONFIRMED'}"
        if self.style.outlook:
            yield from ("CLASS:PUBLIC", "PRIORITY:5", "TRANSP:OPAQUE")
            yield "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"
        yield "END:VEVENT"

    def _end(self, each: Occurrence) -> Iterator[str]:
        if each.end is None:
            return
        if self.style.duration and not each.all_day:
            length = each.end.astimezone(UTC) - each.start.astimezone(UTC)
            minutes = length // timedelta(minutes=1)
            yield f"DURATION:PT{minutes // 60}H{minutes % 60}M"
        else:
            yield self._moment("DTEND", each.end, all_day=each.all_day, series=each.event.series)

    def _words(self, each: Occurrence) -> Iterator[str]:
        event = each.event
        language = ";LANGUAGE=en-us" if self.style.outlook else ""
        # a plug-in that exports HTML does not decode the entities of its titles either
        name = escape(each.name, quote=False) if self.publisher.html else each.name
        yield f"SUMMARY{language}:{text(name)}"
        if event.text:
            yield f"DESCRIPTION:{text(event.text.strip())}"
        if place := place_line(event):
            yield f"LOCATION:{text(place)}"
        if self.style.zone == "tzid" and event.venue:
            venue = city().venues[event.venue]
            yield f"GEO:{venue.latitude};{venue.longitude}"
        if not self.publisher.repeats:  # an aggregator keeps no link to its sources
            yield f"URL:{event_url(self.base_url, self.publisher, each)}"
        if organizer := event.organizer or self.publisher.organizer:
            yield f'ORGANIZER;CN="{organizer}":mailto:hello@{self.publisher.host}'

    def _moment(self, name: str, moment: datetime, *, all_day: bool, series: bool) -> str:
        """A date or date-time property; a series cannot be in UTC, its hour would wander."""
        if all_day:
            return f"{name};VALUE=DATE:{moment:%Y%m%d}"
        if self.style.zone == "floating":
            return f"{name}:{_local(moment)}"
        if self.style.zone == "utc" and not series:
            return f"{name}:{_utc(moment)}"
        return f"{name};TZID={self._zone_name()}:{_local(moment)}"

    def _zone_name(self) -> str:
        return _WINDOWS_ZONE if self.style.zone == "windows" else TIME_ZONE


def text(value: str) -> str:
    """A TEXT value (RFC 5545 3.3.11)."""
    return value.translate(_ESCAPES)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"
