"""What check-ins teach (SCORING.md 8): how much one talks, and who comes to which rooms.

Conjugate updates of rates: the prior of each says what the score says, and the person's own
evenings move it, quickly where a group of events has one character (an organizer), slowly where it
has many (a kind). Pure; the same check-ins in any order teach the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, prod

from app.model.check_in import CheckIn
from app.model.event import Event
from app.model.learnt import Group, Learnt, Ratio
from app.score.calibration import CHECKED_FROM, outcomes, recalibration
from app.score.words import fold

# How much evidence the score is worth beside that of the person, in people who hire (section 8).
PRIOR = {"kind": 6.0, "topic": 4.0, "venue": 4.0, "slot": 6.0, "organizer": 2.0, "series": 2.0}
# Days after which an evening counts half; venue as an organizer, topic as a kind (ours).
HALF_LIFE = {
    "kind": 730.0,
    "topic": 730.0,
    "venue": 365.0,
    "slot": 730.0,
    "organizer": 365.0,
    "series": 270.0,
}
GROUPS = tuple(PRIOR)
TALK_PRIOR = 4.0
TALK_HALF_LIFE = 365.0
SWEEPS = 3
MANY = 3  # who answers so met so many, or more
RATIO_RANGE = (0.2, 5.0)  # one odd report must not turn the list over
TALK_RANGE = (0.25, 4.0)
_EVENING, _NOON = 17, 12
_SATURDAY = 6


@dataclass(frozen=True, slots=True)
class _Evening:
    """One visit: conversations and people who hire as told or, untold, as expected."""

    days: float
    talks: float
    share: float
    hirers: float | None
    groups: tuple[Group, ...]


def groups_of(event: Event, kind: str, topics: Iterable[str] = ()) -> tuple[Group, ...]:
    """What an event shares with others; names compare equal whatever their case and accents."""
    named = [
        ("kind", kind),
        ("venue", fold(event.location.name) if event.location else ""),
        ("slot", slot_of(event)),
        ("organizer", fold(event.organizer.name) if event.organizer else ""),
        ("series", event.series),
        *(("topic", topic) for topic in topics),
    ]
    return tuple(group for group in named if group[1])


def slot_of(event: Event) -> str:
    """The part of the week in which it begins, where it takes place: `weekday evening` …"""
    start = event.local_start
    week = "weekend" if start.isoweekday() >= _SATURDAY else "weekday"
    if event.all_day:
        return f"{week}, all day"
    day = "evening" if start.hour >= _EVENING else "afternoon" if start.hour >= _NOON else "morning"
    return f"{week} {day}"


def learn(check_ins: Iterable[CheckIn], now: datetime) -> Learnt:
    """All that a person's check-ins teach until `now` (aware)."""
    visited = sorted(
        (each for each in check_ins if each.went), key=lambda each: (each.start, each.event_id)
    )
    evenings = [_evening(each, now) for each in visited]
    told = outcomes(visited, raw=True)
    intercept, slope = recalibration(told) if len(told) >= CHECKED_FROM else (0.0, 1.0)
    return Learnt(
        talk=_talk(visited, now),
        ratios=_ratios([each for each in evenings if each.hirers is not None]),
        intercept=intercept,
        slope=slope,
        checked=len(told),
    )


def _days(check_in: CheckIn, now: datetime) -> float:
    return max(0.0, (now - check_in.start).total_seconds() / 86_400)


def _weight(days: float, half_life: float) -> float:
    return float(2 ** (-days / half_life))


def _talk(visited: Sequence[CheckIn], now: datetime) -> float:
    """Posterior mean of how much this person talks, of those visits that say how many people."""
    met = expected = TALK_PRIOR
    for each in visited:
        if each.talked is not None:
            weight = _weight(_days(each, now), TALK_HALF_LIFE)
            met += weight * each.talked
            expected += weight * each.forecast.talks
    return _within(met / expected, TALK_RANGE)


def _evening(check_in: CheckIn, now: datetime) -> _Evening:
    """A visit as numbers; what is only told as yes or no is taken as expected (one step of EM)."""
    said = check_in.forecast
    talks = said.talks if check_in.talked is None else check_in.talked
    hirers: float | None = check_in.hirers
    if hirers is not None and hirers >= MANY:
        hirers = max(hirers, talks * said.share)  # "three or more" is not fewer than expected
    if hirers is None and check_in.met_hirer is not None:
        any_chance = -exp(-talks * said.share) + 1
        hirers = talks * said.share / any_chance if check_in.met_hirer and any_chance else 0.0
    return _Evening(
        days=_days(check_in, now),
        # Who met people who hire talked at least with these.
        talks=max(talks, hirers or 0.0),
        share=said.share,
        hirers=hirers,
        groups=check_in.groups,
    )


def _ratios(evenings: Sequence[_Evening]) -> tuple[tuple[Group, Ratio], ...]:
    """Each group's rate beside what all its other groups let expect, in three sweeps."""
    members: dict[Group, list[_Evening]] = {}
    for each in evenings:
        for group in each.groups:
            members.setdefault(group, []).append(each)
    order = sorted(members, key=lambda group: (GROUPS.index(group[0]), group[1]))
    found: dict[Group, Ratio] = {}
    for _ in range(SWEEPS):
        for group in order:
            found[group] = _ratio(group, members[group], found)
    return tuple((group, found[group]) for group in order)


def _ratio(group: Group, evenings: Sequence[_Evening], others: Mapping[Group, Ratio]) -> Ratio:
    prior, half_life = PRIOR[group[0]], HALF_LIFE[group[0]]
    hirers = expected = 0.0
    for each in evenings:
        weight = _weight(each.days, half_life)
        besides = prod(
            others[other].value for other in each.groups if other != group and other in others
        )
        hirers += weight * (each.hirers or 0.0)
        expected += weight * each.talks * each.share * besides
    value = _within((prior + hirers) / (prior + expected), RATIO_RANGE)
    return Ratio(value, hirers, expected, len(evenings))


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
