"""Dates and times as people and programs write them, read in the zone of their source.

ISO 8601 first, then what `dateutil` understands, but never with a part that the text does not say:
a day without a year is no date. Input of more than 64 characters is not a date (SECURITY.md P21).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil_parser

MAX_DATE_CHARS = 64
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_OVERNIGHT = timedelta(hours=12)

# RFC 822 5.1 defines these names; any other abbreviation is the local time of the source.
_RFC_822_ZONES = {
    "UT": 0, "GMT": 0, "UTC": 0, "Z": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_MONTH_FIRST_ZONES = re.compile(
    r"US/|America/(?:New_York|Detroit|Chicago|Denver|Boise|Phoenix|Los_Angeles|Anchorage|Juneau"
    r"|Nome|Sitka|Menominee|Indiana/|Kentucky/|North_Dakota/)|Pacific/Honolulu"
)

_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d")
_ORDINAL_DATE = re.compile(r"(\d{4})-(\d{3})(?!\d|-)")
_JOINED_BY_DASH = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{1,2}:\d{2})")
_EVENTON = re.compile(r"\A(\d{4}-\d{1,2}-\d{1,2})T(\d{1,2})-\2-(\d{2})-00\Z")  # hour written twice
_YEAR_FIRST = re.compile(r"\d{4}[/.-]")
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}")
_NOISE = re.compile(r"\s(?:@|at|um|à|a las|om)\s|\b(?:Uhr|hrs?|horas)\b\.?", re.IGNORECASE)
_ZONE_IN_BRACKETS = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?::\d{2})?\s*"
    r"(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<unit>Uhr|h(?:rs|oras)?)\b)?|\b(?P<word>noon|midnight)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:-|to|until|till|bis|&|and)\s*", re.IGNORECASE)
_SURE = ("minute", "half", "unit", "word")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, aware; with `all_day` only the date of `at` counts."""

    at: datetime
    all_day: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end` (exclusive, None if unknown), both aware and in one zone."""

    start: datetime
    end: datetime | None
    all_day: bool
    time_zone: str
    notes: tuple[str, ...] = ()


def read_moment(text: str, zone: ZoneInfo) -> Moment | None:
    """A date or a date with a time, or None if the text is not surely one.

    A time without an offset is one of `zone`. With an offset the instant counts, except for the
    offset that `zone` has in its other season: a publisher's constant, so the wall clock counts
    and the note `offset_of_other_season` stands by it (CASES B13).
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_DATE_CHARS or _has_foreign_digit(text):
        return None
    found = _read_iso(text) or _read_loose(_mended(text), zone)
    if found is None or not _FIRST_YEAR <= found[0].year <= _LAST_YEAR:
        return None
    value, has_time, notes = found
    if not has_time:
        return Moment(_at(value.date(), zone), all_day=True, notes=notes)
    settled = _settle(value, zone)
    return Moment(settled.at, notes=notes + settled.notes)


def read_span(
    start: str, end: str, zone: ZoneInfo, *, end_day_included: bool = True
) -> Span | None:
    """Start and end of an event, or None if the start cannot be read.

    A bare end date is the last day (schema.org), unless `end_day_included` is False (RFC 5545).
    An end that is before the start, or no time at all, is dropped and noted; midnight to midnight
    or midnight alone is a whole day, since that is how programs write a date (CASES B9, B16).
    """
    first = read_moment(start, zone)
    if first is None:
        return None
    last = read_moment(end, zone) if end.strip() else None
    notes = first.notes + (last.notes if last else ())
    if end.strip() and last is None:
        notes += ("end_unreadable",)
    all_day = first.all_day or _is_whole_days(first.at, last)
    if all_day and not first.all_day:
        notes += ("midnight_read_as_all_day",)
    stop, more = _stop(first.at, last, all_day=all_day, end_day_included=end_day_included)
    home = first.at.tzinfo
    key = home.key if isinstance(home, ZoneInfo) else zone.key
    stop = stop.astimezone(home) if stop else None
    return Span(first.at, stop, all_day, key, tuple(dict.fromkeys(notes + more)))


def read_clock_times(text: str) -> tuple[time | None, time | None]:
    """The first one or two times of day in a text such as "7 - 9:30 pm", "19:00–21:00", "noon".

    A first time without am or pm takes that of the second. A bare number counts only beside one.
    """
    text = _DASHES.sub("-", text[:MAX_DATE_CHARS])
    found = list(_CLOCK.finditer(text))
    sure = [match for match in found if any(match[group] for group in _SURE)]
    if not sure:
        return None, None
    if found[0] not in sure and not _is_range(text, found):
        found = sure
    found = found[:2]
    first = _time_of(found[0], found[-1]["half"])
    if len(found) == 1 or first is None:
        return first, None
    second = _time_of(found[1], found[0]["half"])
    if second and second <= first and found[0]["half"] and not found[1]["half"]:
        second = second.replace(hour=(second.hour + 12) % 24)  # "11 am - 1"
    return first, second


def _is_range(text: str, found: list[re.Match[str]]) -> bool:
    """Whether a bare first number belongs to a second time that is surely one ("7 - 9 pm")."""
    between = text[found[0].end() : found[1].start()] if len(found) > 1 else ""
    return _RANGE.fullmatch(between) is not None


def joined(day: str, clock: time | None) -> str:
    """A date text and a time of day as one text for `read_moment`."""
    return f"{day.strip()} {clock:%H:%M}" if clock and day.strip() else day


def month_first(zone: ZoneInfo) -> bool:
    """Whether people of the zone write 4/5/2026 for the fifth of April."""
    return _MONTH_FIRST_ZONES.match(zone.key) is not None


def _mended(text: str) -> str:
    text = _JOINED_BY_DASH.sub(r"\1 \2", _DASHES.sub("-", text))
    return _EVENTON.sub(r"\1 \2:\3", text)


def _has_foreign_digit(text: str) -> bool:
    return not text.isascii() and any(char.isdigit() and not char.isascii() for char in text)


def _read_iso(text: str) -> tuple[datetime, bool, tuple[str, ...]] | None:
    """ISO 8601 calendar, week and ordinal dates; the second value tells whether a time is said."""
    if ordinal := _ORDINAL_DATE.match(text):
        try:
            day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
        except (ValueError, OverflowError):
            return None
        text = day.isoformat() + text[ordinal.end() :]
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value, _DATE_ONLY.fullmatch(text) is None, ()


def _read_loose(text: str, zone: ZoneInfo) -> tuple[datetime, bool, tuple[str, ...]] | None:
    """What `dateutil` reads; read twice over two defaults, so a part it made up shows itself."""
    text = _NOISE.sub(" ", _ZONE_IN_BRACKETS.sub("", text))
    if not any(char.isalpha() or char in "/.-" for char in text):
        return None
    notes: tuple[str, ...] = ()
    day_first = not month_first(zone) and _YEAR_FIRST.match(text) is None
    numeric = _NUMERIC_DATE.search(text)
    if numeric and numeric[1] != numeric[2] and int(numeric[1]) <= 12 and int(numeric[2]) <= 12:
        notes = ("date_order_guessed",)
    try:
        one, two = (
            dateutil_parser.parse(text, default=default, dayfirst=day_first, tzinfos=_named_zone)
            for default in (datetime(1999, 1, 1), datetime(2000, 2, 2, 1))  # noqa: DTZ001 -- wall clock
        )
        has_time = one.hour == two.hour
        return (one, has_time, notes) if one.date() == two.date() else None
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError, ArithmeticError):
        return None


def _named_zone(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    hours = _RFC_822_ZONES.get((name or "").upper())
    return None if hours is None else timezone(timedelta(hours=hours))


def _settle(value: datetime, zone: ZoneInfo) -> Moment:
    offset = value.utcoffset()
    wall = value.replace(tzinfo=zone)
    if offset is None:
        return Moment(wall.astimezone(UTC).astimezone(zone))  # a wall clock in a gap moves on
    if wall.utcoffset() == offset:
        return Moment(wall)
    if offset and offset in _season_offsets(value.year, zone):
        return Moment(wall, notes=("offset_of_other_season",))
    if zone.key == "UTC":
        return Moment(value.astimezone(_fixed_zone(offset)))
    return Moment(value.astimezone(zone))


def _season_offsets(year: int, zone: ZoneInfo) -> set[timedelta | None]:
    return {datetime(year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)}


def _fixed_zone(offset: timedelta) -> ZoneInfo:
    """The IANA zone of whole hours from UTC (its names have the sign turned round), else UTC."""
    hours, rest = divmod(offset, timedelta(hours=1))
    if rest or not -14 <= hours <= 12 or not hours:
        return ZoneInfo("UTC")
    return ZoneInfo(f"Etc/GMT{-hours:+d}")


def _is_whole_days(start: datetime, last: Moment | None) -> bool:
    if start.time() != time.min:
        return False
    if last is None or last.all_day:
        return True
    end = last.at.astimezone(start.tzinfo)
    return (end.hour, end.minute) in {(0, 0), (23, 59)}


def _stop(
    start: datetime, last: Moment | None, *, all_day: bool, end_day_included: bool
) -> tuple[datetime | None, tuple[str, ...]]:
    """The exclusive end in the same terms as the start, with what was guessed."""
    if last is None:
        return None, ()
    end = last.at.astimezone(start.tzinfo) if not last.all_day else last.at
    if all_day:
        return _stop_day(start, end, included=last.all_day and end_day_included)
    if last.all_day:
        several = end.date() > start.date()
        return (_at(end.date() + timedelta(days=1), start.tzinfo) if several else None), (
            "end_without_time",
        )
    if end > start:
        return end, ()
    if end == start:
        return None, ("zero_length",)
    if end.date() == start.date() and (overnight := end + timedelta(days=1)) - start <= _OVERNIGHT:
        return overnight, ("end_read_as_next_day",)
    return None, ("end_before_start",)


def _stop_day(
    start: datetime, end: datetime, *, included: bool
) -> tuple[datetime | None, tuple[str, ...]]:
    day = end.date()
    if included or end.time() != time.min:
        day += timedelta(days=1)
    if day > start.date():
        return _at(day, start.tzinfo), ()
    return None, (() if day == start.date() else ("end_before_start",))


def _at(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time.min, zone)


def _time_of(match: re.Match[str], half: str | None) -> time | None:
    if word := match["word"]:
        return time(12 if word.lower() == "noon" else 0)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = match["half"] or half
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
