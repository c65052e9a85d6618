"""A week, not a list: the few events that together are worth most, within a person's limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.plan import greedy
from app.plan.candidates import Candidate, Limits, hours
from app.plan.rows import Row, fits, rows_of
from app.plan.why_not import WhyNot, left_out, unsuitable
from app.plan.worth import Worth, bonus, chance_of_week, worth_of

Solver = Literal["exact", "greedy"]
Solve = Callable[[Worth, Sequence[Row], frozenset[int]], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One event of the week; `hours` with the way, `bonus` for coming back, one other instead."""

    event: Candidate
    hours: float
    bonus: float
    alternative: Candidate | None


@dataclass(frozen=True, slots=True)
class Week:
    """The plan: visits by time, why the others were left out, and what all of it comes to.

    `chance` 0..1 is that of a talk with at least one person who hires, `cents` whole cents of the
    known prices, `worth` the objective; `solver` is `exact` or `greedy`.
    """

    visits: tuple[Visit, ...]
    left_out: tuple[WhyNot, ...]
    chance: float
    hours: float
    cents: int
    worth: float
    solver: Solver


def plan_week(
    candidates: Sequence[Candidate],
    limits: Limits,
    *,
    seed: int = 0,
    exact: Solve | None = None,
) -> Week:
    """The best week of these candidates; accepted events are always in it.

    The same candidates in any order, limits and seed give the same plan. Without `exact` (or where
    it finds nothing better) the plan is that of the fallback.
    """
    ordered = sorted(candidates, key=lambda event: (event.start, event.id))
    refused = [why for event in ordered if (why := unsuitable(event, limits))]
    out = {why.event.id for why in refused}
    problem = Problem.of([event for event in ordered if event.id not in out], limits, seed)
    chosen, solver = problem.solve(exact)
    others = _alternatives(problem, chosen)
    visits = tuple(
        _visit(problem.events[item], limits, others.get(item)) for item in sorted(chosen)
    )
    beaten = [
        left_out(item, problem.events, problem.rows, problem.worth, chosen)
        for item in range(len(problem.events))
        if item not in chosen
    ]
    return Week(
        visits=visits,
        left_out=tuple(sorted([*refused, *beaten], key=lambda why: why.event.start)),
        chance=chance_of_week(visit.event for visit in visits),
        hours=sum(visit.hours for visit in visits),
        cents=sum(visit.event.price or 0 for visit in visits),
        worth=problem.worth.of(chosen),
        solver=solver,
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """What a solver is given."""

    events: Sequence[Candidate]
    worth: Worth
    rows: list[Row]
    fixed: frozenset[int]

    @classmethod
    def of(cls, events: Sequence[Candidate], limits: Limits, seed: int) -> "Problem":
        """Weigh the candidates and write their limits down."""
        fixed = frozenset(item for item, event in enumerate(events) if event.fixed)
        return cls(events, worth_of(events, limits, seed), rows_of(events, limits), fixed)

    def solve(self, exact: Solve | None) -> tuple[frozenset[int], Solver]:
        """The better of the two answers, and whose it is."""
        simple = greedy.solve(self.worth, self.rows, self.fixed)
        if exact is None:
            return simple, "greedy"
        best = exact(self.worth, self.rows, self.fixed)
        kept = fits(self.rows, best) and self.worth.of(best) >= self.worth.of(simple) - 1e-9
        return (best, "exact") if kept else (simple, "greedy")


def _alternatives(problem: Problem, chosen: frozenset[int]) -> dict[int, Candidate]:
    """For each suggested event the best other one in its place, of the same day if there is one.

    No other serves twice, and none is worse than to stay at home.
    """
    found: dict[int, Candidate] = {}
    free = set(range(len(problem.events))) - chosen
    for item in sorted(chosen - problem.fixed):
        best = _best_instead(problem, chosen - {item}, item, free)
        if best is not None:
            found[item] = problem.events[best]
            free.remove(best)
    return found


def _best_instead(problem: Problem, kept: frozenset[int], item: int, free: set[int]) -> int | None:
    day, alone = problem.events[item].day, problem.worth.of(kept)
    worths = {
        other: problem.worth.of(kept | {other})
        for other in sorted(free)
        if fits(problem.rows, kept | {other})
    }
    good = [other for other, worth in worths.items() if worth > alone]
    return max(good, key=lambda one: (problem.events[one].day == day, worths[one]), default=None)


def _visit(event: Candidate, limits: Limits, alternative: Candidate | None) -> Visit:
    return Visit(event, hours(event, limits.mode), bonus(event.visits), alternative)
