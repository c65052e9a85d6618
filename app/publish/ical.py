"""Events as iCalendar (RFC 5545, RFC 7986): the subscribed feed and the single file.

Written by hand from our own model, property by property: nothing of a source's file can come
along (case C05), and a text cannot become a property (C01, C02). The `icalendar` library is the
reference the tests hold this writer against; it takes three times as long, and turns the two
characters \\N of a title into a line break.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.model.event import Event
from app.publish import wording
from app.publish.text import block, coordinates, one_line, web_url
from app.publish.vtimezone import vtimezone
from scrapers.base import EventStatus

DEFAULT_DURATION = timedelta(hours=2)  # where a source names no end (case B9); output only
REFRESH = "PT4H"

_PREFIX = {EventStatus.CANCELLED: "Cancelled: ", EventStatus.POSTPONED: "Postponed: "}
_STATUS = {EventStatus.CANCELLED: "CANCELLED", EventStatus.POSTPONED: "TENTATIVE"}
# "CANCELED mixer", "[cancelled] Mixer", "Postponed: …"; not "Cancelled Culture, a talk" (case E5)
_MARKED = re.compile(
    r"\W*(?:CANCELL?ED\b|POSTPONED\b|(?i:cancell?ed|postponed)\s*[^\w\s])",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in somebody's calendar.

    `uid` is ours and never changes; `sequence` rises when `changed` says so; `created` and
    `last_modified` are aware. STATUS follows `event.event_status`. `notes` are sentences about the
    state ("The source no longer lists this event."), `score` the lines of `wording.score_text`,
    `details_url` our page of the event; it must hold no token.
    """

    uid: str
    event: Event
    created: datetime
    last_modified: datetime
    sequence: int = 0
    notes: tuple[str, ...] = ()
    score: str = ""
    details_url: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as bytes, its strong entity tag (quoted), and the UIDs that could not be written."""

    content: bytes
    etag: str
    skipped: tuple[str, ...] = ()


def feed(entries: Iterable[Entry], name: str, color: str = "teal") -> Feed:
    """The subscribed calendar of these entries, in the order of their UIDs.

    `color` is a CSS3 name (RFC 7986 5.9). Same input, same bytes. An entry that cannot be written
    costs itself alone (cases C04, G16). No cap on the number (G17).
    """
    header = (
        ("NAME", name := _escape(one_line(name, 100))),
        ("X-WR-CALNAME", name),
        ("COLOR", re.sub(r"[^a-z]", "", color)),
        ("REFRESH-INTERVAL;VALUE=DURATION", REFRESH),
        ("X-PUBLISHED-TTL", REFRESH),
    )
    return _calendar(sorted(entries, key=lambda entry: entry.uid), header)


def single_event(entry: Entry) -> bytes:
    """One event as a file to download. Raises ValueError if it cannot be written."""
    calendar = _calendar((entry,), ())
    if calendar.skipped:
        raise ValueError(f"event {entry.event.id} cannot be written as iCalendar")
    return calendar.content


def file_name(event: Event) -> str:
    """A file name for the single event: letters, digits and hyphens only (case G12)."""
    slug = re.sub(r"[^a-z0-9]+", "-", one_line(event.name, 60).lower()).strip("-")
    return f"{slug or 'event'}.ics"


def changed(previous: Event, event: Event) -> bool:
    """Whether a reader of the calendar sees a difference that deserves a higher SEQUENCE.

    Compares what is written of title, start, end, zone, all-day, place and status; a better
    description or a new image is no reason to alert anybody (RFC 5545 3.8.7.4).
    """
    return _visible(previous) != _visible(event)


def _visible(event: Event) -> tuple[str, ...]:
    return (_summary(event), *_times(event), wording.place(event), _status(event))


def _calendar(entries: Iterable[Entry], header: Iterable[tuple[str, str]]) -> Feed:
    components: list[bytes] = []
    skipped: list[str] = []
    years: dict[str, list[int]] = {}
    for entry in entries:
        try:
            component = _component(entry)
        except Exception:  # noqa: BLE001 -- whatever is wrong with one event, the others go out
            skipped.append(entry.uid)
            continue
        components.append(component.content)
        if component.zone:
            years.setdefault(component.zone, []).extend(component.years)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Go Meet People//gomeet//EN"]
    lines += ["CALSCALE:GREGORIAN", *(f"{key}:{value}" for key, value in header)]
    for zone, seen in sorted(years.items()):
        lines += vtimezone(zone, min(seen), max(seen))
    content = b"".join((*map(_fold, lines), *components, _fold("END:VCALENDAR")))
    return Feed(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"', tuple(skipped))


@dataclass(frozen=True, slots=True)
class _Component:
    """A written VEVENT, and the zone (empty: none) and years its VTIMEZONE must cover."""

    content: bytes
    zone: str
    years: tuple[int, int]


@lru_cache(maxsize=4096)
def _component(entry: Entry) -> _Component:
    """One entry as folded bytes. Raises whatever a poisonous event provokes."""
    start, end = span(entry.event)
    years = (start.year, end.year)
    lines = tuple(_vevent(entry))
    zone = entry.event.time_zone if ";TZID=" in _times(entry.event)[0] else ""
    if zone:
        vtimezone(zone, *years)  # an odd zone or year fails here, alone
    return _Component(b"".join(map(_fold, lines)), zone, years)


def _vevent(entry: Entry) -> Iterator[str]:
    """Unfolded lines of one VEVENT. DTSTAMP is the last change, never now (cases G1, G9)."""
    event = entry.event
    modified = _utc(entry.last_modified)
    yield from ("BEGIN:VEVENT", f"UID:{_escape(one_line(entry.uid, 255))}", f"DTSTAMP:{modified}")
    yield from (f"CREATED:{_utc(entry.created)}", f"LAST-MODIFIED:{modified}")
    yield f"SEQUENCE:{max(0, entry.sequence)}"
    yield from _times(event)
    yield f"SUMMARY:{_escape(_summary(event))}"
    yield f"STATUS:{_status(event)}"
    yield f"TRANSP:{_transparency(event)}"
    yield from _optional(entry)
    yield "END:VEVENT"


def _optional(entry: Entry) -> Iterator[str]:
    event = entry.event
    if where := _location(event):
        yield f"LOCATION:{_escape(where)}"
    place = None if event.within_km else event.location  # the middle of a city is no place
    if place and (point := coordinates(place.latitude, place.longitude)):
        yield f"GEO:{point[0]:.6f};{point[1]:.6f}"
    if url := web_url(event.url) or web_url(entry.details_url):
        yield f"URL:{url}"
    if categories := [one_line(category, 60) for category in event.categories[:10]]:
        yield "CATEGORIES:" + ",".join(_escape(category) for category in categories if category)
    if description := _description(entry):
        yield f"DESCRIPTION:{_escape(description)}"


def _summary(event: Event) -> str:
    """The title; a cancelled or postponed event says so in front (case E1)."""
    name = one_line(event.name, 300) or "Event"
    prefix = _PREFIX.get(event.event_status, "")
    return name if _MARKED.match(name) else prefix + name


def _status(event: Event) -> str:
    return _STATUS.get(event.event_status, "CONFIRMED")


def _transparency(event: Event) -> str:
    """Only what surely takes place at certain hours makes its owner busy."""
    return "TRANSPARENT" if event.all_day or _status(event) != "CONFIRMED" else "OPAQUE"


def _location(event: Event) -> str:
    online = web_url(event.virtual_location)
    where = wording.place(event)
    return online if online and where == "Online" else where


def _description(entry: Entry) -> str:
    """Plain text (case G7): state, chance, price, the organizer's words, links on lines of their own."""
    event = entry.event
    price = wording.price(event.offers)
    links = (
        ("Join", event.virtual_location),
        ("Event page", event.url),
        ("Details", entry.details_url),
    )
    parts = [
        "\n".join(one_line(note, 300) for note in entry.notes),
        block(entry.score, 2000),
        f"Price: {price}" if price else "",
        block(event.description, 4000),
        "\n".join(f"{label}: {url}" for label, link in links if (url := web_url(link))),
    ]
    return "\n\n".join(part for part in parts if part)


