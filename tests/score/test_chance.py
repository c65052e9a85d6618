"""The formula of SCORING.md 4.1 and its exact explanation (section 7)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.score.chance import (
    BASE_WEIGHT,
    CLIP,
    REFERENCE,
    SPREAD,
    Array,
    Rooms,
    chance,
    contributions,
    damped,
    logit,
)


def rooms(share: float, talks: float, weight: float = BASE_WEIGHT, fit: float = 1.0) -> Rooms:
    values = (
        logit(share),
        np.log(talks),
        np.log(fit),
        np.log(weight),
        np.log(SPREAD),
        0.0,
    )
    return Rooms(*(np.array([float(value)]) for value in values))


def one(at: Rooms) -> float:
    return float(chance(at)[0])


@pytest.mark.parametrize(
    ("share", "talks", "weight", "fit", "any_field", "your_field"),
    [
        pytest.param(0.20, 3.5, 17, 0.88, 0.40, 0.37, id="developer meetup"),
        pytest.param(
            0.45, 7.0, 20, 1 - 0.955 * 0.80, 0.78, 0.39, id="chamber after-hours in a brewery"
        ),
        pytest.param(0.16, 4.0, 17, 0.22, 0.37, 0.11, id="Saturday food-pantry shift"),
        pytest.param(0.26, 0.17, 17, 0.22, 0.04, 0.01, id="seated symphony"),
    ],
)
def test_worked_examples_of_section_5(
    share: float, talks: float, weight: float, fit: float, any_field: float, your_field: float
) -> None:
    assert round(one(rooms(share, talks, weight)), 2) == any_field
    assert one(rooms(share, talks, weight, fit)) == pytest.approx(your_field, abs=0.0051)


def test_unknown_everything_gives_14_percent() -> None:
    assert round(one(rooms(0.14, 1.2)), 2) == 0.14


def test_the_average_public_event_is_the_starting_point() -> None:
    start, _ = contributions(rooms(0.3, 5))
    assert start == one(rooms(0.14, 1.5)) == pytest.approx(0.168, abs=5e-4)


@pytest.mark.parametrize(
    ("talks", "share", "simulated"),
    [(7, 0.10, 0.39), (7, 0.30, 0.69), (4, 0.05, 0.15), (12, 0.25, 0.77), (1, 0.20, 0.17)],
)
def test_close_to_the_exact_mixture(talks: float, share: float, simulated: float) -> None:
    assert one(rooms(share, talks, weight=30)) == pytest.approx(simulated, abs=0.02)


def test_no_conversations_give_no_chance() -> None:
    assert one(rooms(0.5, 1e-9)) < 1e-8


coordinate = st.floats(-3, 3)
coordinates = st.tuples(
    st.floats(-4.5, 2.5),
    st.floats(np.log(0.05), np.log(15)),
    st.floats(-3, 0),
    st.floats(np.log(8), np.log(60)),
    st.floats(np.log(1), np.log(8)),
    st.floats(-7, 0),
)


def stacked(at: tuple[float, ...]) -> Rooms:
    return Rooms(*(np.array([value]) for value in at))


@given(coordinates)
def test_contributions_add_up_exactly(at: tuple[float, ...]) -> None:
    there = stacked(at)
    start, slopes = contributions(there)
    moved = slopes[:, 0] * (np.array(at) - REFERENCE)
    assert start + moved.sum() == pytest.approx(one(there), abs=1e-9)


@given(coordinates, st.integers(0, 5), st.floats(0.01, 1))
def test_rises_with_every_coordinate_and_stays_a_probability(
    at: tuple[float, ...], which: int, more: float
) -> None:
    raised = list(at)
    raised[which] += more
    if which in {2, 5}:  # a fit or an entry above one has no meaning
        raised[which] = min(0.0, raised[which])
    before, after = one(stacked(at)), one(stacked(tuple(raised)))
    assert 0 < before < 1
    assert after >= before - 1e-12


def array(values: list[float]) -> Array:
    return np.array(values, dtype=float)


def test_damping_weights_by_size_and_sign() -> None:
    assert damped([1.0, 2.0, -1.0], 0.6) == [0.4, 2.0, -1.0]


def test_a_property_market_breakfast_is_damped_as_in_section_4_2() -> None:
    ratios = array([6, 1.6, 1.5, 1.5, 1.3, 1.2])
    product = 1 / (1 + np.exp(-(logit(0.14) + np.log(ratios).sum())))
    kept = np.clip(sum(damped(np.log(ratios).tolist(), 0.2)), -CLIP, CLIP)
    assert 1 / (1 + np.exp(-(logit(0.14) + kept))) < product


@given(st.lists(st.floats(-2, 2), max_size=6), st.floats(0.01, 2), st.sampled_from([0.2, 0.6]))
def test_one_more_favorable_cue_never_lowers_the_sum(
    values: list[float], more: float, correlation: float
) -> None:
    before = sum(damped(values, correlation))
    assert sum(damped([*values, more], correlation)) >= before - 1e-12
