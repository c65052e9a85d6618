"""Reading a listing: the sixty titles, homonyms, fairness, monotonicity."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.model.user import Profile
from app.score import MODEL_VERSION, Candidates, Understanding, score_many, understand
from app.score.learned import Coefficients, coefficients
from bench.invented import examples
from scrapers.base import EventStatus, Offer
from tests.score.conftest import Make

TITLES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "titles.toml").read_text(encoding="utf-8")
)["titles"]
GRADES = (0.15, 0.35, 0.65)  # borders of the grades of SCORING.md 12.1


def grade(found: Understanding) -> int:
    return sum(found.any_field >= border for border in GRADES)


def title(number: int) -> str:
    return str(TITLES[number - 1]["title"])


@pytest.mark.parametrize("row", TITLES, ids=lambda row: str(row["number"]))
def test_sixty_titles_circles(row: dict[str, Any], make: Make) -> None:
    found = understand(make(row["title"]))
    assert (found.withheld == "circle") == bool(row["circle"])


@pytest.mark.parametrize(
    ("known", "exact", "near", "kinds"),
    [
        pytest.param(Coefficients.none(), 44, 59, 51, id="rules alone"),
        pytest.param(coefficients(), 37, 57, 46, id="with what was learned"),
    ],
)
def test_sixty_titles_grades_and_kinds(
    known: Coefficients, exact: int, near: int, kinds: int, make: Make
) -> None:
    """From the title alone; the borders are fuzzy, so the table as a whole is the measure."""
    found = [understand(make(row["title"]), known) for row in TITLES]
    apart = [abs(grade(each) - row["grade"]) for each, row in zip(found, TITLES, strict=True)]
    right = [each.kind == row["kind"] for each, row in zip(found, TITLES, strict=True)]
    assert sum(distance == 0 for distance in apart) >= exact
    assert sum(distance <= 1 for distance in apart) >= near
    assert sum(right) >= kinds


@pytest.mark.parametrize(
    ("number", "kind", "most"),
    [
        pytest.param(7, "spectator_show", 0.15, id="career retrospective"),
        pytest.param(23, "food_drink", 0.45, id="founders the brewery"),
        pytest.param(27, "hobby_social", 0.40, id="board games"),
        pytest.param(30, "spectator_show", 0.15, id="chamber music"),
        pytest.param(32, "spectator_show", 0.15, id="the boss"),
        pytest.param(34, "faith_community", 0.35, id="book of Job"),
        pytest.param(37, "class_workshop", 0.35, id="audio mixer"),
    ],
)
def test_homonyms_of_section_12_8(number: int, kind: str, most: float, make: Make) -> None:
    found = understand(make(title(number)))
    assert found.kind == kind
    assert found.any_field <= most
    assert not found.withheld


IDENTITIES = ("Women", "Black", "Latino", "LGBTQ", "Jewish", "Asian", "Veteran", "Muslim", "Deaf")


@pytest.mark.parametrize(
    "title",
    [
        "{} Founders Roundtable",
        "{} in Tech Summit",
        "Networking Lunch for {} Business Owners",
        "{} Professionals Mixer",
        "Pitch Night: {} Entrepreneurs",
        "Career Fair for {} Engineers",
    ],
)
@pytest.mark.parametrize("identity", IDENTITIES)
def test_identity_words_have_ratio_one(title: str, identity: str, make: Make) -> None:
    """Whoever is named, the room and the gate are the same; only the role word counts (11)."""
    text = "An evening of conversation for {} leaders. {} members are especially welcome."
    with_word, other = (
        understand(make(title.format(word), description=text.replace("{}", word)))
        for word in (identity, "Native")
    )
    assert with_word.any_field == pytest.approx(other.any_field, abs=1e-12)
    assert with_word.circle == pytest.approx(other.circle, abs=1e-12)
    assert with_word.kind == other.kind


def test_an_identity_word_is_worth_as_much_as_none(make: Make) -> None:
    with_word = understand(make("Women Founders Roundtable"))
    assert with_word.any_field == pytest.approx(
        understand(make("Founders Roundtable")).any_field, abs=1e-12
    )


def test_an_unknown_event_is_about_14_percent(make: Make) -> None:
    found = understand(make("Xyzzy"), Coefficients.none())
    assert found.any_field == pytest.approx(0.14, abs=0.01)
    assert found.kind == "other"


@pytest.mark.parametrize(
    "name",
    [
        "Grief Support Group",
        "Bereavement Circle",
        "Memorial Service for a Neighbor",
        "Dementia Cafe",
    ],
)
def test_grief_and_illness_are_never_suggested(name: str, make: Make) -> None:
    found = understand(make(name, description="All are welcome. Coffee and fellowship."))
    assert found.withheld == "grief"
    assert found.any_field < 0.05


@pytest.mark.parametrize("organizer", ["Harbor Hospice", "Harbor Chamber of Commerce", ""])
@pytest.mark.parametrize(
    "name",
    ["Cancer Support Group with Lunch", "Survivors of Suicide Loss Circle", "AA Recovery Meeting"],
)
def test_nobody_is_sent_to_the_grieving_or_the_ill(name: str, organizer: str, make: Make) -> None:
    found = understand(make(name, organizer=organizer, description="Networking reception follows."))
    chances = score_many(Candidates.of([found]), Profile())
    assert found.withheld == "grief"
    assert len(chances.best(1)) == 0


def test_a_cancelled_event_is_withheld(make: Make) -> None:
    found = understand(make("Chamber Mixer", event_status=EventStatus.CANCELLED))
    assert found.withheld == "called_off"
    assert found.any_field < 0.01


def test_a_sold_out_event_has_little_chance(make: Make) -> None:
    offers = (Offer(price_min=2500, availability="sold_out"),)
    assert understand(make("Chamber Mixer", offers=offers)).entry == 0.05


def test_online_leaves_a_tenth_of_the_talk(make: Make) -> None:
    there = understand(make("Speaker Series"))
    online = understand(make("Speaker Series", venue="https://zoom.us/j/1"))
    assert online.any_field < there.any_field / 2


FAVORABLE = [
    {"organizer": "Harbor Falls Chamber of Commerce"},
    {"description": "Reception for business owners."},
    {"description": "Introductions, then dinner at shared tables."},
    {"offers": (Offer(price_min=12000, price_max=12000, currency="USD"),)},
    {"venue": "Harbor Hotel Ballroom"},
]


@pytest.mark.parametrize("more", FAVORABLE, ids=str)
@pytest.mark.parametrize("name", ["Annual Summit", "Rotary Club Luncheon", "Wine Tasting"])
def test_a_favorable_cue_never_lowers_the_chance(
    name: str, more: dict[str, Any], make: Make
) -> None:
    """Of the rules; what was learned is data and may disagree with a rule."""
    rules = Coefficients.none()
    richer = understand(make(name, **more), rules)
    assert richer.any_field >= understand(make(name), rules).any_field - 1e-9


def test_the_weekday_of_the_events_own_zone_counts(make: Make) -> None:
    start = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)  # Thursday 18:00 in Los Angeles
    found = understand(make("Rotary Social", start=start, time_zone="America/Los_Angeles"))
    assert "Thursday 18:00" in {part.phrase for part in found.parts}


def test_is_stored_as_json_and_read_again(make: Make) -> None:
    found = understand(make("Chamber Business After Hours", venue="Ridgeline Brewing"))
    stored = msgspec.json.encode(found)
    assert found.model == MODEL_VERSION
    assert msgspec.json.decode(stored, type=Understanding) == found


def test_nothing_is_fitted_on_the_sixty_titles() -> None:
    invented = {record.title.lower() for record in examples()}
    assert not invented & {str(row["title"]).lower() for row in TITLES}
