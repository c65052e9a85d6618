"""schema.org `Schedule` (`eventSchedule`): its occurrences within a window, bounded."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil import rrule

from scrapers._dates import Span, read_clock_times, read_moment
from scrapers._nodes import Node, first_text, last_part, text, values
from scrapers.base import MAX_OCCURRENCES, BadComponent, Document

MAX_COUNT = 10_000  # SECURITY.md 3
MAX_INTERVAL = 1000
_SKIPPED = timedelta(days=366)

_FREQUENCIES = {"D": rrule.DAILY, "W": rrule.WEEKLY, "M": rrule.MONTHLY, "Y": rrule.YEARLY}
_NAMED = {"daily": "P1D", "weekly": "P1W", "biweekly": "P2W", "monthly": "P1M", "yearly": "P1Y"}
_REPEAT = re.compile(r"P(\d{1,5})([DWMY])", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?",
    re.IGNORECASE,
)
_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_BY_DAY = re.compile(r"(?P<nth>[+-]?[1-5])?(?P<day>mo|tu|we|th|fr|sa|su)[a-z]*", re.IGNORECASE)


def read_duration(text_: str) -> timedelta | None:
    """An ISO 8601 duration of weeks, days and times, longer than nothing, else None."""
    match = _DURATION.fullmatch(text_.strip())
    if match is None:
        return None
    parts = {unit: int(number) for unit, number in match.groupdict().items() if number}
    return timedelta(**parts) or None


def expand(schedule: Node, start: str, document: Document, zone: ZoneInfo) -> list[Span]:
    """The occurrences that lie in the document's window, at most 500, in wall-clock time.

    `start` is the event's own start, used where the schedule names none. Raises BadComponent if
    the schedule cannot be followed.
    """
    zone = _zone_of(schedule, zone)
    first = read_moment(first_text(schedule, "startDate") or start, zone)
    if first is None:
        raise BadComponent("no_start", "the schedule has no start date that can be read")
    begin, length = _times(schedule, first.at, all_day=first.all_day)
    rule = _rule(schedule, begin, document, zone)
    spans = []
    for wall in rule.xafter(
        document.window_start.astimezone(zone).replace(tzinfo=None) - (length or timedelta(0)),
        count=MAX_OCCURRENCES,
        inc=True,
    ):
        at = wall.replace(tzinfo=zone)
        if at > document.window_end:
            break
        end = (wall + length).replace(tzinfo=zone) if length else None
        all_day = first.all_day and not _clock(schedule, "startTime")
        spans.append(Span(at, end, all_day, zone.key, first.notes))
    return spans


def _zone_of(schedule: Node, zone: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(first_text(schedule, "scheduleTimezone")[:64])
    except (ValueError, OSError, KeyError):
        return zone


def _times(
    schedule: Node, first: datetime, *, all_day: bool
) -> tuple[datetime, timedelta | None]:
    """The wall clock of the first occurrence and the length of each."""
    starts, ends = _clock(schedule, "startTime"), _clock(schedule, "endTime")
    begin = first.replace(tzinfo=None)
    if starts:
        begin = datetime.combine(begin.date(), starts)
    length = read_duration(first_text(schedule, "duration"))
    if length is None and ends and (starts or not all_day):
        length = datetime.combine(begin.date(), ends) - begin
        if length <= timedelta(0):
            length += timedelta(days=1)
    return begin, length


def _clock(schedule: Node, key: str) -> time | None:
    said = first_text(schedule, key)
    if moment := read_moment(said, ZoneInfo("UTC")):
        return None if moment.all_day else moment.at.time()
    return read_clock_times(said)[0]


def _rule(schedule: Node, begin: datetime, document: Document, zone: ZoneInfo) -> rrule.rruleset:
    frequency, interval = _frequency(schedule)
    until = _until(schedule, document, zone)
    days = _by_days(schedule)
    count = _count(schedule)
    if count is None:
        begin = _moved_near(begin, frequency, interval, document)
    rules = rrule.rruleset(cache=False)
    rules.rrule(
        rrule.rrule(
            frequency,
            dtstart=begin,
            interval=interval,
            count=count,
            until=None if count else until,
            byweekday=days or None,
            bymonthday=_numbers(schedule, "byMonthDay", 31) or None,
            bymonth=_numbers(schedule, "byMonth", 12) or None,
        )
    )
    for value in values(schedule, "exceptDate"):
        if moment := read_moment(text(value), zone):
            rules.exdate(datetime.combine(moment.at.date(), begin.time()))
    return rules


def _frequency(schedule: Node) -> tuple[int, int]:
    said = first_text(schedule, "repeatFrequency")
    match = _REPEAT.fullmatch(_NAMED.get(last_part(said).lower(), said))
    if match is None and not said and _by_days(schedule):
        return rrule.WEEKLY, 1
    if match is None or not 1 <= int(match[1]) <= MAX_INTERVAL:
        raise BadComponent("schedule_unsupported", f"cannot repeat by {said[:40]!r}")
    return _FREQUENCIES[match[2].upper()], int(match[1])


def _until(schedule: Node, document: Document, zone: ZoneInfo) -> datetime:
    last = read_moment(first_text(schedule, "endDate"), zone)
    end = document.window_end.astimezone(zone).replace(tzinfo=None)
    if last is None:
        return end
    stop = last.at.replace(tzinfo=None)
    return min(end, stop + timedelta(days=1, seconds=-1) if last.all_day else stop)


def _count(schedule: Node) -> int | None:
    said = first_text(schedule, "repeatCount").partition(".")[0]
    return min(int(said), MAX_COUNT) if said.isascii() and said.isdigit() and len(said) < 6 else None


def _by_days(schedule: Node) -> list[rrule.weekday]:
    found = []
    for value in values(schedule, "byDay"):
        for part in last_part(text(value)).split(","):
            if match := _BY_DAY.fullmatch(part.strip()):
                day = rrule.weekdays[_DAYS.index(match["day"].lower())]
                found.append(day(int(match["nth"])) if match["nth"] else day)
    return found


def _numbers(schedule: Node, key: str, most: int) -> list[int]:
    said = (text(value).partition(".")[0] for value in values(schedule, key))
    numbers = [int(value) for value in said if value.isascii() and value.isdigit() and len(value) < 3]
    return [number for number in numbers if 1 <= number <= most]


def _moved_near(
    begin: datetime, frequency: int, interval: int, document: Document
) -> datetime:
    """The same beat begun close before the window, so that an old series costs no time (A13)."""
    near: date = (document.window_start - _SKIPPED).date()
    step = {rrule.DAILY: 1, rrule.WEEKLY: 7}.get(frequency, 0) * interval
    behind = (near - begin.date()).days
    return begin + timedelta(days=behind // step * step) if step and behind > 0 else begin
