from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.find.health import STATES, Facts, health, night_starts, worse
from scrapers.base import Listing
from tests.find.listings import NEW_YORK, NOW, at, listing

WELL = Facts(outcome="ok", last_ok_at=NOW, upcoming=1200, next_due_at=NOW + timedelta(hours=4))
FAILING = replace(WELL, outcome="temporary", next_due_at=None)


CASES = [
    (Facts(), "new", "Not read yet."),
    (WELL, "ok", "1,200 coming events. Next try in 4 hours."),
    (replace(WELL, outcome="not_modified", upcoming=1), "ok", "1 coming event."),
    (replace(WELL, outcome="ok_partial"), "ok", "coming events"),
    (replace(WELL, upcoming=0), "quiet", "announces no coming events"),
    (replace(WELL, zone_suspect=True), "wrong_zone_suspect", "time zone"),
    (
        replace(WELL, zone_suspect=True, mending_rule="local_as_utc"),
        "wrong_zone_suspect",
        "labelled as UTC",
    ),
    (replace(WELL, outcome="suspicious", usual=40), "dropped", "its usual 40"),
    (
        replace(FAILING, outcome="suspicious", unreadable=True),
        "not_a_calendar",
        "not a calendar",
    ),
    (Facts(outcome="broken"), "not_a_calendar", "not a calendar"),
    (replace(WELL, outcome="broken"), "failing", "events stay"),
    (FAILING, "failing", "events stay"),
    (replace(FAILING, outcome="blocked"), "blocked", "refuses"),
    (
        replace(FAILING, outcome="keyless", error="Set GOMEET_A_KEY."),
        "blocked",
        "Set GOMEET_A_KEY.",
    ),
    (replace(FAILING, outcome="gone"), "gone", "until you say so"),
    (replace(WELL, paused=True), "ok", "Paused."),
]


@pytest.mark.parametrize(("facts", "state", "words"), CASES)
def test_A11_A14_every_state_has_its_words(facts: Facts, state: str, words: str) -> None:
    found = health(facts, now=NOW)
    assert found.state == state
    assert words in found.message


def test_every_state_is_among_the_cases() -> None:
    assert {state for _, state, _ in CASES} == set(STATES)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=-5), "in a moment"),
        (timedelta(minutes=15), "in 15 minutes"),
        (timedelta(hours=30), "in 30 hours"),
        (timedelta(days=7), "in 7 days"),
    ],
)
def test_the_next_try_in_words(wait: timedelta, words: str) -> None:
    assert f"Next try {words}." in health(replace(WELL, next_due_at=NOW + wait), now=NOW).message


def test_a_worsening_is_a_step_down_and_a_recovery_is_none() -> None:
    well, failing = health(WELL, now=NOW).state, health(FAILING, now=NOW).state
    assert worse(failing, well)
    assert not worse(well, failing)
    assert not worse(well, well)


def at_hours(*hours: int) -> list[Listing]:
    return [listing(start=at(5 + day, hour), end=None) for day, hour in enumerate(hours)]


def test_B5_many_night_starts_are_suspected_and_a_correction_is_proposed() -> None:
    found = night_starts(at_hours(2, 3, 3, 4, 2, 3, 19, 20), NEW_YORK)
    assert (found.timed, found.night, found.suspect) == (8, 6, True)
    assert found.rule == "utc_as_local"
    evenings = [listing(start=datetime(2026, 9, 10, 19, tzinfo=UTC), end=None)] * 6
    assert night_starts(evenings, "Asia/Tokyo").rule == "local_as_utc"


def test_B5_no_correction_is_proposed_that_would_not_mend() -> None:
    small_hours = [listing(start=datetime(2026, 9, 10, 3, tzinfo=UTC), time_zone="UTC", end=None)]
    found = night_starts(small_hours * 6, "UTC")
    assert (found.suspect, found.rule) == (True, "")


def test_B6_hours_are_judged_by_the_clock_of_the_city() -> None:
    evening_in_tokyo = datetime(2026, 9, 10, 10, tzinfo=UTC)  # 19:00 there, 06:00 in New York
    listings = [listing(start=evening_in_tokyo - timedelta(hours=n), end=None) for n in range(6)]
    assert not night_starts(listings, "Asia/Tokyo").suspect
    assert night_starts(listings, NEW_YORK).suspect


def test_B6_a_true_start_at_four_in_the_morning_is_no_suspicion() -> None:
    found = night_starts(at_hours(4, 9, 12, 18, 19, 19, 20, 20), NEW_YORK)
    assert (found.night, found.suspect, found.rule) == (1, False, "")


def test_all_day_events_have_no_hour() -> None:
    midnight = [listing(start=at(day, 0), all_day=True, end=None) for day in range(5, 15)]
    assert night_starts(midnight, "UTC").timed == 0


def test_a_register_of_new_places_is_well_without_events() -> None:
    found = health(Facts(outcome="ok", last_ok_at=NOW, of_places=True), now=NOW)
    assert (found.state, "new places" in found.message) == ("ok", True)
