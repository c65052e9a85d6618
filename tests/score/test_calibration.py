"""Whether what we foretold came true (SCORING.md 9)."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from app.model.check_in import CheckIn, Forecast
from app.score.calibration import (
    CHECKED_FROM,
    beta_interval,
    calibration,
    recalibrated,
    recalibration,
)
from tests.score.test_learn import visit


def told(chance: float, happened: int, of: int, first: int = 1) -> list[CheckIn]:
    """So many visits of one chance, of which some met somebody who hires."""
    said = Forecast(chance, 4, 0.2, chance)
    return [replace(visit(first + n, hirers=int(n < happened)), forecast=said) for n in range(of)]


def test_fewer_than_thirty_say_so() -> None:
    found = calibration(told(0.4, 4, 10))
    assert found.sentence == ("Not yet checked against your own visits: 20 more check-ins to go.")
    assert isnan(calibration([]).brier)


def test_thirty_say_how_often_it_came_true() -> None:
    found = calibration([*told(0.41, 12, 28), *told(0.7, 3, 4, first=100)])
    assert found.sentence == "When we said about 41 %, it happened 12 of 28 times."
    assert found.gap_interval[0] < found.gap < found.gap_interval[1]


def test_chances_that_come_true_are_left_nearly_alone() -> None:
    intercept, slope = recalibration(
        [*[(0.2, n < 10) for n in range(50)], *[(0.8, n < 40) for n in range(50)]]
    )
    assert intercept == pytest.approx(0, abs=0.05)
    assert slope == pytest.approx(1, abs=0.05)


def test_over_confidence_is_found_and_taken_back() -> None:
    sure = [*[(0.05, n < 15) for n in range(60)], *[(0.95, n < 45) for n in range(60)]]
    intercept, slope = recalibration(sure)
    assert slope < 0.6
    low, high = recalibrated(np.array([0.05, 0.95]), intercept, slope)
    assert 0.1 < low < 0.4
    assert 0.6 < high < 0.9


def test_certainty_stays_what_it_is() -> None:
    assert recalibrated(np.array([0.0, 1.0]), 0.5, 0.7).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("happened", "of", "low", "high"),
    [(12, 28, 0.285, 0.583), (0, 10, 0.0, 0.171), (10, 10, 0.829, 1.0)],
)
def test_intervals_are_those_of_jeffreys(happened: int, of: int, low: float, high: float) -> None:
    """Of scipy.stats.beta(h + ½, n − h + ½), closed at the ends."""
    assert beta_interval(happened, of - happened) == pytest.approx((low, high), abs=0.002)


def test_which_half_is_wrong() -> None:
    quiet = [replace(visit(n, talked=1.5, hirers=0)) for n in range(CHECKED_FROM)]
    found = calibration(quiet)
    assert found.talks.happened < found.talks.said / 2
    assert found.share.visits == CHECKED_FROM


def test_a_hundred_stand_in_five_equal_bins() -> None:
    many = [replace(each) for n in range(10) for each in told(n / 10 + 0.05, n, 10, first=100 * n)]
    assert [each.visits for each in calibration(many).bins] == [20] * 5
