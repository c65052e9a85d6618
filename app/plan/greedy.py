"""A good week without any library: take the best, then exchange while it helps."""

from collections.abc import Sequence

from app.plan.rows import Row, fits
from app.plan.worth import Worth

LEAST = 1e-9  # an exchange must gain this much, so that the search ends


def solve(worth: Worth, rows: Sequence[Row], fixed: frozenset[int]) -> frozenset[int]:
    """Positions of the chosen events, `fixed` among them; the same input gives the same answer."""
    concerning = [[row for row in rows if item in row.weights] for item in range(len(worth.gain))]
    chosen = fixed
    while better := _better(worth, concerning, fixed, chosen):
        chosen = better
    return chosen


def _better(
    worth: Worth, concerning: list[list[Row]], fixed: frozenset[int], chosen: frozenset[int]
) -> frozenset[int] | None:
    """The best that one more, or one for another, makes of a choice; None if it is no better."""
    best, found = worth.of(chosen) + LEAST, None
    for leave in (None, *sorted(chosen - fixed)):
        for item in set(range(len(concerning))) - chosen:
            tried = (chosen - {leave}) | {item}
            value = worth.of(tried)
            if value > best and fits(concerning[item], tried):
                best, found = value, frozenset(tried)
    return found
