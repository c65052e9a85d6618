"""Explanations add up to the number shown and agree with the ranking (SCORING.md 7)."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.event import Event
from app.model.user import SENIORITIES, Profile
from app.score import Candidates, explain, explain_many, reasons, score_many, understand
from app.score.learned import Coefficients
from app.score.record import event_of, read_record
from scrapers.base import Offer
from tests.score.conftest import Make
from tests.shared import SHARED

SOFTWARE = Profile(field="software engineering", seniority="senior", interests=("wine",))


def brewery(make: Make) -> Event:
    return make(
        "Chamber Business After Hours",
        organizer="Harbor Falls Chamber of Commerce",
        venue="Ridgeline Brewing",
        start=datetime(2026, 9, 17, 17, 30, tzinfo=UTC),
        end=datetime(2026, 9, 17, 19, 30, tzinfo=UTC),
    )


def chamber_music(make: Make) -> Event:
    return make(
        "Harbor Quartet: String Quartets by Candlelight, Chamber Music in Concert",
        organizer="Harbor Falls Symphony",
        offers=(Offer(price_min=4500, price_max=4500, currency="USD"),),
    )


def test_the_chamber_after_hours_of_section_7(make: Make) -> None:
    score = explain(understand(brewery(make)), Profile())
    points = {reason.signal: reason.points for reason in score.reasons}
    assert 0.65 <= score.any_field <= 0.90
    assert score.low < score.any_field < score.high
    assert score.reasons[0].signal == "kind.talks"
    assert all(points[name] > 0 for name in ("kind.share", "organizer.chamber", "venue.bar"))


def test_the_seated_music_of_section_7(make: Make) -> None:
    score = explain(understand(chamber_music(make)), Profile())
    points = {reason.signal: reason.points for reason in score.reasons}
    assert score.any_field < 0.08
    assert points["kind.talks"] < -3
    assert points["form.rows"] < -3
    assert points["price.middle"] > 0


titles = st.lists(
    st.sampled_from(
        [
            "Founders", "Networking", "Dinner", "Concert", "Students", "Golf Scramble", "Job Fair",
            "Zoom", "Gala", "Kids", "Volunteer", "Sold out", "Trivia", "Support Group", "Wine",
        ]
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip
people = st.builds(
    Profile,
    field=st.sampled_from(["", "software", "nursing", "beekeeping", "finance"]),
    seniority=st.sampled_from(SENIORITIES),
    interests=st.sampled_from([(), ("wine",), ("golf", "music")]),
    dislikes=st.sampled_from([(), ("trivia",)]),
)


@given(titles, people)
def test_parts_add_up_for_anybody_and_for_you(
    make: Make, names: list[str], person: Profile
) -> None:
    score = explain(understand(make(" ".join(names))), person)
    assert score.start_points + sum(r.points for r in score.reasons) == pytest.approx(
        100 * score.any_field, abs=1e-7
    )
    assert score.your_start_points + sum(r.points for r in score.your_reasons) == pytest.approx(
        100 * score.your_field, abs=1e-7
    )
    assert 0 <= score.low <= score.any_field <= score.high <= 1
    assert 0 <= score.your_low <= score.your_field <= score.your_high <= 1
    assert 0 < score.your_field < 1


@given(st.lists(titles, min_size=1, max_size=5), people)
def test_one_and_many_agree(make: Make, lists: list[list[str]], person: Profile) -> None:
    events = [understand(make(" ".join(names))) for names in lists]
    chances = score_many(Candidates.of(events), person)
    single = [explain(event, person) for event in events]
    for alone, together in zip(single, explain_many(events, person), strict=True):
        assert [r.signal for r in alone.reasons] == [r.signal for r in together.reasons]
        assert np.allclose(
            [r.points for r in alone.reasons], [r.points for r in together.reasons], atol=1e-9
        )
        assert (alone.low, alone.high) == pytest.approx((together.low, together.high), abs=1e-9)
    assert np.allclose(chances.your_field, [score.your_field for score in single], atol=1e-9)
    assert np.allclose(chances.any_field, [score.any_field for score in single], atol=1e-9)


@given(st.floats(0, 100), st.lists(st.floats(-60, 60), max_size=12))
def test_whole_points_add_up(start: float, points: list[float]) -> None:
    first, rest = reasons.whole_points(start, points)
    exact = [start, *points]
    assert first + sum(rest) == round(sum(exact))
    assert all(
        abs(whole - value) < 1.001 for whole, value in zip([first, *rest], exact, strict=True)
    )


@pytest.mark.corpus
def test_every_explanation_of_the_judged_records_adds_up() -> None:
    if SHARED is None:
        return
    lines = (SHARED / "judged" / "dev.jsonl").read_bytes().splitlines()
    found = [understand(event_of(read_record(line))) for line in lines]
    for event, score in zip(found, explain_many(found, SOFTWARE), strict=True):
        exact = score.start_points + sum(reason.points for reason in score.reasons)
        yours = score.your_start_points + sum(reason.points for reason in score.your_reasons)
        first, rest = reasons.whole_points(score.start_points, [r.points for r in score.reasons])
        assert exact == pytest.approx(100 * event.any_field, abs=1e-7)
        assert yours == pytest.approx(100 * score.your_field, abs=1e-7)
        assert first + sum(rest) == round(exact)


def test_reasons_quote_the_listing_and_say_how_we_know(make: Make) -> None:
    score = explain(understand(brewery(make)), Profile())
    by_signal = {reason.signal: reason for reason in score.reasons}
    assert "“Chamber of Commerce” (we guess)" in by_signal["organizer.chamber"].text
    assert by_signal["venue.bar"].text.endswith("(surveys show)")


def test_etiquette_is_the_advice_where_people_pray(make: Make) -> None:
    score = explain(understand(make("Sunday Worship & Potluck Lunch")), Profile())
    assert score.advice == "Come for the gathering itself; do not pitch."


def test_a_circle_says_so_in_the_listings_words(make: Make) -> None:
    score = explain(understand(make("Resume Writing Workshop")), Profile())
    gate = next(reason for reason in score.reasons if reason.signal == "circle.gate")
    assert score.circle_phrase in gate.text
    assert gate.phrase == "Resume Writing"
    assert gate.points < 0


def test_best_leaves_out_what_is_withheld(make: Make) -> None:
    names = ["Tech Career Fair", "Chamber Mixer", "Film Screening", "Grief Support Group"]
    events = [understand(make(name)) for name in names]
    chances = score_many(Candidates.of(events), Profile())
    assert [names[n] for n in chances.best(10)] == ["Chamber Mixer", "Film Screening"]


def test_no_candidates_no_chances() -> None:
    chances = score_many(Candidates.of([]), SOFTWARE)
    assert len(chances.any_field) == len(chances.your_field) == len(chances.best(5)) == 0
    assert explain_many([], SOFTWARE) == []


def test_field_match_lifts_your_chance(make: Make) -> None:
    meetup = understand(make("Python Developer Meetup with Pizza", organizer="Harbor Python"))
    mixer = understand(brewery(make))
    nurse = Profile(field="nursing", seniority="senior")
    assert explain(meetup, SOFTWARE).your_field > 2 * explain(meetup, nurse).your_field
    assert explain(mixer, SOFTWARE).your_field < explain(mixer, SOFTWARE).any_field / 1.5


def test_no_field_named_means_every_field(make: Make) -> None:
    score = explain(understand(brewery(make)), Profile())
    assert score.your_field == pytest.approx(score.any_field)


def test_interest_helps_and_dislike_hurts(make: Make) -> None:
    tasting = understand(make("Wine Tasting at the Cellar"))
    plain = explain(tasting, Profile()).your_field
    assert explain(tasting, Profile(interests=("wine",))).your_field > plain
    assert explain(tasting, Profile(dislikes=("wine",))).your_field < plain


def test_seniority_asks_for_people_higher_up(make: Make) -> None:
    event = understand(brewery(make))
    chances = [
        explain(event, Profile(field="finance", seniority=level)).your_field
        for level in SENIORITIES
    ]
    assert chances == sorted(chances, reverse=True)


@pytest.mark.parametrize(
    ("chance", "shown"), [(0.02, "very unlikely"), (0.371, "37 %"), (0.93, "over 90 %")]
)
def test_never_more_digits_than_we_know(chance: float, shown: str) -> None:
    assert reasons.percent(chance) == shown


@pytest.mark.parametrize(("weight", "label"), [(11, "thin"), (14, "fair"), (22, "good")])
def test_confidence_by_weight(weight: float, label: str) -> None:
    assert reasons.confidence(weight) == label


def test_the_whole_explanation_as_a_person_reads_it(make: Make) -> None:
    """Of the rules alone, so that a new fit does not change it."""
    score = explain(understand(brewery(make), Coefficients.none()), Profile())
    told = [*reasons.lines(score.start_points, score.reasons), score.advice]
    golden = Path(__file__).parent / "golden" / "chamber_after_hours.txt"
    assert "\n".join(told) + "\n" == golden.read_text(encoding="utf-8")
