"""The VEVENTs of one UID as one series: the rule, what moved, what fell out (RFC 5545 3.8.4.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from scrapers._ical_event import Draft, own_zone
from scrapers._ical_values import Moment, moments
from scrapers._ical_zones import Zones, existing
from scrapers._recurrence import (
    MAX_DATES,
    WEEKDAYS,
    Rule,
    Span,
    checked_rule,
    expand,
    midnight,
    until_of,
)
from scrapers.base import MAX_OCCURRENCES, BadComponent, Problem

_MAX_RULES = 5
_DAY = timedelta(days=1)
_REACH = timedelta(days=366)  # how far before the window a date may begin and still touch it

# The same instance may be named by its instant, by a wall time in another zone, or by its date.
Keys = tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instance: the VEVENT that describes it, its own times, and which instance it is."""

    draft: Draft
    start: Moment
    end: Moment | None
    recurrence: Moment | None


class Series:
    """A master with its overrides; `occurrences` are those that begin in or near a window."""

    def __init__(self, master: Draft, overrides: list[Draft], zones: Zones) -> None:
        self.master = master
        self.all_day = not isinstance(master.start, datetime)
        self.problems: list[Problem] = []
        self.zones = zones
        self.zone = zones.home if self.all_day else _series_zone(master, overrides, zones)
        self.start = self._wall(master.start)
        self.excluded = self._dates("EXDATE")
        self.overrides = {
            _recurrence(override): override
            for override in sorted(overrides, key=lambda draft: draft.sequence)
            if not self.excluded & set(self._names(_recurrence(override)))
        }
        self.replaced = {key for moment in self.overrides for key in self._names(moment)}
        self.future = sorted(
            (
                (self._wall(moment), override)
                for moment, override in self.overrides.items()
                if _is_future(override)
            ),
            key=lambda since: since[0],
        )

    def occurrences(self, first: datetime, last: datetime) -> Iterator[Occurrence]:
        """All instances that may touch first…last (aware), overrides included, each once."""
        yield from (
            Occurrence(override, override.start, override.end, moment)
            for moment, override in self.overrides.items()
        )
        gone = self.excluded | self.replaced
        for wall in self._walls(first, last):
            moment = self._moment(wall)
            if not gone & {*_keys(moment), wall, wall.date()}:
                yield self._instance(wall, moment)

    def _walls(self, first: datetime, last: datetime) -> list[datetime]:
        """Generated wall times, DTSTART and RDATE among them, at most MAX_OCCURRENCES."""
        shifts = [self._wall(draft.start) - wall for wall, draft in self.future]
        later = min(max([timedelta(), *shifts]), _REACH)
        earlier = min(max([timedelta(), *(-shift for shift in shifts)]), _REACH)
        back = min(self._longest() + later, _REACH)
        # The date of an instant differs by a day at most around the earth (all-day series).
        span = Span(self._wall(first) - back - _DAY, self._wall(last) + earlier + _DAY)
        walls = {self._wall(moment) for moment in self._dates_of("RDATE")}
        walls |= self._ruled(span)
        kept = sorted(wall for wall in walls if span.first <= wall <= span.last)
        if len(kept) > MAX_OCCURRENCES:
            self._warn("occurrences_capped", f"only its first {MAX_OCCURRENCES} dates are kept")
        return kept[:MAX_OCCURRENCES]

    def _ruled(self, span: Span) -> set[datetime]:
        walls: set[datetime] = set()
        ended: list[bool] = []
        for _, raw in self.master.component.properties.get("RRULE", ())[:_MAX_RULES]:
            try:
                rule = self._fitting(checked_rule(raw))
                until = until_of(
                    rule.get("UNTIL", ""), self.zone, self.zones.home, all_day=self.all_day
                )
                ended.append(until is not None and until < self.start)
                walls.update(expand(rule, self.start, until, span))
            except BadComponent as error:
                self._warn(error.code, f"{error}; only its first date is kept")
        # DTSTART counts as the first instance even where the rule would not make it; a rule that
        # ends before it means that the series was deleted (CASES.md C5).
        return walls if ended and all(ended) else walls | {self.start}

    def _fitting(self, rule: Rule) -> Rule:
        times = ("BYHOUR", "BYMINUTE", "BYSECOND")
        return {k: v for k, v in rule.items() if k not in times} if self.all_day else rule

    def _instance(self, wall: datetime, moment: Moment) -> Occurrence:
        draft, shift = self.master, timedelta()
        for since, later in self.future:
            if since <= wall:
                draft, shift = later, self._wall(later.start) - since
        start = self._moment(wall + shift)
        length = self._length(draft)
        end = self._moment(wall + shift + length) if length else None
        return Occurrence(draft, start, end, moment)

    def _length(self, draft: Draft) -> timedelta | None:
        return self._wall(draft.end) - self._wall(draft.start) if draft.end else None

    def _longest(self) -> timedelta:
        drafts = [self.master, *(draft for _, draft in self.future)]
        return max(self._length(draft) or timedelta() for draft in drafts)

    def _dates_of(self, name: str) -> list[Moment]:
        found = self.master.component.properties.get(name)
        if not found:
            return []
        read = moments(found, self.zones, self.zone, MAX_DATES + 1)
        if len(read) > MAX_DATES:
            self._warn("dates_capped", f"only the first {MAX_DATES} {name} values are used")
        return read[:MAX_DATES]

    def _dates(self, name: str) -> set[Moment]:
        return {key for moment in self._dates_of(name) for key in self._names(moment)}

    def _names(self, moment: Moment) -> Keys:
        """What identifies an instance that another property names; its date on all-day series."""
        keys = _keys(moment)
        return (*keys, moment.date()) if self.all_day and isinstance(moment, datetime) else keys

    def _wall(self, moment: Moment) -> datetime:
        """Naive wall time of the series' zone; of a date its midnight."""
        if not isinstance(moment, datetime):
            return midnight(moment)
        if self.all_day and moment.tzinfo is not self.zone:
            return midnight(moment.date())
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _moment(self, wall: datetime) -> Moment:
        return wall.date() if self.all_day else existing(wall, self.zone)

    def _warn(self, code: str, cause: str) -> None:
        self.problems.append(Problem(str(self.master.component), code, cause))


