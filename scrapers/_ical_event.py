"""From a VEVENT (RFC 5545 3.6.1) to what a listing says, except when it takes place."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Protocol

from scrapers._ical_lines import Component, Property, parameters
from scrapers._ical_values import Moment, categories, coordinates, duration, moment, text
from scrapers._ical_zones import Zones
from scrapers._place import is_meeting, where
from scrapers._status import title_status
from scrapers._text import clean, one_line, plain, web_link
from scrapers._time import find_zone
from scrapers.base import (
    AttendanceMode,
    BadComponent,
    EventStatus,
    Listing,
    Organization,
    Place,
)

_UID_LIMIT = 500
_CATEGORY_LIMIT = 100
_GUESSED_NAME_LIMIT = 100
_UNTITLED = "Untitled event"
_MAX_SEQUENCE = 2**31 - 1
_IMAGE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_NOBODY = re.compile(
    r"no-?reply|donotreply|invalid|unknown|@group\.calendar\.google\.com", re.IGNORECASE
)
_STATUS = {"CANCELLED": EventStatus.CANCELLED, "CANCELED": EventStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class Draft:
    """One VEVENT with its times read; its texts wait until we know that we want them.

    `start` and `end` are dates (all-day) or aware times; `recurrence` is the RECURRENCE-ID.
    """

    component: Component
    uid: str
    sequence: int
    start: Moment
    end: Moment | None
    recurrence: Moment | None
    zone: tzinfo
    notes: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether it begins a series."""
        return self.recurrence is None and bool(
            self.component.value("RRULE") or self.component.value("RDATE")
        )


class Tell(Protocol):
    """Makes the listing of one occurrence, as `listing_of` does."""

    def __call__(
        self, event: Draft, start: datetime, end: datetime | None, *, zone: str, series: str
    ) -> Listing:
        """`start` and `end` stand in `zone`, an IANA name."""
        ...


def draft(component: Component, zones: Zones) -> Draft:
    """Read the times of a VEVENT. Raises BadComponent("no_start") if it has none."""
    recurrence = moment(component.first("RECURRENCE-ID"), zones)
    start = moment(component.first("DTSTART"), zones)
    if start is None:
        start = _fallback_start(component, recurrence)
    zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo else zones.home
    end, notes = _end(component, start, zones, zone)
    if isinstance(start, datetime) and _is_whole_days(component, start, end):
        start, end = start.date(), end.date() if isinstance(end, datetime) else end
    if zones.unknown and zones.guessed(component.first("DTSTART")):
        notes = (*notes, "zone_guessed")
    uid = clean(text(component.value("UID"))).strip()[:_UID_LIMIT]
    raw = component.value("SEQUENCE").strip()
    sequence = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) <= 10 else 0
    return Draft(component, uid, min(sequence, _MAX_SEQUENCE), start, end, recurrence, zone, notes)


def _fallback_start(component: Component, recurrence: Moment | None) -> Moment:
    """A cancelled instance may name itself only (CASES.md E6); nothing else lacks a start."""
    if recurrence is not None and component.value("STATUS").strip().upper() in _STATUS:
        return recurrence
    if component.value("DTSTART"):
        raise BadComponent("bad_start", "its start cannot be read")
    raise BadComponent("no_start", "it has no start")


def _end(
    component: Component, start: Moment, zones: Zones, zone: tzinfo
) -> tuple[Moment | None, tuple[str, ...]]:
    """The end, in the zone of the start, if it is one; and what is to be noted (CASES.md B9)."""
    end = moment(component.first("DTEND"), zones, zone)
    length = None if end else duration(component.value("DURATION"))
    if length is not None:
        end = _after(start, length)
    elif end is None:
        return None, ("end_unreadable",) if component.value("DTEND") else ()
    if isinstance(start, datetime) and not isinstance(end, datetime):
        end = datetime.combine(end, time(), zone) if end else None
    elif not isinstance(start, datetime) and isinstance(end, datetime):
        end = end.date()
    if end is None or _instant(end) <= _instant(start):
        return None, ("end_before_start",) if end and _instant(end) < _instant(start) else ()
    return end.astimezone(zone) if isinstance(end, datetime) else end, ()


def _after(start: Moment, length: timedelta) -> Moment | None:
    """`length` later; exact, not by the wall clock, as a DURATION of hours means."""
    try:
        if isinstance(start, datetime) and start.tzinfo and length.days == 0:
            return datetime.fromtimestamp(start.timestamp() + length.total_seconds(), start.tzinfo)
        return start + length
    except (OverflowError, ValueError, OSError):
        return None


