"""The eight-week cycle: every stretch of 56 days holds the whole city, and dates stay put."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.model.event import KINDS
from app.sample_city.city import documents, upcoming
from app.sample_city.cycle import (
    FOUNDED,
    HORIZON,
    ZONE,
    Change,
    cycle_week,
    dates,
    hours,
    season_end,
)
from app.sample_city.records import Event, city
from app.sample_city.wording import CENTER

DAYS = st.dates(FOUNDED, date(2090, 1, 1))
PATIENT = settings(max_examples=40, deadline=None)  # two cores, shared: no race with a clock
PUBLISHERS = city().publishers
EVENTS = [event for each in PUBLISHERS for event in each.events]


def own(today: date) -> list[tuple[Event, date]]:
    """What happens in the next 56 days, the aggregator's repeats left out."""
    return [
        (each.event, each.start.date())
        for publisher, each in upcoming(today)
        if publisher.section != "thisweek"
    ]


@PATIENT
@given(DAYS)
def test_any_eight_weeks_hold_the_same_hundred_and_sixty_happenings(today: date) -> None:
    found = own(today)
    assert len(found) == 161
    assert all(today <= day < today + HORIZON for _, day in found)
    expected = {event.slug: len(set(event.weeks) - set(event.skip)) for event in EVENTS}
    counts = Counter(event.slug for event, _ in found)
    assert counts == {slug: expected[slug] for slug in counts}
    assert counts.keys() == {slug for slug in expected if not slug.startswith("tw-")}


@PATIENT
@given(DAYS)
def test_tomorrow_changes_no_date_that_was_announced_today(today: date) -> None:
    tomorrow = today + timedelta(days=1)
    now, later = ({each.uid: each for _, each in upcoming(day)} for day in (today, tomorrow))
    gone = now.keys() - later.keys()
    assert all(now[uid].start.date() == today for uid in gone)
    assert all(later[uid] == now[uid] for uid in now.keys() & later.keys())


@given(DAYS, st.integers(0, 6))
def test_dates_fall_on_their_weekday_in_their_week(today: date, weekday: int) -> None:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    [found] = dates([5], names[weekday], today, today + HORIZON)
    assert found.weekday() == weekday
    assert cycle_week(found) == 5


@PATIENT
@given(DAYS)
def test_a_season_ends_after_the_horizon_on_a_monday(today: date) -> None:
    end = season_end(today)
    assert today + HORIZON < end <= today + 2 * HORIZON
    assert end.weekday() == 0


def test_hours_run_into_the_night_and_over_several_days() -> None:
    day = date(2026, 12, 5)
    assert hours(day, "19:30")[1] is None
    assert [f"{each:%d %H:%M}" for each in hours(day, "22:00-01:00") if each] == [
        "05 22:00",
        "06 01:00",
    ]
    assert [f"{each:%d %H:%M}" for each in hours(day, "10:00-16:00", 2) if each] == [
        "05 10:00",
        "06 16:00",
    ]
    start, end = hours(day, "", 3)
    assert end is not None
    assert (end.date() - start.date()).days == 3


def test_an_event_put_off_is_listed_until_its_new_day_has_passed() -> None:
    today = date(2026, 12, 3)
    [uid] = [each.uid for _, each in upcoming(today) if each.event.slug == "after-hours"][:1]
    changes = frozenset({Change(uid, today, by=timedelta(days=2))})
    for days, listed in ((0, True), (2, True), (3, False)):
        uids = {each.uid for _, each in upcoming(today + timedelta(days=days), changes)}
        assert (uid in uids) is listed, days


@pytest.mark.parametrize("sunday", [date(2026, 11, 1), date(2027, 3, 14)])
def test_B11_worship_stays_at_ten_over_both_clock_changes(sunday: date) -> None:
    found = upcoming(sunday - timedelta(days=28))
    starts = [each.start for _, each in found if each.event.slug == "worship"]
    assert {f"{start:%H:%M}" for start in starts} == {"10:00"}
    assert len({start.utcoffset() for start in starts}) == 2
    assert all(start.tzinfo is ZONE for start in starts)


def test_the_data_names_only_venues_kinds_and_weeks_that_exist() -> None:
    venues = city().venues
    for event in EVENTS:
        assert event.venue == "" or event.venue in venues, event.slug
        assert event.kind in KINDS, event.slug
        assert set(event.weeks) <= set(range(8)), event.slug
        assert not event.series or 8 % len(event.weeks) == 0, event.slug
    slugs = Counter(event.slug for event in EVENTS)
    assert max(slugs.values()) == 1


def test_a_series_is_evenly_spaced_so_that_one_rule_says_it() -> None:
    for event in EVENTS:
        if event.series:
            gap = 8 // len(event.weeks)
            assert {b - a for a, b in zip(event.weeks, event.weeks[1:], strict=False)} <= {gap}


def test_every_kind_and_every_tier_is_shown() -> None:
    found = own(date(2026, 11, 24))
    kinds = Counter(event.kind for event, _ in found)
    assert set(kinds) == set(KINDS)
    tiers = Counter(event.tier for event, _ in found)
    assert tiers["high"] >= 40
    assert tiers["middle"] >= 40
    assert tiers["low"] >= 50
    assert tiers["circle"] == 7


def test_any_seven_days_have_something_worth_going_to() -> None:
    """On whichever day somebody starts the demo, its week holds three events or more to choose."""
    for number in range(56):
        today = FOUNDED + timedelta(days=number)
        high = [day for event, day in own(today) if event.tier == "high"]
        assert sum(day < today + timedelta(days=7) for day in high) >= 3, today


def test_venues_lie_around_the_center_in_the_bay() -> None:
    for venue in city().venues.values():
        assert abs(venue.latitude - CENTER[0]) < 0.03, venue.name
        assert abs(venue.longitude - CENTER[1]) < 0.03, venue.name


def test_same_house_same_evening_different_shows() -> None:
    """D5: what must not be merged is there to be tried."""
    found = own(date(2026, 11, 24))
    day = {event.slug: when for event, when in found}
    for one, other in (("tap-takeover", "comedy-showcase"), ("chamber-players", "improv")):
        assert day[one] == day[other]
    venue = {event.slug: event.venue for event, _ in found}
    assert venue["watercolor"] == venue["figure-drawing"]


def test_before_its_foundation_there_is_no_city() -> None:
    with pytest.raises(ValueError, match="founded"):
        documents(FOUNDED - timedelta(days=1))
