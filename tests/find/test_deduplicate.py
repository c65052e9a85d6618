from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.match import read_pairs
from app.find.deduplicate import Candidate, block_keys, decide, identical, match
from app.find.likeness import event_link, sketch
from scrapers.base import Listing, Organization, Place
from tests.find.listings import HALL, at, listing
from tests.shared import SHARED

GULL = Place("Grey Gull, 185 Quay Ave, Harbor Falls, NY 12345")
SAME = [
    # D4: "Title" against "Title at Venue", subtitles, hosts and line-ups
    ("Nora Vale", "Nora Vale at The Grey Gull"),
    ("Nora Vale", "Nora Vale: The Long Way Home Tour"),
    ("Nora Vale", "Harbor Folk presents: Nora Vale"),
    ("Nora Vale", "NORA VALE (PATIO)"),
    ("Nora Vale w/ The Otters", "Nora Vale, The Otters"),
    ("Nora Vale / The Otters / Mill Race", "Nora Vale. The Otters. Mill Race"),
    # D8: articles, punctuation, "&", accents, initials
    ("The Otters and Nora Vale", "Otters & Nora Vale"),
    ("Mama’s Broken: ‘Réunion’ Tour", "Mama's Broken - 'Reunion' tour"),
    ("J.F.K. in Harbor Falls: a history", "JFK in Harbor Falls – A History"),
    ("JFK: the last summer", "John F. Kennedy – The Last Summer"),
    ("It", "It!"),
]
DIFFERENT = [
    # D4, D5: short shared words; other shows of one venue and evening
    ("Comedy Showcase", "Comedy Happy Hour"),
    ("Watercolor for Beginners", "Figure Drawing for Beginners"),
    ("Winery Tour: Red Hill", "Winery Tour: Blue Creek"),
    ("Monologue Festival, part 4", "Monologue Festival, part 5"),
    ("Good Moon Festival", "Good Moon Festival VIP Weekend Pass"),
    ("Nora Vale", "The Otters"),
    ("Book Club", "Chess Club"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_D4_D8_one_event_under_two_titles(one: str, other: str) -> None:
    assert decide(listing(one, location=GULL), listing(other, location=GULL)).merge


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_D4_D5_different_events_of_one_evening_and_venue(one: str, other: str) -> None:
    decision = decide(listing(one, location=GULL), listing(other, location=GULL))
    assert not decision.merge


@pytest.mark.parametrize(
    ("title", "there", "here"),
    [
        ("English Conversation Club", "Quincy Library", "Adams Library"),
        ("First Day of School", "", ""),
        ("Library Closed", "Quincy Library", "Adams Library"),
        ("Office closed: Labor Day", "", ""),
        ("Board Meeting", "Town Hall", "Quincy School"),
        ("Library Book Club", "Quincy Regional Library", "Adams Regional Library"),
    ],
)
def test_D5_common_titles_of_different_houses(title: str, there: str, here: str) -> None:
    one = listing(title, location=Place(there) if there else None)
    other = listing(title, location=Place(here) if here else None)
    assert not decide(one, other).merge


@pytest.mark.parametrize(
    ("one", "there", "other", "here"),
    [
        ("Coast Cleanup: Larson Park", "Larson Park", "Coast Cleanup: Maxwell Point", ""),
        ("Quincy Book Club", "Quincy Library", "Adams Book Club", "Adams Library"),
        ("Falls College Soccer vs Adams", "Falls, NY", "Quincy Soccer vs Lee", "Quincy, NY"),
        ("Falls Soccer vs Adams", "", "Falls Volleyball vs Adams", ""),
    ],
)
def test_D5_one_campaign_in_two_places_is_two_events(
    one: str, there: str, other: str, here: str
) -> None:
    a, b = (listing(name, location=Place(where)) for name, where in ((one, there), (other, here)))
    assert not decide(a, b).merge


@pytest.mark.parametrize(("hour", "merge"), [(18, True), (14, False)])
def test_a_reception_is_the_event_only_at_its_hour(*, hour: int, merge: bool) -> None:
    show = listing("Nora Vale: Lantern Pictures", location=GULL)
    reception = listing("Nora Vale: Lantern Pictures reception", location=GULL, start=at(10, hour))
    assert decide(show, reception).merge is merge


def test_two_showings_stay_two() -> None:
    matinee, evening = listing(start=at(10, 14)), listing(start=at(10, 19, 30))
    decision = decide(matinee, evening)
    assert not decision.merge
    assert "another showing" in decision.reasons[0]


@pytest.mark.parametrize(
    ("start", "all_day"),
    [
        (at(10, 17), False),  # doors
        (at(10, 22) + timedelta(minutes=0), False),  # UTC read as local
        (at(10, 6), False),  # am for pm
        (at(10, 0), False),  # "midnight": no time known
        (at(10, 0), True),
    ],
)
def test_a_wrong_or_missing_time_is_still_the_same_event(*, start: object, all_day: bool) -> None:
    assert decide(listing(), listing(start=start, all_day=all_day)).merge


def test_another_day_is_another_event() -> None:
    assert decide(listing(), listing(start=at(13, 18))).same == 0.0


def test_the_same_page_speaks_for_one_event_and_a_list_page_does_not() -> None:
    words = frozenset({"lantern", "parade"})
    page = event_link("https://www.falls.example/e/lantern-parade/?utm_source=x#top", words)
    assert page == event_link("http://falls.example/e/lantern-parade", words) != ""
    assert event_link("https://falls.example/calendar", words) == ""
    assert event_link("https://falls.example/event.php?id=118260", words) != ""
    assert event_link("http://[half", words) == ""


def candidate(
    key: str, name: str = "Lantern Parade", source: str = "", **changes: object
) -> Candidate:
    return Candidate(key, source or key, sketch(listing(name, **changes)))


def joins(item: Listing, *candidates: Candidate, source: str = "own") -> str | None:
    found = match(sketch(item), source, candidates)
    assert match(sketch(item), source, reversed(candidates)) == found
    return found and found[0]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (listing("LANTERN PARADE!"), True),
        (listing(start=at(10, 19)), False),
        (listing("Lantern Parade: the finale"), False),
        (listing(location=GULL), False),
    ],
)
def test_D5_two_listings_of_one_source_are_one_only_if_identical(
    *, other: Listing, same: bool
) -> None:
    assert joins(other, candidate("a", source="own")) == ("a" if same else None)
    assert identical(sketch(listing()), sketch(other)) is same


