"""The right time, always: CASES.md B, on calendars."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers._time import find_zone
from tests.scrapers.ical_files import calendar, listings, only, read, walls

TALK = "UID:t\nSUMMARY:Talk\n"


def starting(line: str) -> str:
    return f"{TALK}{line}\n"


def test_B1_a_new_york_tzid_in_a_pacific_feed_is_honoured() -> None:
    feed = calendar(
        starting("DTSTART;TZID=America/New_York:20260310T190000"),
        header="X-WR-TIMEZONE:America/Los_Angeles",
    )
    listing = only(feed, "America/Los_Angeles")
    assert listing.start == datetime(2026, 3, 10, 23, tzinfo=UTC)
    assert listing.time_zone == "America/New_York"


def test_B2_bare_times_use_the_calendars_zone_then_the_sources() -> None:
    floating = starting("DTSTART:20260310T190000")
    named = only(calendar(floating, header="X-WR-TIMEZONE:Europe/Brussels"), "Asia/Tokyo")
    assert (named.start.isoformat(), named.time_zone) == (
        "2026-03-10T19:00:00+01:00",
        "Europe/Brussels",
    )
    assert only(calendar(floating), "Asia/Tokyo").start.isoformat() == "2026-03-10T19:00:00+09:00"


def test_utc_times_are_shown_on_the_calendars_clock() -> None:
    listing = only(
        calendar(
            starting("DTSTART:20260310T180000Z\nDTEND:20260310T193000Z"),
            header="X-WR-TIMEZONE:Europe/Berlin",
        )
    )
    assert listing.end is not None
    assert (listing.start.isoformat(), listing.end.isoformat()) == (
        "2026-03-10T19:00:00+01:00",
        "2026-03-10T20:30:00+01:00",
    )


def test_an_events_own_zone_beside_utc_times_is_used() -> None:
    event = starting("DTSTART:20260310T153000Z\nX-LIVEWHALE-TIMEZONE:America/New_York")
    assert only(calendar(event), "UTC").start.isoformat() == "2026-03-10T11:30:00-04:00"


WINDOWS = """
    BEGIN:VTIMEZONE
    TZID:W. Europe Standard Time
    BEGIN:STANDARD
    DTSTART:16010101T030000
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:16010101T020000
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
    END:DAYLIGHT
    END:VTIMEZONE
"""


@pytest.mark.parametrize("header", ["", WINDOWS])
def test_B3_windows_zone_names_with_and_without_definition(header: str) -> None:
    event = starting("DTSTART;TZID=W. Europe Standard Time:20260715T120000")
    listing = only(calendar(event, header=header))
    assert listing.start == datetime(2026, 7, 15, 10, tzinfo=UTC)
    assert listing.time_zone == "Europe/Berlin"
    assert listing.notes == ()


@pytest.mark.parametrize(
    "tzid",
    [
        "/freeassociation.sourceforge.net/Europe/Berlin",
        "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
        "/Europe/Berlin",
        '"Europe/Berlin"',
        "europe/berlin",
        '"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"',
    ],
)
def test_B4_vendor_prefixes_and_menu_names(tzid: str) -> None:
    listing = only(calendar(starting(f"DTSTART;TZID={tzid}:20260310T190000")))
    assert (listing.time_zone, listing.start.hour) == ("Europe/Berlin", 19)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("America/Argentina/Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("EST", "America/New_York"),
        ("UTC+02:00", "Etc/GMT-2"),
        ("GMT-0500", "Etc/GMT+5"),
        ("Z", "UTC"),
        ("Europe", None),
        ("../../etc/passwd", None),
        ("Europe/Berlin\x00", None),
        ("x" * 100_000, None),
        ("Customized Time Zone", None),
        ("", None),
    ],
)
def test_zones_by_all_their_names(name: str, zone: str | None) -> None:
    found = find_zone(name)
    assert (found.key if found else None) == zone


CUSTOM = """
    BEGIN:VTIMEZONE
    TZID:Customized Time Zone
    BEGIN:STANDARD
    DTSTART:16010101T020000
    TZOFFSETFROM:-0400
    TZOFFSETTO:-0500
    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:16010101T020000
    TZOFFSETFROM:-0500
    TZOFFSETTO:-0400
    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
    END:DAYLIGHT
    END:VTIMEZONE
"""
ODD = """
    BEGIN:VTIMEZONE
    TZID:Ship time
    BEGIN:STANDARD
    DTSTART:19700101T000000
    TZOFFSETFROM:+0120
    TZOFFSETTO:+0120
    END:STANDARD
    END:VTIMEZONE