def span(event: Event) -> tuple[datetime, datetime]:
    """Local start and end as a calendar needs them: the end lies after the start (case B9)."""
    start, zone = event.start.astimezone(UTC), ZoneInfo(event.time_zone)
    # In UTC: within one zone Python compares wall clocks, wrong in the night they go back.
    end = event.end.astimezone(UTC) if event.end else start
    end = end if end > start else start + DEFAULT_DURATION
    return start.astimezone(zone), end.astimezone(zone)


def span_of_dates(event: Event) -> tuple[date, date]:
    """Dates of an all-day event, the second exclusive and later than the first (case B7)."""
    start, end = event.local_start.date(), event.local_end
    return start, max(end.date() if end else start, start + timedelta(days=1))


def _times(event: Event) -> tuple[str, str]:
    """DTSTART and DTEND: dates, or local times with their zone, or UTC; never floating (G8, B16).

    A local time that occurs twice means its first occurrence (RFC 5545 3.3.5); the second one can
    only be said in UTC.
    """
    if event.start.tzinfo is None:
        raise ValueError("a naive time has no place in a feed")
    if event.all_day:
        first, last = span_of_dates(event)
        return f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}"
    start, end = span(event)
    if event.time_zone in {"UTC", "Etc/UTC"} or start.fold or end.fold:
        return f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}"
    zone = event.time_zone
    return (
        f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}",
    )


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escape(text: str) -> str:
    """A TEXT value (RFC 5545 3.3.11)."""
    text = text.replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,")
    return text.replace("\n", r"\n")


def _fold(line: str) -> bytes:
    """A content line of at most 75 octets a row (RFC 5545 3.1); splits no character, no escape."""
    data = line.encode()
    if len(data) <= 75:
        return data + b"\r\n"
    rows, limit = [], 75
    while len(data) > limit:
        cut = limit
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        backslashes = cut - len(data[:cut].rstrip(b"\\"))
        cut -= backslashes % 2
        rows.append(data[:cut])
        data, limit = data[cut:], 74
    return b"\r\n ".join((*rows, data)) + b"\r\n"