def _recurrence(override: Draft) -> Moment:
    return override.recurrence if override.recurrence is not None else override.start


def _is_future(override: Draft) -> bool:
    found = override.component.first("RECURRENCE-ID")
    return found is not None and "THISANDFUTURE" in found[0].upper()


def _keys(moment: Moment) -> Keys:
    """All that another property may call this instance."""
    if not isinstance(moment, datetime):
        return (moment,)
    return moment.astimezone(UTC), moment.replace(tzinfo=None)


def _series_zone(master: Draft, overrides: list[Draft], zones: Zones) -> tzinfo:
    """The zone whose wall clock the series keeps.

    A series published in UTC by a feed whose zone is known was almost always entered on the local
    clock: 19:00 stays 19:00 (CASES.md B11, B12). Evidence for UTC: an instance named at the same
    UTC time under another local offset, or BYDAY that fits the UTC weekday only.
    """
    zone, start = master.zone, master.start
    if not isinstance(start, datetime) or zone is not UTC:
        return zone
    home = own_zone(master.component, zones)
    named = [override.recurrence for override in overrides if override.recurrence]
    named += moments(master.component.properties.get("EXDATE", []), zones, zone, MAX_DATES)
    instants = [moment for moment in named if isinstance(moment, datetime)]
    if any(_keeps(UTC, start, other) and not _keeps(home, start, other) for other in instants):
        return UTC
    rule = master.component.value("RRULE").upper()
    utc_day, home_day = (WEEKDAYS[start.astimezone(z).weekday()] for z in (UTC, home))
    by_day = rule.partition("BYDAY=")[2].partition(";")[0]
    return UTC if utc_day in by_day and home_day not in by_day else home


def _keeps(zone: tzinfo, start: datetime, other: datetime) -> bool:
    return start.astimezone(zone).time() == other.astimezone(zone).time()


def instance_name(moment: Moment | None) -> str:
    """ISO 8601 of a RECURRENCE-ID: a date, or the instant in UTC; "" of none."""
    if not isinstance(moment, datetime):
        return moment.isoformat() if isinstance(moment, date) else ""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
