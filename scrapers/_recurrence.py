"""Recurrence (RFC 5545 3.3.10, 3.8.5) on the wall clock of the series, in bounded time.

dateutil generates; the policy of SECURITY.md section 3 is checked before it sees a rule. Three
things keep a hostile or an old series cheap: a rule without COUNT starts just before the window,
every rule ends with it, and the calendar is shifted by whole Gregorian cycles of 400 years, since
dateutil walks an empty rule (30 February) to the year 9999.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from math import prod

from dateutil.rrule import rrulestr

from scrapers.base import MAX_OCCURRENCES, BadComponent

MAX_DATES = 1000  # RDATE, EXDATE
_MAX_INTERVAL = 1000
_MAX_COUNT = 10_000
_MAX_PRODUCT = 400
_RULE_LIMIT = 4000
_FIRST_COUNTED_YEAR = 1900
_CYCLE = 400
_LAST_YEAR = 9998

_PART = re.compile(r"(?:^|[;:])\s*([A-Z]+)\s*=\s*([^;]*)")
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_NUMBERS = re.compile(r"[+-]?\d{1,3}(?:,[+-]?\d{1,3})*", re.ASCII)
_DAYS = re.compile(
    r"(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU))*",
    re.ASCII,
)
# The greatest number each list may hold (RFC 5545 3.3.10); the first five may count from the end.
_LIMITS = {
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYSETPOS": 366,
    "BYHOUR": 23,
    "BYMINUTE": 59,
    "BYSECOND": 59,
}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Rule = dict[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """A window of naive wall times, both ends inclusive."""

    first: datetime
    last: datetime


def checked_rule(raw: str) -> Rule:
    """The parts of an RRULE that we expand. Raises BadComponent("rrule_unsupported", why).

    Unknown parts are ignored, and so is a COUNT that is negative (some write -1 for "for ever")
    or beyond the limit: the window bounds it.
    """
    parts = dict(_PART.findall(raw[:_RULE_LIMIT].upper()))
    if len(raw) > _RULE_LIMIT or parts.get("FREQ", "").strip() not in _FREQUENCIES:
        raise BadComponent("rrule_unsupported", "the repetition is not by day, week, month or year")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise BadComponent("rrule_unsupported", "the repetition follows another calendar")
    rule = {"FREQ": parts["FREQ"].strip(), "INTERVAL": str(_interval(parts.get("INTERVAL", "1")))}
    rule |= _lists(parts)
    if parts.get("WKST", "").strip() in WEEKDAYS:
        rule["WKST"] = parts["WKST"].strip()
    if parts.get("UNTIL", "").strip():
        rule["UNTIL"] = parts["UNTIL"].strip()
    if (count := _count(parts.get("COUNT", ""))) is not None:
        rule["COUNT"] = str(count)
    return rule


def expand(rule: Rule, start: datetime, until: datetime | None, span: Span) -> list[datetime]:
    """Wall times of a checked rule inside `span`, ascending, at most `MAX_OCCURRENCES` + 1.

    `start` is DTSTART, `until` the inclusive end of the rule, both naive. DTSTART itself is
    listed only if the rule generates it. Raises BadComponent where COUNT would take too long.
    """
    last = min(until, span.last) if until else span.last
    if start > last:
        return []
    if "COUNT" in rule and start.year < _FIRST_COUNTED_YEAR:
        raise BadComponent("rrule_unsupported", "the repetition counts from before 1900")
    if "COUNT" not in rule:
        rule = _explicit(rule, start)
        start = _forwarded(rule, start, span.first)
    cycles = (_LAST_YEAR - last.year) // _CYCLE
    times = _generated(rule, _shifted(start, cycles), _shifted(last, cycles))
    wanted = (time for time in times if time >= _shifted(span.first, cycles))
    return [_shifted(time, -cycles) for time in islice(wanted, MAX_OCCURRENCES + 1)]


def until_of(raw: str, zone: tzinfo, home: tzinfo, *, all_day: bool) -> datetime | None:
    """UNTIL as a naive wall time of the series' zone, inclusive; None if there is none.

    A date includes that whole day, as calendars that write it mean it. A UTC time on an all-day
    series is the date on the clock at `home`, unless it is midnight: then it is just a date.
    Raises BadComponent if it is unreadable: a rule without its end would be a lie.
    """
    if not raw:
        return None
    try:
        if len(raw) == 8:
            return datetime.fromisoformat(raw) + timedelta(days=1, microseconds=-1)
        naive = datetime.fromisoformat(raw.removesuffix("Z"))
    except ValueError as error:
        raise BadComponent("rrule_unsupported", "the repetition's end is unreadable") from error
    aware = raw.endswith("Z")
    if not all_day:
        return _wall(naive, zone) if aware else naive
    if aware and naive.time() != datetime.min.time():
        naive = _wall(naive, home)
    return datetime.combine(naive.date(), datetime.max.time())


def _wall(utc: datetime, zone: tzinfo) -> datetime:
    return utc.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def _interval(raw: str) -> int:
    raw = raw.strip()
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 4 and 1 <= int(raw) <= _MAX_INTERVAL):
        raise BadComponent("rrule_unsupported", "the repetition's interval makes no sense")
    return int(raw)


def _count(raw: str) -> int | None:
    raw = raw.strip()
    if not raw or (raw.startswith("-") and raw[1:].isdecimal()):
        return None
    if not (raw.isascii() and raw.isdecimal()) or not raw.strip("0"):
        raise BadComponent("rrule_unsupported", "the repetition's count makes no sense")
    return int(raw) if len(raw) <= 5 and int(raw) <= _MAX_COUNT else None


def _lists(parts: dict[str, str]) -> Rule:
    found = {name: "".join(parts.get(name, "").split()) for name in ("BYDAY", *_LIMITS)}
    lists = {name: value for name, value in found.items() if value}
    for name, value in lists.items():
        if not (_DAYS.fullmatch(value) if name == "BYDAY" else _is_list(name, value)):
            raise BadComponent("rrule_unsupported", f"the repetition's {name} makes no sense")
    if prod(value.count(",") + 1 for value in lists.values()) > _MAX_PRODUCT:
        raise BadComponent("rrule_unsupported", "the repetition has too many combinations")
    return lists


def _is_list(name: str, value: str) -> bool:
    if not _NUMBERS.fullmatch(value):
        return False
    numbers = [int(number) for number in value.split(",")]
    of_times = name in {"BYHOUR", "BYMINUTE", "BYSECOND"}
    lowest = 0 if of_times else -_LIMITS[name]
    return all(lowest <= n <= _LIMITS[name] and (n or of_times) for n in numbers)


def _explicit(rule: Rule, start: datetime) -> Rule:
    """The rule with what it would take from DTSTART written out, so that DTSTART may move."""
    if rule.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        return rule
    match rule["FREQ"]:
        case "YEARLY":
            return {"BYMONTH": str(start.month), **rule, "BYMONTHDAY": str(start.day)}
        case "MONTHLY":
            return {**rule, "BYMONTHDAY": str(start.day)}
        case "WEEKLY":
            return {**rule, "BYDAY": WEEKDAYS[start.weekday()]}
        case _:
            return rule


def _forwarded(rule: Rule, start: datetime, near: datetime) -> datetime:
    """A start of the same phase at most two periods before `near`, and never before `start`."""
    interval = int(rule["INTERVAL"])
    if rule["FREQ"] in {"DAILY", "WEEKLY"}:
        period = interval * (7 if rule["FREQ"] == "WEEKLY" else 1)
        return start + timedelta(days=max(0, (near - start).days // period - 1) * period)
    months = interval * (12 if rule["FREQ"] == "YEARLY" else 1)
    passed = (near.year - start.year) * 12 + near.month - start.month
    periods = passed // months - 1
    if periods <= 0:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + periods * months, 12)
    return start.replace(year=year, month=1 if rule["FREQ"] == "YEARLY" else month + 1, day=1)


def _generated(rule: Rule, start: datetime, last: datetime) -> Iterator[datetime]:
    text = ";".join(f"{name}={value}" for name, value in rule.items() if name != "UNTIL")
    try:
        generator = rrulestr(text, dtstart=start)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise BadComponent("rrule_unsupported", "the repetition makes no sense") from error
    for time in generator:
        if time > last:
            return
        yield time


def _shifted(time: datetime, cycles: int) -> datetime:
    return time.replace(year=time.year + _CYCLE * cycles) if cycles else time


def midnight(day: date) -> datetime:
    """The naive beginning of a date, for expanding all-day series like timed ones."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a wall time
