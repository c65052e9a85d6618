"""Dates as people and programs write them."""

import time as clock
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers._dates import read_clock_times, read_moment, read_span

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
ANYWHERE = ZoneInfo("UTC")


def wall(text: str, zone: ZoneInfo = NEW_YORK) -> str | None:
    moment = read_moment(text, zone)
    if moment is None:
        return None
    return f"{moment.at:%Y-%m-%d}" if moment.all_day else f"{moment.at:%Y-%m-%d %H:%M %z}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-01", "2026-05-01"),
        ("20260501", "2026-05-01"),
        ("2026-121", "2026-05-01"),
        ("2026-05-01T19:00", "2026-05-01 19:00 -0400"),
        ("20260501T190000", "2026-05-01 19:00 -0400"),
        ("2026-05-01T23:00:00.000Z", "2026-05-01 19:00 -0400"),
        ("2026-05-01t19:00-04:00", "2026-05-01 19:00 -0400"),
        ("2026-05-01 19:00:00-0400", "2026-05-01 19:00 -0400"),
        ("2026-05-01 7 pm", "2026-05-01 19:00 -0400"),
        ("2026-05-01-11:00:00", "2026-05-01 11:00 -0400"),
        ("2026-5-1T19-19-30-00", "2026-05-01 19:30 -0400"),
        ("May 1, 2026 7:00 PM", "2026-05-01 19:00 -0400"),
        ("February 23, 2026 @ 6:00 pm", "2026-02-23 18:00 -0500"),
        ("Fri, 01 May 2026 23:00:00 +0000", "2026-05-01 19:00 -0400"),
        ("Fri, 01 May 2026 19:00 EDT", "2026-05-01 19:00 -0400"),
        ("Friday, May 1, 2026", "2026-05-01"),
        ("1 May 2026 19:00 [America/New_York]", "2026-05-01 19:00 -0400"),
    ],
)
def test_date_is_read(text: str, expected: str) -> None:
    assert wall(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "tba", "May 1", "Friday", "7pm", "May 2026", "2026", "2026-02-30", "1787392800", "10-12"],
)
def test_date_without_day_month_or_year_is_no_date(text: str) -> None:
    assert read_moment(text, NEW_YORK) is None


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "word " * 20_000,
        "2026-01-01T10:00+99:99",
        "99999-01-01",
        "0001-01-01",
        "٢٠٢٦-٠١-٠١",
        "Fri, 01 Jan 99999 10:00:00 GMT",
    ],
    ids=["digits", "words", "offset", "year", "year one", "arabic", "rfc822"],
)
def test_P21_hostile_date_is_none_at_once(text: str) -> None:
    started = clock.process_time()
    assert read_moment(text, NEW_YORK) is None
    assert clock.process_time() - started < 0.2


def test_numeric_date_follows_the_zone_and_says_that_it_guessed() -> None:
    assert (wall("4/5/2026", NEW_YORK), wall("4/5/2026", BERLIN)) == ("2026-04-05", "2026-05-04")
    moment = read_moment("4/5/2026", BERLIN)
    assert moment is not None
    assert moment.notes == ("date_order_guessed",)
    assert wall("25/12/2026", NEW_YORK) == "2026-12-25"


def test_B13_start_without_offset_is_in_the_zone_of_the_source() -> None:
    assert wall("2026-01-10T19:00", BERLIN) == "2026-01-10 19:00 +0100"
    assert wall("2026-07-10T19:00", BERLIN) == "2026-07-10 19:00 +0200"


def test_B13_hard_coded_summer_offset_in_january_is_caught() -> None:
    moment = read_moment("2026-01-10T19:00:00+02:00", BERLIN)
    assert moment is not None
    assert f"{moment.at:%H:%M %z}" == "19:00 +0100"
    assert moment.notes == ("offset_of_other_season",)


def test_offset_of_another_country_keeps_its_instant() -> None:
    moment = read_moment("2026-01-10T19:00:00-08:00", BERLIN)
    assert moment is not None
    assert moment.at == datetime(2026, 1, 11, 3, tzinfo=UTC)
    assert moment.notes == ()


def test_offset_where_the_source_names_no_zone_keeps_the_wall_clock() -> None:
    moment = read_moment("2026-01-10T19:00:00-05:00", ANYWHERE)
    assert moment is not None
    assert str(moment.at.tzinfo) == "Etc/GMT+5"
    assert f"{moment.at:%H:%M %z}" == "19:00 -0500"


