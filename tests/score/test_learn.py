"""What a person's own evenings teach (SCORING.md 8), and that the explanation still adds up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.check_in import CheckIn, Forecast
from app.model.learnt import NOTHING, Group, Learnt, Ratio
from app.model.user import Profile
from app.score import Candidates, explain, score_many, understand
from app.score.calibration import beta_interval
from app.score.candidates import Taught
from app.score.learn import HALF_LIFE, PRIOR, groups_of, learn, slot_of
from tests.score.conftest import Make

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOSTS = ("organizer", "harbor founders")
MIXER = ("kind", "business_mixer")
SOFTWARE = Profile(field="software engineering", interests=("wine",))


def visit(n: int = 1, *groups: Group, days: float = 1, **told: object) -> CheckIn:
    """An evening where four talks and a share of a fifth were foretold."""
    made = CheckIn(
        event_id=UUID(int=n),
        start=NOW - timedelta(days=days),
        went=True,
        forecast=Forecast(chance=0.4, talks=4, share=0.2, raw=0.4),
        groups=groups or (MIXER, HOSTS),
    )
    return replace(made, **told)  # type: ignore[arg-type] # names of fields


def ratio(learnt: Learnt, group: Group) -> float:
    return dict(learnt.ratios)[group].value


def test_no_check_in_teaches_nothing() -> None:
    assert learn([], NOW) == NOTHING
    assert learn([replace(visit(hirers=3), went=False)], NOW) == NOTHING


def test_untold_is_not_none() -> None:
    """Whoever only says that they went says nothing of the room."""
    assert learn([visit()], NOW) == NOTHING


def test_one_visit_hardly_moves_and_ten_outweigh_the_prior() -> None:
    """FEATURES' yellow pad: the range stays wide with one visit, ten dominate."""
    told = [visit(n, talked=4, hirers=2) for n in range(10)]
    one, ten = learn(told[:1], NOW), learn(told, NOW)
    assert 1 < ratio(one, MIXER) < 1.25
    assert ratio(ten, MIXER) * ratio(ten, HOSTS) > 2, "2.5 times as many were met"


def test_an_organizer_is_not_credited_twice_with_what_the_kind_explains() -> None:
    others = [visit(n, MIXER, ("organizer", f"host {n}"), talked=4, hirers=2) for n in range(12)]
    alone = learn([visit(99, talked=4, hirers=2)], NOW)
    among = learn([*others, visit(99, talked=4, hirers=2)], NOW)
    assert ratio(among, HOSTS) < ratio(alone, HOSTS)


@pytest.mark.parametrize(("met", "above"), [(True, True), (False, False)])
def test_yes_and_no_count_as_what_was_expected(*, met: bool, above: bool) -> None:
    assert (ratio(learn([visit(met_hirer=met)], NOW), HOSTS) > 1) is above


def test_talk_is_learned_from_those_who_say_how_many() -> None:
    quiet = learn([visit(n, talked=0) for n in range(6)], NOW)
    lively = learn([visit(n, talked=8) for n in range(6)], NOW)
    assert quiet.talk < 0.5 < 1 < lively.talk < 2
    assert learn([visit(met_hirer=True)], NOW).talk == 1


def test_what_is_long_ago_counts_less() -> None:
    found = [
        ratio(learn([visit(talked=4, hirers=3, days=days)], NOW), HOSTS)
        for days in (1, HALF_LIFE["organizer"], 10 * HALF_LIFE["organizer"])
    ]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 1.01


def test_half_a_life_is_half_the_evidence() -> None:
    learnt = learn([visit(1, HOSTS, talked=4, hirers=3, days=HALF_LIFE["organizer"])], NOW)
    prior = PRIOR["organizer"]
    assert isclose(ratio(learnt, HOSTS), (prior + 1.5) / (prior + 0.4), rel_tol=1e-6)


def test_an_absurd_report_is_bounded() -> None:
    learnt = learn([visit(n, HOSTS, talked=13, hirers=3) for n in range(200)], NOW)
    assert ratio(learnt, HOSTS) <= 5


def test_the_worked_example_of_a_share() -> None:
    """Prior .20 worth 14 people, five meetups with 18 conversations and 7 hirers: .31."""
    low, high = beta_interval(0.2 * 14 + 7 - 0.5, 0.8 * 14 + 18 - 7 - 0.5)
    assert low < 0.31 < high
    assert pytest.approx(0.31, abs=0.005) == (0.2 * 14 + 7) / (14 + 18)


