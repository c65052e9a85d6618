"""Which zone a TZID means inside one feed (RFC 5545 3.2.19, 3.6.5).

A name that the world knows is never taken from the feed: the icalendar library caches the first
definition of a name for the whole process, so one feed could shift every later one (SECURITY.md
F5). A name only the feed defines is read from its VTIMEZONE, for this feed alone.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from io import StringIO
from zoneinfo import ZoneInfo

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scrapers._ical_lines import Component, Property, parameters
from scrapers._time import find_zone

_MAX_OBSERVANCES = 200
_STAMP = re.compile(r"\d{8}T\d{6}", re.ASCII)
_OFFSET = re.compile(r"[+-](?:0\d|1[0-5])[0-5]\d(?:[0-5]\d)?", re.ASCII)
# One change a year by month and weekday is all that real definitions use; a rule by the second
# would be walked from the year 1601 at each look-up (SECURITY.md P10).
_YEARLY = re.compile(
    r"FREQ=YEARLY(?:;(?:INTERVAL=1|UNTIL=\d{8}(?:T\d{6}Z?)?|WKST=[A-Z]{2}|BYMONTH=\d{1,2}"
    r"|BYDAY=[+-]?[1-5]?[A-Z]{2}|BYMONTHDAY=-?\d{1,2}(?:,-?\d{1,2}){0,6}))*",
    re.ASCII,
)


@dataclass
class Zones:
    """The zones of one calendar. `home` is that of times without one: its own, or its source's."""

    home: ZoneInfo
    definitions: dict[str, Component]
    around: datetime  # the time of interest, for comparing offsets
    times: str = ""  # the source's rule for mislabelled times: "utc_is_local", "local_is_utc"
    known: dict[str, tzinfo] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def of(self, tzid: str) -> tzinfo:
        """The zone of a TZID; `home` (and a mark in `unknown`) where nobody can tell."""
        zone = self.known.get(tzid)
        if zone is None:
            zone = self.known[tzid] = self._find(tzid)
        return zone

    def guessed(self, found: Property | None) -> bool:
        """Whether a time names a zone that nobody knows."""
        return found is not None and parameters(found[0]).get("TZID", "").strip() in self.unknown

    def labelled(self, naive: datetime) -> datetime:
        """The time that a publisher marked as UTC; the source may know better (CASES.md B5)."""
        return existing(naive, self.home if self.times == "utc_is_local" else UTC)

    def placed(self, naive: datetime, zone: tzinfo) -> datetime:
        """The time that a publisher gave in a zone; the source may know better (CASES.md B5)."""
        return existing(naive, UTC if self.times == "local_is_utc" else zone)

    def _find(self, tzid: str) -> tzinfo:
        definition = self.definitions.get(tzid.strip())
        location = definition.value("X-LIC-LOCATION") if definition else ""
        zone = find_zone(tzid) or find_zone(location) or self._defined(definition)
        if zone is None:
            self.unknown.add(tzid)
            return self.home
        return zone

    def _defined(self, definition: Component | None) -> tzinfo | None:
        text = _checked(definition) if definition else None
        if text is None:
            return None
        try:
            zone = tzical(StringIO(text)).get()
            return _equivalent(zone, self.around, self.home) or zone if zone else None
        except (ValueError, OverflowError, IndexError, AttributeError):
            return None


def existing(naive: datetime, zone: tzinfo) -> datetime:
    """The wall time in the zone; one that a clock change skips is read with the offset before it,
    as RFC 5545 3.3.5 asks: 02:30 becomes 03:30."""
    aware = naive.replace(tzinfo=zone)
    return aware if zone is UTC else aware.astimezone(UTC).astimezone(zone)


def _checked(definition: Component) -> str | None:
    """The definition rewritten with what matters only, or None if it is not a sane one."""
    observances = definition.parts[: _MAX_OBSERVANCES + 1]
    if not observances or len(observances) > _MAX_OBSERVANCES:
        return None
    lines = ["BEGIN:VTIMEZONE", "TZID:feed"]
    for observance in observances:
        if observance.name not in {"STANDARD", "DAYLIGHT"}:
            continue
        start, rule = observance.value("DTSTART").strip(), observance.value("RRULE").strip()
        offsets = [observance.value(f"TZOFFSET{end}").strip() for end in ("FROM", "TO")]
        sane = _STAMP.fullmatch(start) and all(map(_OFFSET.fullmatch, offsets))
        if not sane or (rule and not _YEARLY.fullmatch(rule)):
            return None
        dates = [value.strip() for _, value in observance.properties.get("RDATE", ())]
        lines += [f"BEGIN:{observance.name}", f"DTSTART:{start}", f"TZOFFSETFROM:{offsets[0]}"]
        lines += [f"TZOFFSETTO:{offsets[1]}", *([f"RRULE:{rule}"] if rule else ())]
        lines += [f"RDATE:{date}" for date in dates[:_MAX_OBSERVANCES] if _STAMP.fullmatch(date)]
        lines += [f"END:{observance.name}"]
    return "\n".join([*lines, "END:VTIMEZONE", ""])


def _equivalent(zone: tzinfo, around: datetime, home: ZoneInfo) -> ZoneInfo | None:
    """An IANA zone that keeps the same time in the year around, preferably the feed's own."""
    samples = [around.astimezone(UTC) + timedelta(days=15 * step) for step in range(-6, 32)]
    offsets = [sample.astimezone(zone).utcoffset() for sample in samples]
    for candidate in (home, *_common_zones()):
        if all(
            s.astimezone(candidate).utcoffset() == o for s, o in zip(samples, offsets, strict=True)
        ):
            return candidate
    return None


@cache
def _common_zones() -> tuple[ZoneInfo, ...]:
    return tuple(map(ZoneInfo, dict.fromkeys(WINDOWS_TO_OLSON.values())))