def test_wall_clock_that_the_change_to_summer_skips_moves_on() -> None:
    assert wall("2026-03-29T02:30", BERLIN) == "2026-03-29 03:30 +0200"


def test_B7_whole_days_end_after_the_last_day_that_schema_org_names() -> None:
    span = read_span("2026-05-01", "2026-05-03", NEW_YORK)
    assert span is not None
    assert span.all_day
    assert (span.start.day, span.end and span.end.day) == (1, 4)


def test_B7_hcalendar_names_the_day_after_the_last() -> None:
    span = read_span("2026-05-01", "2026-05-03", NEW_YORK, end_day_included=False)
    assert span is not None
    assert span.end == datetime(2026, 5, 3, tzinfo=NEW_YORK)


@pytest.mark.parametrize("end", ["", "2026-05-01T23:59:59", "2026-05-02T00:00"])
def test_B16_midnight_to_midnight_is_a_day_and_not_a_time(end: str) -> None:
    span = read_span("2026-05-01T00:00:00", end, NEW_YORK)
    assert span is not None
    assert span.all_day
    assert "midnight_read_as_all_day" in span.notes


def test_B16_event_that_begins_at_midnight_and_ends_at_two_stays_timed() -> None:
    span = read_span("2026-01-01T00:00", "2026-01-01T02:00", NEW_YORK)
    assert span is not None
    assert not span.all_day


@pytest.mark.parametrize(
    ("end", "length", "note"),
    [
        ("2026-05-01T15:00", None, "end_before_start"),
        ("2026-04-01", None, "end_without_time"),
        ("2026-05-01T19:00", None, "zero_length"),
        ("2026-05-01T02:00", timedelta(hours=7), "end_read_as_next_day"),
        ("soon", None, "end_unreadable"),
        ("2026-05-02", timedelta(hours=29), "end_without_time"),
    ],
)
def test_B9_end_that_makes_no_sense_is_mended_or_dropped(
    end: str, length: timedelta | None, note: str
) -> None:
    span = read_span("2026-05-01T19:00", end, NEW_YORK)
    assert span is not None
    assert (span.end - span.start if span.end else None) == length
    assert span.notes == (note,)


def test_B17_festival_of_three_days_is_one_span() -> None:
    span = read_span("2026-07-03T12:00", "2026-07-05T23:00", NEW_YORK)
    assert span is not None
    assert span.end is not None
    assert (span.all_day, (span.end - span.start).days) == (False, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7pm", ("19:00", None)),
        ("07:00PM", ("19:00", None)),
        ("7 - 9:30 pm", ("19:00", "21:30")),
        ("11am – 1", ("11:00", "13:00")),
        ("19:00–21:00", ("19:00", "21:00")),
        ("12:00 am", ("00:00", None)),
        ("noon to 2pm", ("12:00", "14:00")),
        ("11.30am & 2.30pm", ("11:30", "14:30")),
        ("19 Uhr", ("19:00", None)),
        ("May 31, 5 pm", ("17:00", None)),
        ("All day", (None, None)),
        ("room 7", (None, None)),
        ("25:00", (None, None)),
    ],
)
def test_clock_times(text: str, expected: tuple[str | None, str | None]) -> None:
    found = read_clock_times(text)
    assert tuple(f"{said:%H:%M}" if said else None for said in found) == expected


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment = read_moment(text, NEW_YORK)
    assert moment is None or 1900 <= moment.at.year <= 2200


@settings(deadline=None)
@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1)), st.sampled_from([NEW_YORK, BERLIN])
)
def test_iso_of_an_aware_time_is_read_back(value: datetime, zone: ZoneInfo) -> None:
    aware = value.replace(second=0, microsecond=0, tzinfo=UTC).astimezone(zone)
    moment = read_moment(aware.isoformat(), zone)
    assert moment is not None
    # In the repeated hour of autumn both offsets are of the zone; the wall clock is the same.
    assert moment.at.replace(fold=0, tzinfo=None) == aware.replace(fold=0, tzinfo=None)


@settings(deadline=None)
@given(st.text(max_size=70), st.text(max_size=70))
def test_any_span_ends_after_it_starts(start: str, end: str) -> None:
    span = read_span(start, end, NEW_YORK)
    assert span is None or span.end is None or span.end > span.start


@settings(deadline=None)
@given(st.text(alphabet="0123456789:-–. apm", max_size=70))
def test_any_clock_text_gives_times_or_nothing(text: str) -> None:
    assert all(found is None or isinstance(found, time) for found in read_clock_times(text))
