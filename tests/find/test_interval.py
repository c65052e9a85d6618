from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find.apply_poll import OUTCOMES
from app.find.interval import DAY, FIRST, HOUR, LONGEST, MINUTE, SHORTEST, Pace, next_due
from tests.find.listings import NOW


def wait(pace: Pace, jitter: float = 0.0) -> timedelta:
    due = next_due(pace, now=NOW, jitter=jitter).at
    assert due is not None
    return due - NOW


def test_the_first_interval_is_regular() -> None:
    assert wait(Pace("ok")) == FIRST


def test_a_changing_source_is_asked_more_often_and_a_still_one_less() -> None:
    assert wait(Pace("ok", interval=4 * HOUR, changed=True)) == 2 * HOUR
    assert wait(Pace("ok", interval=4 * HOUR)) == 6 * HOUR
    assert wait(Pace("not_modified", interval=20 * HOUR)) == DAY
    assert wait(Pace("ok", interval=SHORTEST, changed=True)) == SHORTEST


@pytest.mark.parametrize(
    ("max_age", "refresh", "expected"),
    [
        (315_360_000.0, None, LONGEST),
        (None, 0.0, 2 * HOUR),
        (None, 43_200.0, 12 * HOUR),
        (18_000.0, 60.0, 5 * HOUR),
    ],
)
def test_A6_hints_are_honoured_within_bounds(
    max_age: float | None, refresh: float | None, expected: timedelta
) -> None:
    pace = Pace("ok", interval=4 * HOUR, changed=True, max_age=max_age, refresh=refresh)
    assert wait(pace) == expected


def test_the_first_failure_is_retried_soon_and_later_ones_ever_later() -> None:
    waits = [wait(Pace("temporary", interval=DAY, failures=n)) for n in (1, 2, 3, 10, 11, 500)]
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 128 * HOUR, LONGEST, LONGEST]


def test_A4_failures_leave_the_regular_interval_for_the_recovery() -> None:
    failed = next_due(Pace("temporary", interval=4 * HOUR, failures=9), now=NOW, jitter=0)
    assert failed.interval == 4 * HOUR
    assert wait(Pace("ok", interval=failed.interval)) == 6 * HOUR


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [(0.0, MINUTE), (3600.0, HOUR), (1e12, LONGEST)],
)
def test_A6_retry_after_is_honoured_within_bounds(retry_after: float, expected: timedelta) -> None:
    assert wait(Pace("temporary", failures=1, retry_after=retry_after)) == expected


def test_retry_after_does_not_shorten_a_long_back_off() -> None:
    assert wait(Pace("temporary", failures=5, retry_after=60.0)) == 4 * HOUR


def test_410_stops_until_the_user_acts() -> None:
    assert next_due(Pace("gone", failures=1), now=NOW, jitter=0.5).at is None


@given(
    outcome=st.sampled_from([each for each in OUTCOMES if each != "gone"]),
    interval=st.none() | st.timedeltas(SHORTEST, LONGEST),
    changed=st.booleans(),
    failures=st.integers(0, 10**6),
    hints=st.tuples(*[st.none() | st.floats(-1e9, 1e12)] * 3),
    jitter=st.floats(0, 1),
)
def test_never_dead_and_never_rude(
    outcome: str,
    interval: timedelta | None,
    changed: bool,
    failures: int,
    hints: tuple[float | None, float | None, float | None],
    jitter: float,
) -> None:
    pace = Pace(outcome, interval, changed, failures, *hints)
    assert MINUTE <= wait(pace, jitter) <= LONGEST * 1.1


@given(st.floats(0, 1))
def test_jitter_only_delays(jitter: float) -> None:
    assert FIRST <= wait(Pace("ok"), jitter) <= FIRST * 1.1