def _instant(moment: Moment) -> Moment:
    """For comparing: two times of one zone would be compared by their wall clocks."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _is_whole_days(component: Component, start: datetime, end: Moment | None) -> bool:
    marked = component.value("X-MICROSOFT-CDO-ALLDAYEVENT").strip().upper() == "TRUE"
    edges = [start, end] if isinstance(end, datetime) else [start]
    return marked and all(edge.time() == time() for edge in edges)


def own_zone(component: Component, zones: Zones) -> tzinfo:
    """The zone an event with times in UTC takes place in, as far as its feed tells."""
    named = component.value("X-LIVEWHALE-TIMEZONE")
    return (find_zone(text(named)) if named else None) or zones.home


def listing_of(
    event: Draft, start: datetime, end: datetime | None, *, zone: str, series: str
) -> Listing:
    """The listing of one occurrence; `start` and `end` stand in `zone`, an IANA name.

    Which instance of a series it is (`recurrence_id`) the caller adds.
    """
    component = event.component
    description = _description(component)
    title, marked = title_status(one_line(text(component.value("SUMMARY"))))
    place, link, mode = where(text(component.value("LOCATION")))
    meeting = link if is_meeting(link) else _conference(component)
    stated = _STATUS.get(component.value("STATUS").strip().upper())
    return Listing(
        name=title or one_line(description.partition("\n")[0], _GUESSED_NAME_LIMIT) or _UNTITLED,
        start=start,
        time_zone=zone,
        end=end,
        all_day=not isinstance(event.start, datetime),
        uid=event.uid,
        sequence=event.sequence,
        series=series,
        description=description,
        url=web_link(component.value("URL")) or ("" if meeting == link else link),
        image=_image(component),
        location=_with_coordinates(place, component),
        virtual_location=meeting,
        organizer=_organizer(component.first("ORGANIZER")),
        categories=_categories(component),
        event_status=stated or marked or EventStatus.SCHEDULED,
        event_attendance_mode=_mode(mode, place, meeting),
        private=component.value("CLASS").strip().upper() not in {"", "PUBLIC"},
        notes=event.notes if title else (*event.notes, "name_guessed"),
    )


def _description(component: Component) -> str:
    for name in ("DESCRIPTION", "STYLED-DESCRIPTION", "X-ALT-DESC"):
        found = plain(text(component.value(name)))
        if found:
            return found
    return ""


def _with_coordinates(place: Place | None, component: Component) -> Place | None:
    pair = coordinates(component.value("GEO"))
    if pair is None:
        return place
    return replace(place or Place(), latitude=pair[0], longitude=pair[1])


def _mode(mode: AttendanceMode, place: Place | None, meeting: str) -> AttendanceMode:
    if not meeting:
        return mode
    return AttendanceMode.MIXED if place else AttendanceMode.ONLINE


def _conference(component: Component) -> str:
    for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"):
        for _, value in component.properties.get(name, ()):
            if link := web_link(value):
                return link
    return ""


def _image(component: Component) -> str:
    for name in ("IMAGE", "ATTACH", "X-WP-IMAGES-URL"):
        for raw, value in component.properties.get(name, ()):
            link = web_link(value.rpartition(";")[2] if name.startswith("X-WP") else value)
            kind = parameters(raw).get("FMTTYPE", "") if raw else ""
            if link and (name != "ATTACH" or kind.startswith("image/") or _IMAGE.search(link)):
                return link
    return ""


def _organizer(found: Property | None) -> Organization | None:
    """By the printed name; an e-mail address only where there is nothing else."""
    if found is None:
        return None
    raw, value = found
    value = value.strip()
    name = one_line(parameters(raw).get("CN", ""))
    if not name or "@" in name:
        address = value[7:] if value[:7].lower() == "mailto:" else ""
        name = name or one_line(address)
        name = "" if _NOBODY.search(name) else name
    url = web_link(value)
    return Organization(name=name, url=url) if name or url else None


def _categories(component: Component) -> tuple[str, ...]:
    found = component.properties.get("CATEGORIES")
    if not found:
        return ()
    names = (one_line(name, _CATEGORY_LIMIT) for name in categories(found)[:20])
    return tuple(dict.fromkeys(filter(None, names)))
