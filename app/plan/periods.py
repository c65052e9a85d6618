"""When a weekly thing is due: local days and hours made instants (SECURITY.md 4.5, X18)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


def instant(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the wall clock of `zone` shows `hour`:00 on `day`.

    A time that the clock change skips becomes the first instant after the gap; one that comes
    twice means the first.
    """
    local = datetime.combine(day, time(hour), zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return utc
    return _end_of_gap(utc, zone)


def _end_of_gap(utc: datetime, zone: ZoneInfo) -> datetime:
    # In a gap, fold=0 applies the offset before the change: the result lies behind the change by
    # as much as the wall time lies behind the gap's beginning. Search the change itself.
    low, high = utc - timedelta(hours=26), utc
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


class Period(NamedTuple):
    """One turn of a weekly thing: its ISO week and the instant (UTC) at which it is due."""

    week: str
    due_at: datetime


def label(day: date) -> str:
    """The ISO 8601 week of a day, such as `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def latest_due(now: datetime, zone: ZoneInfo, weekday: int, hour: int) -> Period:
    """The newest period whose instant has come: the one that counts now.

    `weekday` is ISO (1 Monday .. 7 Sunday), `hour` local.
    """
    return next(due for due in _backwards(now, zone, weekday, hour) if due.due_at <= now)


def next_due(now: datetime, zone: ZoneInfo, weekday: int, hour: int) -> datetime:
    """The next instant (UTC) after `now` at which the weekly thing is due."""
    monday = _monday(now, zone)
    days = (monday + timedelta(days=7 * step + weekday - 1) for step in range(3))
    return next(found for day in days if (found := instant(day, hour, zone)) > now)


def _backwards(now: datetime, zone: ZoneInfo, weekday: int, hour: int) -> Iterator[Period]:
    monday = _monday(now, zone)
    for step in (1, 0, -1, -2):
        day = monday + timedelta(days=7 * step + weekday - 1)
        yield Period(label(day), instant(day, hour, zone))


def _monday(now: datetime, zone: ZoneInfo) -> date:
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday())