def test_an_event_with_another_listing_of_the_source_is_closed() -> None:
    event = (candidate("a", source="own", start=at(10, 17)), candidate("a", source="other"))
    assert joins(listing(), *event) is None
    assert joins(listing(), *event, source="third") == "a"


def test_a_copy_without_a_time_does_not_join_matinee_and_evening() -> None:
    matinee = candidate("a", source="one", start=at(10, 14))
    untimed = candidate("a", source="two", start=at(10, 0), all_day=True)
    assert joins(listing(start=at(10, 19, 30)), untimed) == "a"
    assert joins(listing(start=at(10, 19, 30)), untimed, matinee) is None


def test_reasons_say_why() -> None:
    decision = decide(listing(url="https://falls.example/"), listing(description="Lanterns!"))
    assert decision.reasons == ("same title", "same start", "same place")
    assert decide(listing(), listing()).reasons == ("alike in everything",)


def test_D7_match_takes_the_best_and_does_not_depend_on_order() -> None:
    longer = candidate("0", "Lantern Parade with Nora Vale")
    assert joins(listing(), candidate("b"), longer, candidate("a")) == "a"
    assert joins(listing(), candidate("0", "Chess Club")) is None
    assert joins(listing()) is None


def test_blocks_hold_what_may_be_one_event_and_little_else() -> None:
    keys = block_keys(listing())
    assert keys & block_keys(listing("Parade", start=at(10, 22)))
    assert keys & block_keys(listing(start=at(11, 1)))
    assert not keys & block_keys(listing("Chess Club", location=GULL))
    assert not keys & block_keys(listing(start=at(12, 18)))


titles = st.lists(
    st.sampled_from(
        [
            "the",
            "nora",
            "vale",
            "at",
            "grey",
            "gull",
            "otters",
            "&",
            "festival",
            "part",
            "4",
            ":",
            "–",
            "tour",
            "club",
        ]
    ),
    min_size=1,
    max_size=7,
).map(" ".join)
listings = st.builds(
    lambda name, hour, minute, place, text, host: listing(
        name, start=at(10, hour, minute), location=place, description=text, organizer=host
    ),
    titles,
    st.integers(0, 23),
    st.sampled_from([0, 30]),
    st.sampled_from([None, HALL, GULL, Place("Harbor Falls, NY"), Place("Zoom")]),
    st.sampled_from(["", "A long evening of music with many friends under lanterns"]),
    st.sampled_from([None, Organization("Grey Gull")]),
)


@given(listings, listings)
def test_decisions_are_symmetric_and_probable(a: Listing, b: Listing) -> None:
    decision = decide(a, b)
    assert decision == decide(b, a)
    assert 0.0 <= decision.same <= 1.0
    assert not decision.merge or decision.same > 0.5


@given(listings)
def test_a_listing_merges_with_itself_unless_it_could_be_anybodys(a: Listing) -> None:
    named = listing("Nora Vale " + a.name, start=a.start, location=a.location)
    placed = replace(a, location=GULL)
    hosted = replace(a, organizer=Organization("Grey Gull"))
    assert all(decide(each, each).merge for each in (named, placed, hosted))


@given(st.text(min_size=1), st.text(), st.text(), st.text())
def test_any_text_can_be_compared(name: str, text: str, place: str, url: str) -> None:
    odd = listing(name, description=text, location=Place(place, text), url=url)
    assert decide(odd, listing()) == decide(listing(), odd)
    assert block_keys(odd)


@given(listings, listings)
def test_what_merges_shares_a_block(a: Listing, b: Listing) -> None:
    if decide(a, b).merge:
        assert block_keys(a) & block_keys(b)


if SHARED is not None:
    PAIRS = SHARED / "judged" / "pairs.jsonl"

    @pytest.mark.corpus
    def test_judged_pairs_are_matched_as_well_as_promised() -> None:
        counts: Counter[str] = Counter()
        for _, found in read_pairs(PAIRS):
            assert not isinstance(found, str)
            pair, a, b = found
            decision = decide(a, b)
            counts["same"] += pair.same == 1
            counts["merged"] += decision.merge
            counts["right"] += decision.merge and pair.same == 1
            counts["wrong"] += decision.merge and pair.same == 0
            counts["blocked"] += pair.same == 1 and not block_keys(a) & block_keys(b)
        assert counts["wrong"] <= 0.01 * counts["merged"]
        assert counts["right"] >= 0.92 * counts["same"]
        assert counts["blocked"] <= 0.02 * counts["same"]
