"""The limits of a week as linear rows, the same for every solver: sum of weights <= most."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Literal

from app.plan.candidates import Candidate, Limits, hours, way_between
from app.plan.travel import travel

MARGIN = timedelta(minutes=15)  # to say goodbye, and to be there when it begins
PER_KIND = 2
SATURDAY = 5

Code = Literal["clash", "day", "evenings", "hours", "budget", "kind"]


@dataclass(frozen=True, slots=True)
class Row:
    """`weights` maps positions of candidates to what each takes of `most`."""

    code: Code
    weights: dict[int, float]
    most: float

    def broken_by(self, chosen: frozenset[int]) -> bool:
        """Whether this choice takes more than there is."""
        taken = sum(weight for item, weight in self.weights.items() if item in chosen)
        return taken > self.most + 1e-9


def rows_of(events: Sequence[Candidate], limits: Limits) -> list[Row]:
    """All limits, most telling first. What is accepted already may break its own limit."""
    found = [*_clashes(events, limits), *_days(events), *_kinds(events)]
    found.append(_total("evenings", events, lambda _: 1.0, limits.evenings))
    found.append(_total("hours", events, lambda event: hours(event, limits.mode), limits.hours))
    if limits.budget is not None:
        found.append(_total("budget", events, lambda event: event.cents, limits.budget))
    return found


def fits(rows: Sequence[Row], chosen: frozenset[int]) -> bool:
    """Whether all limits hold."""
    return not any(row.broken_by(chosen) for row in rows)


def clash(first: Candidate, second: Candidate, limits: Limits) -> bool:
    """Whether nobody can be at both: they overlap, or the way between is too long."""
    if first.all_day or second.all_day:
        return False
    if second.start < first.start:
        first, second = second, first
    way = travel(way_between(first, second), limits.mode)
    return first.end + way + MARGIN > second.start


def _clashes(events: Sequence[Candidate], limits: Limits) -> Iterator[Row]:
    for (i, first), (j, second) in combinations(enumerate(events), 2):
        if clash(first, second, limits):
            yield _row("clash", events, {i: 1.0, j: 1.0}, 1)


def _days(events: Sequence[Candidate]) -> Iterator[Row]:
    for day in sorted({event.day for event in events}):
        same = {i: 1.0 for i, event in enumerate(events) if event.day == day}
        yield _row("day", events, same, 2 if day.weekday() >= SATURDAY else 1)


def _kinds(events: Sequence[Candidate]) -> Iterator[Row]:
    for kind in sorted({event.kind for event in events} - {"other"}):
        same = {i: 1.0 for i, event in enumerate(events) if event.kind == kind}
        yield _row("kind", events, same, PER_KIND)


def _total(
    code: Code, events: Sequence[Candidate], weigh: Callable[[Candidate], float], most: float
) -> Row:
    return _row(code, events, {i: weigh(event) for i, event in enumerate(events)}, most)


def _row(code: Code, events: Sequence[Candidate], weights: dict[int, float], most: float) -> Row:
    accepted = sum(weight for item, weight in weights.items() if events[item].fixed)
    return Row(code, weights, max(most, accepted))
