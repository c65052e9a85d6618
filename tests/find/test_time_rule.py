from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.find.normalize import normalize
from app.find.time_rule import INVERSE, LOCAL_AS_UTC, TIME_RULES, UTC_AS_LOCAL, corrected
from tests.find.listings import NEW_YORK, listing

SEVEN = datetime(2026, 12, 7, 19, tzinfo=UTC)


def test_B5_utc_that_is_local_keeps_its_clock_and_gets_the_zone() -> None:
    found = corrected(
        listing(start=SEVEN, end=SEVEN, time_zone="UTC"), LOCAL_AS_UTC, source_zone=NEW_YORK
    )
    assert (found.start.isoformat(), found.time_zone) == ("2026-12-07T19:00:00-05:00", NEW_YORK)
    assert found.end == found.start


def test_B5_local_that_is_utc_keeps_its_clock() -> None:
    naive = listing(start=SEVEN.replace(tzinfo=None), end=None)
    assert corrected(naive, UTC_AS_LOCAL, source_zone=NEW_YORK).start == SEVEN
    assert corrected(naive, LOCAL_AS_UTC, source_zone=NEW_YORK).start == naive.start


def test_dates_of_the_whole_day_have_no_clock_to_correct() -> None:
    for rule in TIME_RULES:
        whole = listing(start=SEVEN, all_day=True)
        assert corrected(whole, rule, source_zone=NEW_YORK) is whole


@given(st.datetimes(datetime(2026, 4, 1), datetime(2026, 10, 1)), st.sampled_from(TIME_RULES))
def test_a_correction_can_be_taken_back(moment: datetime, rule: str) -> None:
    before = normalize(
        replace(listing(), start=moment.replace(tzinfo=UTC), end=None), source_zone=NEW_YORK
    )
    there = corrected(before, rule, source_zone=NEW_YORK)
    back = corrected(there, INVERSE[rule], source_zone=NEW_YORK)
    assert normalize(back, source_zone=NEW_YORK) == before
