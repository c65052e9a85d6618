"""schema.org `Schedule` (`eventSchedule`): said again as a recurrence rule and expanded like one."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scrapers import _recurrence
from scrapers._dates import Span, read_clock_times, read_moment
from scrapers._nodes import Node, first_text, last_part, text, values
from scrapers._time import find_zone
from scrapers.base import MAX_OCCURRENCES, BadComponent, Document

_FREQUENCIES = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_NAMED = {"daily": "P1D", "weekly": "P1W", "biweekly": "P2W", "monthly": "P1M", "yearly": "P1Y"}
_REPEAT = re.compile(r"P(\d{1,5})([DWMY])", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?",
    re.IGNORECASE | re.ASCII,
)
_BY_DAY = re.compile(r"([+-]?[1-5])?(mo|tu|we|th|fr|sa|su)[a-z]*", re.IGNORECASE | re.ASCII)
_LISTS = {"byMonthDay": "BYMONTHDAY", "byMonth": "BYMONTH"}


def read_duration(said: str) -> timedelta | None:
    """An ISO 8601 duration of weeks, days and times, longer than nothing, else None."""
    match = _DURATION.fullmatch(said.strip())
    if match is None:
        return None
    parts = {unit: int(number) for unit, number in match.groupdict().items() if number}
    return timedelta(**parts) or None


def expand(schedule: Node, start: str, document: Document, zone: ZoneInfo) -> list[Span]:
    """The occurrences that lie in the document's window, at most 500, on the wall clock.

    `start` is the event's own start, used where the schedule names none. Raises BadComponent if
    the schedule cannot be followed.
    """
    zone = find_zone(first_text(schedule, "scheduleTimezone")) or zone
    first = read_moment(first_text(schedule, "startDate") or start, zone)
    if first is None:
        raise BadComponent("no_start", "the schedule has no start date that can be read")
    clock = _clock(schedule, "startTime")
    begin = first.at.astimezone(zone).replace(tzinfo=None)
    begin = datetime.combine(begin.date(), clock) if clock else begin
    all_day = first.all_day and clock is None
    length = _length(schedule, begin, all_day=all_day)
    rule = _recurrence.checked_rule(_rule(schedule))
    window = _window(document, zone, length)
    skipped = _skipped(schedule, zone)
    return [
        Span(wall.replace(tzinfo=zone), _end(wall, length, zone), all_day, zone.key, first.notes)
        for wall in _recurrence.expand(rule, begin, _until(schedule, zone), window)
        if wall.date() not in skipped
    ][:MAX_OCCURRENCES]


def _rule(schedule: Node) -> str:
    """The schedule's terms as an RRULE; weekly where it names days and no frequency."""
    days = ",".join(_by_days(schedule))
    said = first_text(schedule, "repeatFrequency") or ("weekly" if days else "")
    match = _REPEAT.fullmatch(_NAMED.get(last_part(said).lower(), said))
    if match is None:
        raise BadComponent("schedule_unsupported", f"cannot repeat by '{said[:40]}'")
    parts = {"FREQ": _FREQUENCIES[match[2].upper()], "INTERVAL": match[1], "BYDAY": days}
    parts["COUNT"] = first_text(schedule, "repeatCount").removesuffix(".0")
    for key, name in _LISTS.items():
        parts[name] = ",".join(text(value) for value in values(schedule, key))
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def _by_days(schedule: Node) -> list[str]:
    said = (part.strip() for value in values(schedule, "byDay") for part in text(value).split(","))
    matches = (_BY_DAY.fullmatch(last_part(part)) for part in said)
    return [f"{match[1] or ''}{match[2].upper()}" for match in matches if match]


def _length(schedule: Node, begin: datetime, *, all_day: bool) -> timedelta | None:
    length = read_duration(first_text(schedule, "duration"))
    end = _clock(schedule, "endTime")
    if length or end is None or all_day:
        return length
    length = datetime.combine(begin.date(), end) - begin
    return length if length > timedelta(0) else length + timedelta(days=1)


def _clock(schedule: Node, key: str) -> time | None:
    """A time of day, also where a whole date and time was put."""
    said = first_text(schedule, key)
    moment = read_moment(said, ZoneInfo("UTC"))
    if moment is not None:
        return None if moment.all_day else moment.at.time()
    return read_clock_times(said)[0]


def _window(document: Document, zone: ZoneInfo, length: timedelta | None) -> _recurrence.Span:
    first = document.window_start.astimezone(zone) - (length or timedelta(0))
    last = document.window_end.astimezone(zone)
    return _recurrence.Span(first.replace(tzinfo=None), last.replace(tzinfo=None))


def _until(schedule: Node, zone: ZoneInfo) -> datetime | None:
    last = read_moment(first_text(schedule, "endDate"), zone)
    if last is None:
        return None
    end = last.at.replace(tzinfo=None)
    return end + timedelta(days=1, microseconds=-1) if last.all_day else end


def _skipped(schedule: Node, zone: ZoneInfo) -> set[object]:
    moments = (read_moment(text(value), zone) for value in values(schedule, "exceptDate"))
    return {moment.at.date() for moment in moments if moment}


def _end(wall: datetime, length: timedelta | None, zone: ZoneInfo) -> datetime | None:
    return (wall + length).replace(tzinfo=zone) if length else None
