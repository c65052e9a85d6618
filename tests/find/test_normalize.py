from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find.normalize import normalize, normalize_all
from scrapers.base import (
    AttendanceMode,
    BadComponent,
    EventStatus,
    Listing,
    Offer,
    Organization,
    Place,
)
from tests.find.listings import NEW_YORK, at, listing


def normal(name: str = "Lantern Parade", /, **changes: object) -> Listing:
    return normalize(listing(name, **changes), source_zone=NEW_YORK)


def test_a_clean_listing_passes_unchanged() -> None:
    clean = normal("Café — Über “alles”", description="One.\n\nTwo – three.")
    assert normalize(clean, source_zone=NEW_YORK) == clean
    assert clean.name == "Café — Über “alles”"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("Cafe\u0301", "Café"),
        ("a\x00b\x07c\x1bd", "abcd"),
        ("a\x85b\u2028c\u2029d\x0be", "a b c d e"),
        ("pay\u202egnp.exe\u2066", "paygnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("two\r\nlines\tand  blanks ", "two lines and blanks"),
        ("R&amp;B typed by a person", "R&amp;B typed by a person"),
    ],
)
def test_S43_titles_hold_nothing_invisible(dirty: str, clean: str) -> None:
    assert normal(dirty).name == clean


def test_S43_descriptions_keep_their_lines() -> None:
    assert normal(description="a\r\nb\u2028c\x00\n\n\n\nd ").description == "a\nb\nc\n\nd"


def test_S43_texts_are_cut_to_their_limits_between_visible_characters() -> None:
    family = "👩‍👩‍👧"
    name = normal("x" * 298 + family).name
    assert len(name) <= 300
    assert name == "x" * 298 + "…"
    assert len(normal(description="word " * 9000).description) <= 20_000
    place = normal(location=Place("p" * 900)).location
    assert place is not None
    assert len(place.name) == 500


def test_S43_no_other_link_gets_through_any_field() -> None:
    bad = "javascript:alert(1)"
    found = normal(url=bad, image=bad, virtual_location=bad, location=Place(bad))
    assert (found.url, found.image, found.virtual_location) == ("", "", "")


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (0.0, 0.0),
        (float("nan"), 1.0),
        (1.0, float("inf")),
        (91.0, 0.5),
        (10.0, 181.0),
        (None, 7.0),
        (7.0, None),
    ],
)
def test_F3_impossible_coordinates_make_no_marker(
    latitude: float | None, longitude: float | None
) -> None:
    place = normal(location=Place("Hall", "", latitude, longitude)).location
    assert place == Place("Hall")


def test_true_coordinates_stay() -> None:
    place = Place("Gulf Station", "", 0.5, -3.0)
    assert normal(location=place).location == place


@pytest.mark.parametrize("before", [timedelta(0), timedelta(hours=-3), timedelta(days=-400)])
def test_B9_an_end_at_or_before_the_start_is_dropped(before: timedelta) -> None:
    odd = normal(start=at(10, 18), end=at(10, 18) + before)
    assert odd.end is None
    assert ("end_before_start" in odd.notes) == (before < timedelta(0))


def test_B9_no_end_is_no_problem() -> None:
    assert normal(end=None).end is None


def test_B10_a_night_and_a_day_stay_a_timed_event() -> None:
    long = normal(start=at(10, 18), end=at(11, 15))
    assert (long.end, long.all_day) == (at(11, 15), False)


def test_an_end_years_away_is_a_typing_error() -> None:
    endless = normal(end=datetime(2029, 1, 1, tzinfo=UTC))
    assert endless.end is None
    assert "duration_impossible" in endless.notes


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_an_impossible_year_costs_the_listing_alone(year: int) -> None:
    bad = listing(start=datetime(year, 1, 1, tzinfo=UTC))
    listings, problems = normalize_all([bad, listing()], source_zone=NEW_YORK)
    assert [each.name for each in listings] == ["Lantern Parade"]
    assert [(problem.code, problem.lost) for problem in problems] == [("start_impossible", True)]


def test_an_impossible_end_costs_the_end_alone() -> None:
    assert normal(end=datetime(9999, 12, 31, 23, tzinfo=UTC)).end is None


@pytest.mark.parametrize("name", ["", " \u200b\x00 "])
def test_a_listing_without_a_title_is_refused(name: str) -> None:
    with pytest.raises(BadComponent):
        normal(name)


def test_B14_an_unknown_zone_falls_back_to_the_sources() -> None:
    local = datetime(2026, 9, 10, 18)
    mended = normal(start=local, end=None, time_zone="Mars/Olympus")
    assert (mended.time_zone, mended.start) == (NEW_YORK, at(10, 18))
    assert "zone_guessed" in mended.notes


@pytest.mark.parametrize("zone", ["", "../etc/passwd", "Europe", "\x00"])
def test_hostile_zone_names_are_only_unknown(zone: str) -> None:
    assert normal(time_zone=zone).time_zone == NEW_YORK
    assert normalize(listing(time_zone=zone), source_zone=zone).time_zone == "UTC"


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "America/New_York", "Pacific/Kiritimati"])
def test_B7_all_day_event_stays_on_its_date(zone: str) -> None:
    day = datetime(2026, 9, 10, tzinfo=ZoneInfo(zone))
    whole = normal(start=day, end=day + timedelta(days=1), time_zone=zone, all_day=True)
    assert whole.start.tzinfo is UTC
    assert whole.start.astimezone(ZoneInfo(zone)).date() == date(2026, 9, 10)
    assert whole.end is not None
    assert whole.end.astimezone(ZoneInfo(zone)).date() == date(2026, 9, 11)


