"""Records of calendars that repeat by RFC 5545 rules: said again as iCalendar, which reads them."""

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from scrapers import ical
from scrapers._dates import Moment, read_moment
from scrapers._text import clean
from scrapers.base import Document, Parsed

Property = tuple[str, str]

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def read_vevents(document: Document, events: Iterable[Iterable[Property]], zone: str) -> Parsed:
    """Events, each as (name with parameters, value) pairs; `zone` is the calendar's own or ""."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *([f"X-WR-TIMEZONE:{zone}"] if zone else ())]
    for event in events:
        lines += ["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in event if value)]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    content = "\r\n".join(map(_one_line, lines)).encode(errors="replace")
    return ical.parse(replace(document, content=content, content_type="text/calendar"))


def escaped(value: str) -> str:
    """A value of type TEXT (RFC 5545 3.3.11)."""
    return clean(value).translate(_ESCAPES)


def moment(name: str, said: str, zone: ZoneInfo, *, all_day: bool = False) -> Property:
    """A date, or a time on the wall clock of the zone that the series keeps (CASES B12)."""
    found = read_moment(said, zone)
    if found is None:
        return name, ""
    if all_day or found.all_day:
        return f"{name};VALUE=DATE", f"{found.at:%Y%m%d}"
    return f"{name};TZID={zone.key}", _local(found, zone)


def _local(found: Moment, zone: ZoneInfo) -> str:
    return f"{found.at.astimezone(zone):%Y%m%dT%H%M%S}"


def _one_line(line: str) -> str:
    return " ".join(line.splitlines())
