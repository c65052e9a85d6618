"""Series: CASES.md C, and equality with recurring-ical-events on ordinary rules."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.base import EventStatus
from tests.scrapers.ical_files import calendar, listings, read, walls

Z = "TZID=America/Chicago"
WEEKLY = f"""
    UID:w
    SUMMARY:Founders coffee
    DTSTART;{Z}:20260303T080000
    DTEND;{Z}:20260303T093000
    RRULE:FREQ=WEEKLY;COUNT=4
"""


def override(on: str, start: str, *more: str, params: str = "") -> str:
    return "\n".join(
        (f"UID:w\nSUMMARY:Moved\nRECURRENCE-ID{params};{Z}:{on}\nDTSTART;{Z}:{start}", *more)
    )


def days(content: str) -> list[str]:
    return [listing.start.strftime("%m-%d %H") for listing in listings(content)]


def test_a_series_carries_its_identity_on_every_occurrence() -> None:
    found = listings(calendar(WEEKLY))
    assert walls(found) == [f"2026-03-{day} 08:00" for day in ("03", "10", "17", "24")]
    assert {(listing.uid, listing.series) for listing in found} == {("w", "w")}
    assert [listing.recurrence_id for listing in found[:2]] == [
        "2026-03-03T14:00:00Z",
        "2026-03-10T13:00:00Z",
    ]
    assert all(x.end and x.end - x.start == timedelta(minutes=90) for x in found)


def test_C1_a_moved_occurrence_appears_once_at_the_new_time() -> None:
    moved = override("20260310T080000", "20260312T180000", f"DTEND;{Z}:20260312T190000")
    found = listings(calendar(WEEKLY, moved))
    assert days(calendar(WEEKLY, moved)) == ["03-03 08", "03-12 18", "03-17 08", "03-24 08"]
    assert (found[1].name, found[1].recurrence_id) == ("Moved", "2026-03-10T13:00:00Z")


def test_C2_master_and_override_share_a_uid_in_any_order() -> None:
    moved = override("20260310T080000", "20260312T180000")
    assert days(calendar(moved, WEEKLY)) == days(calendar(WEEKLY, moved))


def test_C3_of_two_overrides_one_survives_and_an_old_master_adds_nothing() -> None:
    first = override("20260310T080000", "20260311T080000", "SEQUENCE:1")
    last = override("20260310T080000", "20260312T080000", "SEQUENCE:1")
    assert days(calendar(WEEKLY, first, last))[1] == "03-12 08"
    newer = override("20260310T080000", "20260313T080000", "SEQUENCE:2")
    assert days(calendar(WEEKLY, newer, first))[1] == "03-13 08"
    old = WEEKLY.replace("T080000", "T060000")
    assert days(calendar(WEEKLY + "SEQUENCE:2", old + "SEQUENCE:1"))[0] == "03-03 08"
    assert len(listings(calendar(WEEKLY + "SEQUENCE:2", old + "SEQUENCE:1"))) == 4


def test_C4_this_and_future_moves_the_rest() -> None:
    later = override(
        "20260317T080000",
        "20260318T100000",
        f"DTEND;{Z}:20260318T103000",
        params=";RANGE=THISANDFUTURE",
    )
    found = listings(calendar(WEEKLY, later))
    assert walls(found)[2:] == ["2026-03-18 10:00", "2026-03-25 10:00"]
    assert found[3].name == "Moved"
    assert found[3].end is not None
    assert found[3].end - found[3].start == timedelta(minutes=30)


@pytest.mark.parametrize(
    "excluded",
    [
        f"EXDATE;{Z}:20260310T080000",
        "EXDATE:20260310T130000Z",
        "EXDATE;TZID=Europe/Berlin:20260310T140000",
        "EXDATE;VALUE=DATE:20260310",
        "EXDATE:20260310T080000",
        "EXDATE:20260101T000000Z,20260310T130000Z",
    ],
)
def test_C4_exdate_in_any_form(excluded: str) -> None:
    assert days(calendar(WEEKLY + excluded)) == ["03-03 08", "03-17 08", "03-24 08"]


def test_C4_exdate_on_a_modified_instance_takes_it_away() -> None:
    moved = override("20260310T080000", "20260312T180000")
    feed = calendar(WEEKLY + f"EXDATE;{Z}:20260310T080000", moved)
    assert days(feed) == ["03-03 08", "03-17 08", "03-24 08"]


def test_C5_until_before_start_means_deleted() -> None:
    rule = "RRULE:FREQ=WEEKLY;UNTIL=20260101T000000Z"
    assert days(calendar(WEEKLY.replace("RRULE:FREQ=WEEKLY;COUNT=4", rule))) == []


@pytest.mark.parametrize(
    "until", ["20261101T140000Z", "20261101T080000", "20261101", "20261101T140001Z"]
)
def test_C5_the_last_instance_before_and_after_a_clock_change_is_kept(until: str) -> None:
    event = f"UID:u\nSUMMARY:Run\nDTSTART;{Z}:20261018T080000\nRRULE:FREQ=WEEKLY;UNTIL={until}"
    assert days(calendar(event)) == ["10-18 08", "10-25 08", "11-01 08"]


@pytest.mark.parametrize(
    "until", ["20260312", "20260312T045959Z", "20260312T000000Z", "20260312T235959"]
)
def test_until_of_all_day_series(until: str) -> None:
    event = f"UID:u\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20260310\nRRULE:FREQ=DAILY;UNTIL={until}"
    last = "03-11 00" if until == "20260312T045959Z" else "03-12 00"
    assert days(calendar(event))[-1] == last


def test_C6_a_series_begun_years_ago_is_not_old() -> None:
    event = f"UID:o\nSUMMARY:Open mic\nDTSTART;{Z}:19990107T200000\nRRULE:FREQ=WEEKLY;BYDAY=TH"
    found = listings(calendar(event))
    assert walls(found)[0] == "2026-03-05 20:00"
    assert len(found) == 57


def test_C7_a_monthly_series_keeps_all_its_dates() -> None:
    event = f"UID:m\nSUMMARY:Breakfast\nDTSTART;{Z}:20250131T080000\nRRULE:FREQ=MONTHLY"
    found = days(calendar(event))
    assert found == [
        "03-31 08",
        "05-31 08",
        "07-31 08",
        "08-31 08",
        "10-31 08",
        "12-31 08",
        "01-31 08",
        "03-31 08",
    ]


def test_C8_a_cancelled_instance_is_never_live_and_is_told() -> None:
    gone = override("20260310T080000", "20260310T080000", "STATUS:CANCELLED")
    found = listings(calendar(WEEKLY, gone))
    assert [listing.event_status for listing in found] == [
        EventStatus.SCHEDULED,
        EventStatus.CANCELLED,
        EventStatus.SCHEDULED,
        EventStatus.SCHEDULED,
    ]


def test_E6_a_cancelled_instance_without_a_start_is_told_too() -> None:
    gone = f"UID:w\nRECURRENCE-ID;{Z}:20260310T080000\nSTATUS:CANCELLED"
    found = listings(calendar(WEEKLY, gone))
    assert (found[1].event_status, found[1].name) == (EventStatus.CANCELLED, "Founders coffee")


def test_orphan_overrides_are_dates_of_one_series() -> None:
    moved = [override(f"202603{d}T080000", f"202603{d}T090000") for d in ("10", "17")]
    found = listings(calendar(*moved))
    assert [(x.series, x.recurrence_id) for x in found] == [
        ("w", "2026-03-10T13:00:00Z"),
        ("w", "2026-03-17T13:00:00Z"),
    ]


def test_an_override_outside_the_rule_and_the_window_still_counts() -> None:
    far = override("20250101T080000", "20260305T080000")
    assert days(calendar(WEEKLY, far)) == [
        "03-03 08",
        "03-05 08",
        "03-10 08",
        "03-17 08",
        "03-24 08",
    ]


def test_rdate_adds_dates_and_periods_and_dtstart_counts_even_off_the_rule() -> None:
    event = f"""
        UID:r
        SUMMARY:Market
        DTSTART;{Z}:20260303T080000
        RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20260313
        RDATE;{Z}:20260401T080000,20260402T080000
        RDATE;VALUE=PERIOD;{Z}:20260403T080000/PT1H
        RDATE;VALUE=DATE:
    """
    assert days(calendar(event)) == [
        "03-03 08",
        "03-06 08",
        "03-13 08",
        "04-01 08",
        "04-02 08",
        "04-03 08",
    ]


def test_all_day_series_and_their_exceptions_by_date() -> None:
    event = """
        UID:a
        SUMMARY:Fair
        DTSTART;VALUE=DATE:20260306
        DTEND;VALUE=DATE:20260308
        RRULE:FREQ=WEEKLY;COUNT=3
        EXDATE:20260313T000000
    """
    found = listings(calendar(event), "Pacific/Kiritimati")
    assert [(x.start.date(), x.end and x.end.date()) for x in found] == [
        (date(2026, 3, 6), date(2026, 3, 8)),
        (date(2026, 3, 20), date(2026, 3, 22)),
    ]
    assert [x.recurrence_id for x in found] == ["2026-03-06", "2026-03-20"]
    assert all(x.all_day for x in found)


def test_an_all_day_series_whose_rest_became_timed_stays_on_its_dates() -> None:
    master = "UID:a\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20260306\nRRULE:FREQ=WEEKLY;COUNT=3"
    rest = f"UID:a\nSUMMARY:Fair\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260313\nDTSTART;{Z}:20260314T100000"
    found = listings(calendar(master, rest))
    assert [(x.start.strftime("%m-%d %H"), x.all_day) for x in found] == [
        ("03-06 00", True),
        ("03-14 10", False),
        ("03-21 00", True),
    ]


def test_of_two_rules_one_may_have_ended() -> None:
    ended = "RRULE:FREQ=DAILY;UNTIL=20250101T000000Z"
    assert len(days(calendar(WEEKLY + ended))) == 4


def test_a_rule_written_twice_over_is_still_read() -> None:
    event = WEEKLY.replace("RRULE:FREQ", "RRULE:RRULE:Anything;FREQ").replace("COUNT=4", "COUNT=2")
    assert len(listings(calendar(event))) == 2


def test_negative_count_means_for_ever() -> None:
    assert len(listings(calendar(WEEKLY.replace("COUNT=4", "COUNT=-1")))) == 57


RULES = st.builds(
    lambda freq, interval, by, end: f"FREQ={freq};INTERVAL={interval}{by}{end}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 5),
    st.sampled_from(
        [
            *("", "", ";BYDAY=MO,TH", ";BYMONTH=3,6,7", ";BYMONTHDAY=1,15,31", ";BYMONTHDAY=-1"),
            *(";BYDAY=SU;WKST=SU", ";BYMONTH=4;BYDAY=TU"),
        ]
    ),
    st.sampled_from(["", ";COUNT=7", ";COUNT=40", ";UNTIL=20260901T050000Z"]),
)


@settings(max_examples=150, deadline=None)
@given(RULES, st.datetimes(datetime(2019, 1, 1), datetime(2026, 8, 1)))
def test_ordinary_rules_equal_the_library(rule: str, start: datetime) -> None:
    start = start.replace(hour=19, minute=30, second=0, microsecond=0)
    feed = calendar(
        f"UID:x\nSUMMARY:X\nDTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}\nRRULE:{rule}"
    )
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    theirs = recurring_ical_events.of(icalendar.Calendar.from_ical(feed)).between(since, until)
    ours = read(feed, "Europe/Berlin", since=since, until=until).listings
    assert sorted(x.start for x in ours) == sorted(event.start for event in theirs)
