"""A person's own calendar as nothing but the times that it says are taken.

No title, place, text or guest leaves the reader. What is taken, RFC 5545 says: section 3.8.2.7
(TRANSP:TRANSPARENT is free), 3.8.1.11 (STATUS:CANCELLED does not take place), 3.8.2.6 (the periods
of a VFREEBUSY, unless FBTYPE=FREE); and Outlook by X-MICROSOFT-CDO-BUSYSTATUS ([MS-OXCICAL]
2.1.3.1.1.20.31), where FREE and WORKINGELSEWHERE leave the evening open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scrapers import ical
from scrapers._ical_event import Draft
from scrapers._ical_lines import Component, parameters
from scrapers._ical_values import duration
from scrapers.base import Document, EventStatus, Listing
from scrapers.spans import Span, joined

_NAMELESS = "Busy"
_OPEN = {"FREE", "WORKINGELSEWHERE"}
_UTC_TIME = "%Y%m%dT%H%M%SZ"
_MAX_PERIODS = 5000


@dataclass(frozen=True, slots=True)
class Taken:
    """The taken times in UTC, in order and apart, and how many entries could not be read."""

    times: tuple[Span, ...] = ()
    unread: int = 0


def taken(document: Document) -> Taken:
    """The taken times of a calendar within the document's window.

    An all-day entry takes its days in the zone of the calendar, else of the document. Raises
    ParseError if it is no calendar.
    """
    calendars = ical.calendars_of(document)
    read = ical.read(calendars, document, _nameless)
    spans = [_span(each) for each in read.listings if each.event_status is EventStatus.SCHEDULED]
    periods, broken = _periods(calendars, document)
    unread = broken + sum(problem.lost for problem in read.problems)
    return Taken(joined([*spans, *periods]), unread)


def _nameless(
    event: Draft, start: datetime, end: datetime | None, *, zone: str, series: str
) -> Listing:
    say = event.component.value
    free = (
        say("TRANSP").strip().upper() == "TRANSPARENT"
        or say("STATUS").strip().upper() in {"CANCELLED", "CANCELED"}
        or say("X-MICROSOFT-CDO-BUSYSTATUS").strip().upper() in _OPEN
    )
    status = EventStatus.CANCELLED if free else EventStatus.SCHEDULED
    all_day = not isinstance(event.start, datetime)
    return Listing(_NAMELESS, start, zone, end, all_day=all_day, series=series, event_status=status)


def _span(listing: Listing) -> Span:
    """Without an end a day counts whole, and a time is a moment (RFC 5545 section 3.6.1)."""
    start, end = listing.start, listing.end
    if end is None:
        end = start + timedelta(days=1) if listing.all_day else start
    return start.astimezone(UTC), end.astimezone(UTC)


def _periods(calendars: list[Component], document: Document) -> tuple[list[Span], int]:
    """The taken periods of all VFREEBUSY in the document's window; how many are broken."""
    found: list[Span] = []
    broken = 0
    for value in _freebusy(calendars):
        try:
            span = _period(value)
        except ValueError:
            broken += 1
            continue
        if span[0] < document.window_end and span[1] > document.window_start:
            found.append(span)
        if len(found) >= _MAX_PERIODS:
            break
    return found, broken


def _freebusy(calendars: list[Component]) -> Iterator[str]:
    for calendar in calendars:
        for component in calendar.walk("VFREEBUSY"):
            for raw, values in component.properties.get("FREEBUSY", ()):
                if parameters(raw).get("FBTYPE", "").upper() != "FREE":
                    yield from values.split(",")


def _period(value: str) -> Span:
    """A PERIOD (section 3.3.9), in UTC as 3.8.2.6 has it. Raises ValueError."""
    begin, _, rest = value.strip().partition("/")
    start = datetime.strptime(begin, _UTC_TIME).replace(tzinfo=UTC)
    if rest[:1] in {"P", "+"}:
        length = duration(rest.lstrip("+"))
        if length is None or length < timedelta(0):
            raise ValueError(value)
        return start, start + length
    end = datetime.strptime(rest, _UTC_TIME).replace(tzinfo=UTC)
    if end < start:
        raise ValueError(value)
    return start, end
