"""The week: every limit holds, whatever is drawn, and each left-out event is told why."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.plan import exact, rows
from app.plan.candidates import Candidate, Limits, hours, way_between
from app.plan.travel import travel
from app.plan.week import Solve, Week, plan_week
from app.plan.why_not import unsuitable
from app.plan.worth import bonus, chance_of_week
from tests.plan import weeks
from tests.plan.weeks import MONDAY, event

FEW = settings(max_examples=60, deadline=None)


def ids(week: Week) -> list[int]:
    return [visit.event.id.int - 1 for visit in week.visits]


def told(week: Week) -> dict[int, str]:
    return {why.event.id.int - 1: why.text for why in week.left_out}


@FEW
@given(weeks.candidates(), weeks.limits, st.integers(0, 5), st.sampled_from((exact.solve, None)))
def test_all_limits_hold_and_accepted_events_are_in(
    candidates: list[Candidate], limits: Limits, seed: int, solver: Solve | None
) -> None:
    week = plan_week(candidates, limits, seed=seed, exact=solver)
    chosen = [visit.event for visit in week.visits]
    assert {event.id for event in candidates if event.fixed} <= {event.id for event in chosen}
    assert Counter(event.id for event in [*chosen, *(why.event for why in week.left_out)]) == (
        Counter(event.id for event in candidates)
    )
    if any(not event.fixed for event in chosen):
        assert_within(chosen, limits)


def assert_within(chosen: list[Candidate], limits: Limits) -> None:
    """Written down once more, independently of the rows that the solvers are given."""
    new = [event for event in chosen if not event.fixed]
    assert len(chosen) <= limits.evenings
    assert sum(hours(event, limits.mode) for event in chosen) <= limits.hours + 1e-6
    if limits.budget is not None and any(event.cents for event in new):
        assert sum(event.cents for event in chosen) <= limits.budget
    for one in new:
        assert one.online or one.home_km is None or one.home_km <= limits.reach_km
        assert not one.all_day
        assert all(end <= one.start or one.end <= start for start, end in limits.busy)
        same_day = [other for other in chosen if other.day == one.day]
        assert len(same_day) <= (2 if one.day.weekday() >= 5 else 1)
        of_kind = [other for other in chosen if other.kind == one.kind]
        assert one.kind == "other" or len(of_kind) <= 2
    for first, second in combinations([one for one in chosen if not one.all_day], 2):
        if not (first.fixed and second.fixed):
            early, late = sorted((first, second), key=lambda one: one.start)
            assert late.start - early.end >= travel(
                way_between(early, late), limits.mode
            ) + timedelta(minutes=15)


@FEW
@given(weeks.candidates(), weeks.limits, st.integers(0, 5), st.randoms(use_true_random=False))
def test_same_seed_same_plan_in_whatever_order(
    candidates: list[Candidate], limits: Limits, seed: int, random: Random
) -> None:
    first = plan_week(candidates, limits, seed=seed, exact=exact.solve)
    random.shuffle(candidates)
    assert plan_week(candidates, limits, seed=seed, exact=exact.solve) == first


@FEW
@given(weeks.candidates(), weeks.limits)
def test_the_exact_week_is_worth_at_least_the_simple_one(
    candidates: list[Candidate], limits: Limits
) -> None:
    best = plan_week(candidates, limits, exact=exact.solve)
    assert best.worth >= plan_week(candidates, limits).worth - 1e-9


@settings(max_examples=25, deadline=None)
@given(weeks.candidates(), weeks.limits)
def test_no_other_set_is_worth_more(candidates: list[Candidate], limits: Limits) -> None:
    """Against every subset of up to nine candidates."""
    few = [event for event in candidates[:9] if not event.all_day]
    best = plan_week(few, limits, exact=exact.solve)
    free = [event for event in few if not event.fixed]
    for size in range(len(free) + 1):
        for some in combinations(free, size):
            tried = [*(event for event in few if event.fixed), *some]
            alone = plan_week([as_fixed(event) for event in tried], limits)
            if allowed(few, tried, limits):
                assert alone.worth <= best.worth + 1e-4


def as_fixed(event: Candidate) -> Candidate:
    return replace(event, fixed=True)


def allowed(few: list[Candidate], tried: list[Candidate], limits: Limits) -> bool:
    ordered = sorted(few, key=lambda event: (event.start, event.id))
    chosen = frozenset(place for place, event in enumerate(ordered) if event in tried)
    return rows.fits(rows.rows_of(ordered, limits), chosen) and not any(
        unsuitable(event, limits) for event in tried
    )


@FEW
@given(weeks.candidates(), weeks.limits)
def test_an_alternative_fits_in_the_place_of_its_event(
    candidates: list[Candidate], limits: Limits
) -> None:
    week = plan_week(candidates, limits, exact=exact.solve)
    chosen = [visit.event for visit in week.visits]
    others = [visit.alternative for visit in week.visits if visit.alternative]
    assert len({other.id for other in others}) == len(others)
    for visit in week.visits:
        if visit.alternative:
            assert not visit.event.fixed
            assert visit.alternative not in chosen
            assert_within(
                [*(one for one in chosen if one != visit.event), visit.alternative], limits
            )


def test_the_reasons_name_what_is_in_the_way() -> None:
    later = MONDAY + timedelta(hours=19)
    week = plan_week(
        [event(0, fixed=True), event(7, start=later), event(14, start=later + timedelta(hours=3))],
        Limits(),
    )
    assert told(week) == {7: "overlaps with “Evening 0”", 14: "you have “Evening 0” that day"}


@pytest.mark.parametrize(
    ("values", "limits", "text"),
    [
        ({}, Limits(evenings=3, hours=40), "would be a fourth evening"),
        ({}, Limits(hours=8), "over your hours"),
        ({"price": 2000}, Limits(hours=40, budget=1500), "over your budget"),
        ({"price": None}, Limits(hours=40, budget=0), "over your budget"),
        ({"home_km": 40.0}, Limits(), "farther than you like to go"),
        ({"chance": 0.01}, Limits(), "too small a chance for the hours and the money"),
        ({"all_day": True}, Limits(), "lasts all day, so it has no hour to plan"),
        ({"kind": "food_drink"}, Limits(hours=40), "the same kind again, after “Evening 1”"),
        (
            {"group": "chamber", "chance": 0.1},
            Limits(hours=40, evenings=7),
            "the same people as “Evening 0”",
        ),
    ],
)
def test_every_limit_has_its_words(values: dict[str, Any], limits: Limits, text: str) -> None:
    accepted = [
        event(day, fixed=True, kind="food_drink" if day < 2 else "other", group="chamber")
        for day in range(3)
    ]
    assert told(plan_week([*accepted, event(4, **values)], limits)) == {4: text}


def test_a_busy_evening_stays_free() -> None:
    busy = ((MONDAY + timedelta(hours=19), MONDAY + timedelta(hours=21)),)
    assert told(plan_week([event(0)], Limits(busy=busy))) == {0: "you are busy at that time"}


def test_accepted_events_may_break_the_limits_and_are_kept() -> None:
    accepted = [event(day, fixed=True, price=5000) for day in (0, 7, 1, 2)]
    week = plan_week([*accepted, event(4)], Limits(evenings=2, hours=1, budget=0))
    assert sorted(ids(week)) == [0, 1, 2, 7]


def test_the_way_between_two_events_needs_its_time() -> None:
    saturday = MONDAY + timedelta(days=5, hours=10)
    near = event(0, start=saturday)
    across = event(
        1, start=saturday + timedelta(hours=2, minutes=50), place=(42.0, -70.9), home_km=11.0
    )
    assert len(ids(plan_week([near, across], Limits(mode="car")))) == 2
    week = plan_week([near, across], Limits(mode="transit"))
    assert "no time for the way" in next(iter(told(week).values()))


def test_the_same_people_twice_are_worth_less_than_two_groups() -> None:
    same = [event(0, chance=0.4, group="chamber"), event(1, chance=0.4, group="chamber")]
    week = plan_week([*same, event(2, chance=0.35)], Limits(evenings=2))
    assert 2 in ids(week)


def test_the_bonus_appears_after_one_visit_grows_to_three_and_stays() -> None:
    grown = [bonus(visits) for visits in range(6)]
    assert grown[0] == 0
    assert all(less < more for less, more in pairwise(grown[:4]))
    assert grown[3] == grown[4] == grown[5] == pytest.approx(0.15)


def test_a_regular_comes_back_to_the_series_where_equals_compete() -> None:
    week = plan_week([event(0), event(1, visits=1)], Limits(evenings=1))
    assert ids(week) == [1]
    assert week.visits[0].bonus == pytest.approx(0.05)
    assert week.visits[0].alternative is not None


def test_an_alternative_of_the_same_day_comes_first() -> None:
    better = event(2, chance=0.29)
    same_day = event(7, chance=0.2, start=MONDAY + timedelta(hours=18))
    (visit,) = plan_week([event(0), better, same_day], Limits(evenings=1)).visits
    assert visit.alternative == same_day
    (visit,) = plan_week([event(0), better], Limits(evenings=1)).visits
    assert visit.alternative == better


def test_one_event_alone_has_its_own_chance() -> None:
    assert chance_of_week([event(0, chance=0.3)]) == pytest.approx(0.3)
    assert chance_of_week([event(0, chance=0.3), event(1, chance=0.3)]) == pytest.approx(0.51)
    same = [event(day, chance=0.3, group="chamber") for day in range(2)]
    assert 0.3 < chance_of_week(same) < 0.51


def test_an_empty_week_is_a_week() -> None:
    week = plan_week([], Limits(), exact=exact.solve)
    assert (week.visits, week.left_out, week.chance) == ((), (), 0)