"""


def test_a_custom_zone_is_recognized_by_its_rules() -> None:
    event = starting("DTSTART;TZID=Customized Time Zone:20260715T190000")
    listing = only(calendar(event, header=CUSTOM), "America/New_York")
    assert listing.start.isoformat() == "2026-07-15T19:00:00-04:00"
    assert listing.time_zone == "America/New_York"


def test_a_custom_zone_like_no_other_keeps_its_instant() -> None:
    event = starting("DTSTART;TZID=Ship time:20260310T190000\nRRULE:FREQ=WEEKLY;COUNT=2")
    found = listings(calendar(event, header=ODD), "Europe/Berlin")
    assert [listing.start.isoformat() for listing in found] == [
        "2026-03-10T18:40:00+01:00",
        "2026-03-17T18:40:00+01:00",
    ]


def test_a_zone_that_nobody_knows_is_read_as_home_and_flagged() -> None:
    feed = calendar(starting("DTSTART;TZID=Harbor Local:20260310T190000"))
    parsed = read(feed)
    assert parsed.listings[0].start.isoformat() == "2026-03-10T19:00:00-05:00"
    assert parsed.listings[0].notes == ("zone_guessed",)
    (problem,) = parsed.problems
    assert (problem.place, problem.code, problem.lost) == (
        "TZID 'Harbor Local'",
        "zone_unknown",
        False,
    )


def test_B5_a_source_rule_mends_mislabelled_times() -> None:
    utc = calendar(starting("DTSTART:20260710T190000Z"))
    assert only(utc, options={"times": "utc_is_local"}).start.isoformat() == (
        "2026-07-10T19:00:00-05:00"
    )
    local = calendar(starting("DTSTART;TZID=America/Chicago:20260711T000000"))
    mended = only(local, options={"times": "local_is_utc"})
    assert mended.start == datetime(2026, 7, 11, tzinfo=UTC)
    assert (mended.start.isoformat(), mended.time_zone) == (
        "2026-07-10T19:00:00-05:00",
        "America/Chicago",
    )
    assert only(utc).start == datetime(2026, 7, 10, 19, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "Africa/Cairo", "UTC"])
def test_B7_all_day_event_stays_on_its_date(zone: str) -> None:
    event = starting("DTSTART;VALUE=DATE:20260424\nDTEND;VALUE=DATE:20260426")
    listing = only(calendar(event), zone)
    assert listing.all_day
    assert listing.start.date() == date(2026, 4, 24)
    assert listing.end is not None
    assert listing.end.date() == date(2026, 4, 26)
    assert listing.start.time() == listing.end.time() == datetime.min.time()
    assert listing.time_zone == zone


def test_outlook_whole_days_written_as_times_are_all_day() -> None:
    event = starting(
        "DTSTART;TZID=America/Chicago:20260310T000000\nDTEND;TZID=America/Chicago:20260311T000000\n"
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
    )
    assert only(calendar(event)).all_day


def test_a_time_labelled_as_a_date_is_a_time() -> None:
    listing = only(calendar(starting("DTSTART;VALUE=DATE:20260310T190000")))
    assert (listing.all_day, listing.start.hour) == (False, 19)


def test_B8_an_end_at_midnight_is_kept_exact() -> None:
    listing = only(calendar(starting("DTSTART:20260310T200000\nDTEND:20260311T000000")))
    assert listing.end is not None
    assert listing.end.isoformat() == "2026-03-11T00:00:00-05:00"


@pytest.mark.parametrize(
    ("end", "notes"),
    [
        ("", ()),
        ("DTEND:20260310T190000", ()),
        ("DTEND:20260310T180000", ("end_before_start",)),
        ("DURATION:-PT1H", ("end_before_start",)),
        ("DTEND:later", ("end_unreadable",)),
        ("DURATION:P99999999999999D", ()),
    ],
)
def test_B9_no_end_end_before_start_zero_length(end: str, notes: tuple[str, ...]) -> None:
    listing = only(calendar(starting(f"DTSTART:20260310T190000\n{end}")))
    assert (listing.start.hour, listing.end, listing.notes) == (19, None, notes)


def test_B10_to_the_afternoon_of_the_next_day_stays_timed() -> None:
    listing = only(calendar(starting("DTSTART:20260310T180000\nDTEND:20260311T150000")))
    assert not listing.all_day
    assert listing.end is not None
    assert listing.end - listing.start == timedelta(hours=21)


def test_durations_of_hours_are_exact_and_of_days_keep_the_clock() -> None:
    night = starting("DTSTART:20260307T200000\nDURATION:PT12H")
    assert walls(listings(calendar(night))) == ["2026-03-07 20:00"]
    end = only(calendar(night)).end
    assert end is not None
    assert end.isoformat() == "2026-03-08T09:00:00-05:00"
    day = only(calendar(starting("DTSTART:20260307T200000\nDURATION:P1D"))).end
    assert day is not None
    assert day.isoformat() == "2026-03-08T20:00:00-05:00"


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("America/Chicago", "2026-03-02", "2026-03-30"),
        ("Europe/Berlin", "2026-10-19", "2026-11-02"),
        ("Australia/Lord_Howe", "2026-03-30", "2026-04-13"),
    ],
)
def test_B11_weekly_19_00_stays_19_00(zone: str, before: str, after: str) -> None:
    first = before.replace("-", "")
    event = starting(f"DTSTART;TZID={zone}:{first}T190000\nRRULE:FREQ=WEEKLY;COUNT=5")
    found = listings(calendar(event))
    assert {listing.start.strftime("%H:%M") for listing in found} == {"19:00"}
    assert after in {listing.start.date().isoformat() for listing in found}
    assert len({listing.start.utcoffset() for listing in found}) == 2


def test_B11_a_series_published_in_utc_keeps_the_local_clock() -> None:
    event = starting("DTSTART:20260303T010000Z\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert walls(listings(calendar(event))) == [
        "2026-03-02 19:00",
        "2026-03-09 19:00",
        "2026-03-16 19:00",
    ]


def test_B12_tuesday_evening_in_utc_does_not_become_wednesday() -> None:
    event = starting("DTSTART:20260304T020000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    assert walls(listings(calendar(event), "America/Los_Angeles")) == [
        "2026-03-03 18:00",
        "2026-03-10 18:00",
        "2026-03-17 18:00",
    ]


def test_a_series_that_shows_it_keeps_utc_does() -> None:
    event = starting("DTSTART:20260303T010000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260310T010000Z")
    assert [listing.start.hour for listing in listings(calendar(event))] == [19, 20]


def test_an_event_inside_the_repeated_hour_has_its_length() -> None:
    listing = only(calendar(starting("DTSTART:20261101T013000\nDURATION:PT45M")))
    assert listing.end is not None
    assert (listing.end.isoformat(), listing.notes) == ("2026-11-01T01:15:00-06:00", ())


def test_B14_without_any_zone_it_is_utc_and_without_coordinates_no_crash() -> None:
    listing = only(calendar(starting("DTSTART:20260310T190000")), "Nowhere/Atlantis")
    assert (listing.start, listing.time_zone) == (datetime(2026, 3, 10, 19, tzinfo=UTC), "UTC")


def test_a_wall_time_that_a_clock_change_skips_moves_on() -> None:
    listing = only(calendar(starting("DTSTART;TZID=America/Chicago:20260308T023000")))
    assert listing.start.isoformat() == "2026-03-08T03:30:00-05:00"


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-10T19:00:00",
        "20260310T1900",
        "2026-03-10 19:00",
        "20260310T190060",
        " 20260310T190000 ",
    ],
)
def test_times_as_scripts_write_them(written: str) -> None:
    assert only(calendar(starting(f"DTSTART:{written}"))).start.hour == 19


def test_offsets_and_24_00_are_understood() -> None:
    listing = only(calendar(starting("DTSTART:2026-03-10T19:00:00+01:00")))
    assert listing.start == datetime(2026, 3, 10, 18, tzinfo=UTC)
    midnight = only(calendar(starting("DTSTART:20260310T240000")))
    assert midnight.start.isoformat() == "2026-03-11T00:00:00-05:00"


def test_the_window_bounds_what_is_listed_and_running_events_are_in_it() -> None:
    events = [
        "UID:1\nSUMMARY:Over\nDTSTART:20260227T100000\nDTEND:20260228T050000",
        "UID:2\nSUMMARY:Running\nDTSTART:20260101T100000\nDTEND:20260401T170000",
        "UID:3\nSUMMARY:Yesterday\nDTSTART;VALUE=DATE:20260228",
        "UID:4\nSUMMARY:Far\nDTSTART:20280101T100000",
    ]
    parsed = read(calendar(*events))
    assert [listing.name for listing in parsed.listings] == ["Running", "Yesterday"]
    assert (parsed.components, parsed.problems) == (4, ())


def test_B19_the_same_file_at_the_same_time_gives_the_same() -> None:
    feed = calendar(starting("DTSTART:20250310T190000\nRRULE:FREQ=DAILY"))
    assert read(feed) == read(feed)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2026, 3, 2), datetime(2027, 3, 1)).map(
        lambda d: d.replace(microsecond=0)
    ),
    st.sampled_from(["America/Chicago", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_any_wall_time_in_any_zone_is_that_instant(wall: datetime, zone: str) -> None:
    listing = only(calendar(starting(f"DTSTART;TZID={zone}:{wall:%Y%m%dT%H%M%S}")))
    assert listing.start == wall.replace(tzinfo=ZoneInfo(zone))
    assert listing.time_zone == zone