def test_B7_an_all_day_date_survives_an_unknown_zone() -> None:
    day = datetime(2026, 9, 10, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    whole = normal(start=day, end=None, time_zone="Nowhere/At_All", all_day=True)
    assert whole.start.astimezone(ZoneInfo(NEW_YORK)).date() == date(2026, 9, 10)


@pytest.mark.parametrize(
    ("name", "clean", "status"),
    [
        ("CANCELED – Book Club", "Book Club", EventStatus.CANCELLED),
        ("Cancelled: Book Club", "Book Club", EventStatus.CANCELLED),
        ("[CANCELLED] Book Club", "Book Club", EventStatus.CANCELLED),
        ("*CANCELED* Book Club", "Book Club", EventStatus.CANCELLED),
        ("Book Club (cancelled)", "Book Club", EventStatus.CANCELLED),
        ("Book Club - CANCELLED", "Book Club", EventStatus.CANCELLED),
        ("Postponed! Book Club", "Book Club", EventStatus.POSTPONED),
        ("Book Club [RESCHEDULED]", "Book Club", EventStatus.RESCHEDULED),
        ("Cancelled", "Cancelled", EventStatus.SCHEDULED),
        ("The Cancelled Wedding", "The Cancelled Wedding", EventStatus.SCHEDULED),
        ("Cancelled Culture: a talk", "Cancelled Culture: a talk", EventStatus.SCHEDULED),
        ("Film night: Cancelled", "Film night: Cancelled", EventStatus.SCHEDULED),
    ],
)
def test_E5_a_cancellation_in_the_title_is_recognised(
    name: str, clean: str, status: EventStatus
) -> None:
    found = normal(name)
    assert (found.name, found.event_status) == (clean, status)


def test_E5_the_word_of_the_source_outweighs_the_title() -> None:
    moved = normal("Postponed: Book Club", event_status=EventStatus.CANCELLED)
    assert moved.event_status is EventStatus.CANCELLED


@pytest.mark.parametrize(
    ("location", "mode", "place"),
    [
        ("Quay Center and Online", AttendanceMode.MIXED, True),
        ("Zoom", AttendanceMode.ONLINE, False),
        ("Online event", AttendanceMode.ONLINE, False),
        ("https://zoom.example/j/123456", AttendanceMode.ONLINE, False),
        ("Zoom meeting 812 345 678", AttendanceMode.ONLINE, False),
        ("Quay Center", AttendanceMode.OFFLINE, True),
        ("Room 208", AttendanceMode.OFFLINE, True),
        ("TBA", AttendanceMode.UNKNOWN, False),
        ("To be announced", AttendanceMode.UNKNOWN, False),
    ],
)
def test_F5_a_center_and_online_is_a_place_and_zoom_is_not(
    location: str, mode: AttendanceMode, place: bool
) -> None:
    found = normal(location=Place(location))
    assert (found.event_attendance_mode, found.location is not None) == (mode, place)
    assert normalize(found, source_zone=NEW_YORK) == found


def test_F1_the_home_of_a_group_is_not_the_place_of_its_events() -> None:
    names = ("Grey Gull", "Mill Yard", "Town Hall")
    group = [listing(location=Place(name, "", 42.0, -73.5)) for name in names]
    alone = listing(location=Place("Pier 4", "", 43.0, -73.5))
    found, _ = normalize_all([*group, alone], source_zone=NEW_YORK)
    assert [each.location for each in found] == [*map(Place, names), alone.location]


def test_F5_a_meeting_link_in_the_location_is_kept_as_one() -> None:
    found = normal(location=Place("https://zoom.example/j/123456"))
    assert found.virtual_location == "https://zoom.example/j/123456"


def test_F5_a_title_speaks_only_where_no_place_does() -> None:
    assert normal("Webinar: taxes", location=None).event_attendance_mode is AttendanceMode.ONLINE
    assert normal("Online dating, live").event_attendance_mode is AttendanceMode.OFFLINE


def test_F6_html_inside_a_location_is_taken_out() -> None:
    place = normal(location=Place("<p>Harbor&nbsp;Hall<br>Quay St</p>")).location
    assert place == Place("Harbor Hall Quay St")


def test_K4_private_listings_are_flagged() -> None:
    assert normal("Private Event").private
    assert normal("CLOSED FOR PRIVATE PARTY").private
    assert normal(private=True).private
    assert not normal("Private Lives, a comedy").private


def test_lists_are_cleaned_and_bounded() -> None:
    found = normal(
        categories=(" Music\x00 ", "Music", ""),
        performers=tuple(f"Act {number}" for number in range(99)),
        offers=(Offer(0, 0, "usd", url="javascript:x"),),
        organizer=Organization(" The\nGuild ", "ftp://example.org"),
    )
    assert found.categories == ("Music",)
    assert len(found.performers) == 50
    assert found.offers == (Offer(0, 0, "USD"),)
    assert found.organizer == Organization("The Guild")


texts = st.text(max_size=60) | st.text("ab <>&;/\n\t\u200b\u202e\u0301é👩\u200d", max_size=40)


@given(name=texts, text=texts, place=texts, address=texts, url=texts)
def test_normalizing_twice_changes_nothing(
    name: str, text: str, place: str, address: str, url: str
) -> None:
    raw = listing(name, description=text, location=Place(place, address), url=url)
    try:
        once = normalize(raw, source_zone=NEW_YORK)
    except BadComponent:
        return
    assert normalize(once, source_zone=NEW_YORK) == once
