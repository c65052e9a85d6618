"""Values of iCalendar properties (RFC 5545 3.3), read leniently; what cannot be read is None."""

import math
import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from icalendar.parser import split_on_unescaped_comma, unescape_backslash
from icalendar.prop import vDuration

from scrapers._ical_lines import Property, parameters
from scrapers._ical_zones import Zones

Moment = date | datetime  # a date, or an aware time

_LOOSE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_MOMENT_LIMIT = 64
_MAX_CATEGORIES = 20
_LONGEST = timedelta(days=366 * 20)


def text(raw: str) -> str:
    """A TEXT value without its backslashes (3.3.11)."""
    return unescape_backslash(raw) if "\\" in raw else raw


def moment(found: Property | None, zones: Zones, default: tzinfo | None = None) -> Moment | None:
    """A DATE as a date, a DATE-TIME as an aware time; None if there is none or it is unreadable.

    A time with neither Z nor TZID stands in `default`, or in the calendar's home zone. A Z beside
    a TZID wins: the standard allows no TZID there. The value's form decides, not VALUE, which
    real feeds set wrongly (CASES.md, DTSTART;VALUE=DATE with a time).
    """
    if found is None:
        return None
    raw, value = found
    return instant(value, _zone(raw, zones, default), zones)


def instant(value: str, zone: tzinfo, zones: Zones) -> Moment | None:
    """One DATE or DATE-TIME of a list; `zone` is that of a time which names none."""
    value = value.strip(' \t\n"')
    try:
        if len(value) == 16 and value[15] == "Z" and value[8] == "T":
            return zones.labelled(datetime.fromisoformat(value[:15]))
        if len(value) == 15 and value[8] == "T":
            return zones.placed(datetime.fromisoformat(value), zone)
        if len(value) == 8 and value.isdecimal() and value.isascii():
            return date.fromisoformat(value)
        return _loose(value, zone, zones)
    except (ValueError, OverflowError):
        return None


def moments(found: list[Property], zones: Zones, zone: tzinfo, limit: int) -> list[Moment]:
    """All dates and times of RDATE or EXDATE properties, the starts of periods, at most `limit`."""
    read: list[Moment] = []
    for raw, value in found:
        own = _zone(raw, zones, zone)
        for item in value.split(",", limit - len(read))[: limit - len(read)]:
            when = instant(item.partition("/")[0], own, zones)
            if when is not None:
                read.append(when)
        if len(read) >= limit:
            break
    return read


def duration(raw: str) -> timedelta | None:
    """A DURATION of at most twenty years, else None (SECURITY.md P13)."""
    if not raw or len(raw) > _MOMENT_LIMIT:
        return None
    try:
        length: timedelta = vDuration.from_ical(raw.strip())  # type: ignore[no-untyped-call]  # icalendar is untyped here
    except (ValueError, OverflowError):
        return None
    return length if abs(length) <= _LONGEST else None


def coordinates(raw: str) -> tuple[float, float] | None:
    """GEO as (latitude, longitude) in degrees; None if out of range or the empty 0;0 (F3)."""
    latitude, _, longitude = raw[:_MOMENT_LIMIT].replace("\\", "").replace(",", ";").partition(";")
    try:
        pair = float(latitude), float(longitude)
    except ValueError:
        return None
    if not all(map(math.isfinite, pair)) or abs(pair[0]) > 90 or abs(pair[1]) > 180:
        return None
    return pair if any(pair) else None


def categories(found: list[Property]) -> list[str]:
    """The CATEGORIES of all properties, unescaped, in order."""
    raw = [value for _, value in found[:_MAX_CATEGORIES]]
    return [name for value in raw for name in split_on_unescaped_comma(value[:2000])]


def _zone(raw: str, zones: Zones, default: tzinfo | None) -> tzinfo:
    tzid = parameters(raw).get("TZID", "").strip() if raw else ""
    return zones.of(tzid) if tzid else default or zones.home


def _loose(value: str, zone: tzinfo, zones: Zones) -> Moment | None:
    """What people's scripts write: dashes and colons, an offset, no seconds, 24:00, second 60."""
    match = _LOOSE.fullmatch(value[:_MOMENT_LIMIT])
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups()[:3])
    if match[4] is None:
        return date(year, month, day)
    hour, minute, second = int(match[4]), int(match[5]), min(int(match[6] or 0), 59)
    midnight = datetime(year, month, day)  # noqa: DTZ001 -- its zone follows
    naive = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    if hour > 24 or minute > 59:
        return None
    mark = (match[7] or "").upper()
    if mark in {"", "Z"}:
        return zones.labelled(naive) if mark else zones.placed(naive, zone)
    return datetime.fromisoformat(f"{naive.isoformat()}{mark[:3]}:{mark[-2:]}").astimezone(UTC)
