from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.find.merge import Copy, merge_listings
from app.model.event import Event
from scrapers.base import AttendanceMode, EventStatus, Listing, Offer, Place
from tests.find.listings import HALL, at, listing

ID = UUID(int=1)


def merged(*copies: tuple[Listing, float]) -> Event:
    named = [Copy(item, trust, f"source-{index}") for index, (item, trust) in enumerate(copies)]
    return merge_listings(named, event_id=ID)


def test_the_venue_beats_the_aggregator_field_by_field() -> None:
    venue = listing("Nora Vale", url="https://gull.example/nora", image="")
    aggregator = listing(
        "NORA VALE at Grey Gull!!",
        url="https://all.example/1",
        image="https://all.example/1.jpg",
        description="A night of songs.",
        offers=(Offer(1500, 1500, "USD"),),
    )
    event = merged((aggregator, 0.3), (venue, 0.9))
    assert (event.name, event.url) == ("Nora Vale", "https://gull.example/nora")
    assert event.image == "https://all.example/1.jpg"
    assert event.description == "A night of songs."
    assert event.offers == (Offer(1500, 1500, "USD"),)


def test_D6_the_copy_with_the_wrong_time_does_not_win() -> None:
    right, wrong = listing(start=at(10, 19)), listing(start=at(10, 23), end=None)
    assert merged((wrong, 0.5), (right, 0.4), (right, 0.4)).start == right.start
    assert merged((wrong, 0.5), (right, 0.5)).start == right.start
    assert merged((right, 0.4), (listing(start=at(10, 7)), 0.9)).start == at(10, 7)


def test_D6_a_known_time_beats_midnight_and_all_day() -> None:
    timed, midnight = listing(start=at(10, 19)), listing(start=at(10, 0))
    whole = listing(start=at(10, 0), all_day=True)
    for blank in (midnight, whole):
        event = merged((blank, 0.9), (timed, 0.1))
        assert (event.start, event.all_day) == (at(10, 19), False)
    assert merged((whole, 0.9)).all_day


def test_the_end_belongs_to_the_believed_start() -> None:
    open_end = listing(start=at(10, 18), end=None)
    fuller = listing(start=at(10, 18), end=at(10, 21))
    other = listing(start=at(10, 17), end=at(10, 23))
    assert merged((open_end, 0.9), (other, 0.5), (fuller, 0.1)).end == at(10, 21)
    assert merged((open_end, 0.9), (other, 0.5)).end is None


def test_a_named_venue_beats_a_town_and_takes_the_coordinates_of_its_own() -> None:
    town = listing(location=Place("Harbor Falls, NY", "", 42.0, -73.0))
    named = listing(location=HALL)
    located = listing(location=Place(HALL.name, HALL.address, 42.5, -73.5))
    assert merged((town, 0.9), (named, 0.5)).location == HALL
    found = merged((town, 0.9), (named, 0.5), (located, 0.1)).location
    assert found == located.location


def test_E4_a_cancellation_known_to_one_copy_is_shown() -> None:
    live, dead = listing(), listing(event_status=EventStatus.CANCELLED)
    assert merged((live, 0.9), (dead, 0.2)).event_status is EventStatus.CANCELLED


def test_online_and_on_site_are_mixed() -> None:
    mixed = listing(event_attendance_mode=AttendanceMode.MIXED)
    known = listing(event_attendance_mode=AttendanceMode.OFFLINE)
    assert merged((known, 0.9), (mixed, 0.1)).event_attendance_mode is AttendanceMode.MIXED
    assert merged((listing(), 0.9), (known, 0.1)).event_attendance_mode is AttendanceMode.OFFLINE


def test_a_full_text_beats_a_stub_of_more_trust() -> None:
    stub, full = listing(description="Soon."), listing(description="word " * 60)
    assert merged((stub, 0.9), (full, 0.1)).description == full.description
    longer = listing(description="word " * 90)
    assert merged((full, 0.9), (longer, 0.1)).description == full.description


copies = st.builds(
    lambda name, hour, text, trust: (
        listing(name, start=at(10, hour), description=text, categories=(name,)),
        trust,
    ),
    st.sampled_from(["Nora Vale", "NORA VALE", "Nora Vale!"]),
    st.integers(0, 23),
    st.sampled_from(["", "some", "text"]),
    st.sampled_from([0.3, 0.5, 0.9]),
)


@given(st.lists(copies, min_size=1, max_size=4))
def test_D7_the_canonical_copy_does_not_depend_on_the_order(
    chosen: list[tuple[Listing, float]],
) -> None:
    named = [Copy(item, trust, f"source-{index}") for index, (item, trust) in enumerate(chosen)]
    events = {repr(merge_listings(order, event_id=ID)) for order in permutations(named)}
    assert len(events) == 1


def test_one_copy_is_taken_as_it_is() -> None:
    only = listing(series="weekly", virtual_location="https://zoom.example/j/1")
    event = merged((only, 0.5))
    assert (event.id, event.name, event.start, event.end) == (ID, only.name, only.start, only.end)
    assert (event.series, event.virtual_location) == ("weekly", "https://zoom.example/j/1")
