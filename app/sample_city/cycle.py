"""When things happen: a cycle of eight weeks that has turned since the city was founded.

An event that stands in week 3 of the cycle takes place in every third week of eight, for ever, so
any stretch of 56 days holds each of them exactly once, and what was announced yesterday stands on
the same date today. All functions are pure: the day is an argument.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.sample_city.records import DAYS, Event

TIME_ZONE = "America/New_York"
ZONE = ZoneInfo(TIME_ZONE)
FOUNDED = date(2020, 1, 6)  # a Monday, and the first day of the first cycle
WEEKS = 8
CYCLE = timedelta(weeks=WEEKS)
HORIZON = CYCLE  # how far ahead the city publishes
MEMORY = timedelta(weeks=1)  # how far an event may be put off and still be found


@dataclass(frozen=True, slots=True)
class Change:
    """What a publisher does `on` a day to one occurrence: move it, or cancel it."""

    uid: str
    on: date
    by: timedelta = timedelta(0)
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of an event; `start` and `end` are aware, in the city's zone, `end` exclusive.

    `planned` is the start before any change; `exceptional` marks a date that differs from the
    rest of its series.
    """

    event: Event
    name: str
    planned: datetime
    start: datetime
    end: datetime | None
    cancelled: bool = False
    changed_on: date | None = None
    exceptional: bool = False

    @property
    def uid(self) -> str:
        """The publisher's identifier of this date, constant whatever happens to it."""
        return f"{self.event.slug}-{self.planned:%Y%m%d}"

    @property
    def all_day(self) -> bool:
        """Whether only the dates count."""
        return not self.event.time

    @property
    def moved(self) -> bool:
        """Whether it no longer stands where it was announced."""
        return self.start != self.planned

    @property
    def doors(self) -> datetime | None:
        """When the doors open, where the publisher says so."""
        if not self.event.doors:
            return None
        return datetime.combine(self.start.date(), time.fromisoformat(self.event.doors), ZONE)


def dates(weeks: Iterable[int], day: str, since: date, until: date) -> Iterator[date]:
    """The dates from `since` up to, not including, `until` that fall on `day` of those weeks."""
    weeks = frozenset(weeks)
    first = since + timedelta(days=(DAYS.index(day) - since.weekday()) % 7)
    for number in range(max(0, -(-(until - first).days // 7))):
        candidate = first + timedelta(weeks=number)
        if cycle_week(candidate) in weeks:
            yield candidate


def cycle_week(day: date) -> int:
    """The week of the cycle, 0 to 7, in which a date falls."""
    return (day - FOUNDED).days // 7 % WEEKS


def season_end(today: date) -> date:
    """The first day after the cycle in which the horizon ends; a series is announced up to it."""
    return FOUNDED + CYCLE * ((today + HORIZON - FOUNDED) // CYCLE + 1)


def occurrences(
    event: Event,
    today: date,
    changes: frozenset[Change] = frozenset(),
    until: date | None = None,
) -> list[Occurrence]:
    """The dates of an event from `today` up to `until` (by default the horizon), in order.

    A date that was put off is listed until its new day has passed.
    """
    weeks = set(event.weeks) - set(event.skip)
    days = dates(weeks, event.day, today - MEMORY, until or today + HORIZON)
    by_uid = {change.uid: change for change in changes}
    planned = (_occurrence(event, day) for day in days)
    found = (_changed(each, by_uid.get(each.uid)) for each in planned)
    return [each for each in found if each.start.date() >= today]


def usual(event: Event, since: date) -> Occurrence:
    """The first date of a series from `since` as its rule has it, exceptions left aside."""
    day = next(dates(event.weeks, event.day, since, since + CYCLE))
    start, end = hours(day, event.time, event.days)
    return Occurrence(event, event.name, start, start, end)


def skipped(event: Event, today: date) -> list[datetime]:
    """The starts that a series leaves out between `today` and the end of its season."""
    days = dates(event.skip, event.day, today, season_end(today))
    return [hours(day, event.time, event.days)[0] for day in days]


def hours(day: date, text: str, days: int = 1) -> tuple[datetime, datetime | None]:
    """Start and end on `day` from "18:30", "21:00-01:00" (into the night) or "" (whole days)."""
    if not text:
        start = datetime.combine(day, time(), ZONE)
        return start, start + timedelta(days=days)
    first, _, last = text.partition("-")
    start = datetime.combine(day, time.fromisoformat(first), ZONE)
    if not last:
        return start, None
    end = datetime.combine(day, time.fromisoformat(last), ZONE)
    return start, end + timedelta(days=days - 1 + (end <= start and days == 1))


def _occurrence(event: Event, day: date) -> Occurrence:
    planned, end = hours(day, event.time, event.days)
    odd = event.deviation
    if odd is None or odd.week != cycle_week(day):
        return Occurrence(event, event.name, planned, planned, end, event.cancelled)
    start, end = hours(day, odd.time)
    return Occurrence(event, odd.name, planned, start, end, exceptional=True)


def _changed(occurrence: Occurrence, change: Change | None) -> Occurrence:
    if change is None:
        return occurrence
    return replace(
        occurrence,
        start=occurrence.start + change.by,
        end=occurrence.end and occurrence.end + change.by,
        cancelled=change.cancelled or occurrence.cancelled,
        changed_on=change.on,
        exceptional=True,
    )