reports = st.builds(
    visit,
    st.integers(1, 10_000),
    st.sampled_from([MIXER, HOSTS, ("venue", "gull room"), ("topic", "wine")]),
    days=st.floats(0, 2000),
    talked=st.sampled_from([None, 0, 1.5, 4, 8, 13]),
    hirers=st.sampled_from([None, 0, 1, 2, 3]),
    met_hirer=st.sampled_from([None, True, False]),
)


@given(st.lists(reports, max_size=12, unique_by=lambda each: each.event_id), st.randoms())
def test_the_order_of_check_ins_does_not_matter(told: list[CheckIn], random: object) -> None:
    other = told[:]
    random.shuffle(other)  # type: ignore[attr-defined] # a Random
    assert learn(other, NOW) == learn(told, NOW)


@given(st.lists(reports, min_size=1, max_size=8, unique_by=lambda each: each.event_id))
def test_one_more_who_hires_never_lowers_a_group(told: list[CheckIn]) -> None:
    first = replace(told[0], talked=4, hirers=0)
    less, more = (learn([replace(first, hirers=n), *told[1:]], NOW) for n in (0, 1))
    group = first.groups[0]
    assert ratio(more, group) >= ratio(less, group)


learned = st.builds(
    Learnt,
    talk=st.floats(0.25, 4),
    ratios=st.lists(
        st.tuples(
            st.sampled_from([MIXER, HOSTS, ("venue", "gull room"), ("slot", "weekday evening")]),
            st.builds(Ratio, st.floats(0.2, 5), st.just(1.0), st.just(1.0), st.integers(1, 9)),
        ),
        max_size=4,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    intercept=st.floats(-1, 1),
    slope=st.floats(0.3, 1.6),
)


@given(learned, st.sampled_from([SOFTWARE, Profile()]))
def test_what_was_learned_stands_in_the_reasons_which_still_add_up(
    make: Make, learnt: Learnt, person: Profile
) -> None:
    event = make("Wine tasting and founders' mixer", organizer="Harbor Founders", venue="Gull Room")
    read = understand(event)
    groups = groups_of(event, read.kind)
    score = explain(read, person, groups, learnt)
    for start, reasons, chance in (
        (score.start_points, score.reasons, score.any_field),
        (score.your_start_points, score.your_reasons, score.your_field),
    ):
        points = [reason.points for reason in reasons]
        assert start + sum(points) == pytest.approx(100 * chance, abs=1e-6)
    logs = sum(np.log(each.value) for group, each in learnt.ratios if group in groups)
    many = score_many(Candidates.of([read]), person, Taught(np.array([logs]), learnt))
    assert many.any_field[0] == pytest.approx(score.any_field, abs=1e-9)
    assert many.your_field[0] == pytest.approx(score.your_field, abs=1e-9)
    assert score.low <= score.any_field <= score.high


def test_the_reason_says_how_often_one_was_there(make: Make) -> None:
    event = make("Founders' mixer", organizer="Harbor Founders")
    read = understand(event)
    learnt = learn([visit(n, HOSTS, talked=4, hirers=2) for n in range(3)], NOW)
    score = explain(read, Profile(), groups_of(event, read.kind), learnt)
    (reason,) = [each for each in score.reasons if each.signal == "learned.organizer"]
    assert "your 3 visits with these hosts met" in reason.text
    assert "times as many people who hire as expected" in reason.text
    assert score.any_field > explain(read, Profile()).any_field


@pytest.mark.parametrize(
    ("start", "slot"),
    [
        (datetime(2026, 11, 27, 23, tzinfo=UTC), "weekday evening"),
        (datetime(2026, 11, 28, 15, tzinfo=UTC), "weekend morning"),
        (datetime(2026, 11, 29, 2, tzinfo=UTC), "weekend evening"),
    ],
)
def test_a_slot_is_that_of_the_place(make: Make, start: datetime, slot: str) -> None:
    event = replace(make("Mixer"), start=start, time_zone="America/New_York", all_day=False)
    assert slot_of(event) == slot


def test_groups_compare_equal_whatever_their_case(make: Make) -> None:
    found: Sequence[Group] = groups_of(make("Mixer", organizer="HARBOR Founders"), "other")
    assert HOSTS in found
