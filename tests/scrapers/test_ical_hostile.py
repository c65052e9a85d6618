"""Hostile and huge calendars: SECURITY.md 5.3, without the child's limits to help."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch

import icalendar
import pytest

from scrapers import ical
from scrapers._ical_event import Draft, draft
from scrapers._ical_lines import Component
from scrapers._ical_zones import Zones
from scrapers.base import MAX_LISTINGS, Parsed, ParseError
from tests.scrapers.ical_files import NOW, calendar, document, listings, only, read

EVENT = "UID:e\nSUMMARY:Open mic\nDTSTART;TZID=America/Chicago:20260310T190000\n"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The limit of the case in processor time, doubled: other programs share the machine."""
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds * 2


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems]


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "HOURLY", "NEVER", ""])
def test_P01_rules_below_a_day_keep_the_first_date(frequency: str) -> None:
    with within(0.5):
        parsed = read(calendar(f"{EVENT}RRULE:FREQ={frequency}"))
    assert [listing.start.day for listing in parsed.listings] == [10]
    assert [(p.place, p.code, p.lost) for p in parsed.problems] == [
        ("VEVENT 1 'Open mic'", "rrule_unsupported", False)
    ]


@pytest.mark.parametrize("start", ["20260310", "19700101", "00010101"])
def test_P02_a_thousand_million_days_are_capped_at_the_window(start: str) -> None:
    with within(0.5):
        parsed = read(
            calendar(f"UID:e\nSUMMARY:X\nDTSTART:{start}T190000\nRRULE:FREQ=DAILY;COUNT=1000000000")
        )
    assert 390 < len(parsed.listings) <= 402
    assert not parsed.problems


@pytest.mark.parametrize(
    "part",
    [
        *("INTERVAL=0", "INTERVAL=-1", "INTERVAL=1001", "INTERVAL=" + "9" * 20, "INTERVAL=x"),
        *("COUNT=0", "COUNT=x", "COUNT=" + "0" * 50, "BYMONTHDAY=" + "1" * 200_000, "BYDAY=XX"),
        *("UNTIL=soon", "BYMONTH=13", "INTERVAL=٣", "RSCALE=CHINESE", "BYSETPOS=0"),
    ],
)
def test_P03_senseless_rules_keep_the_event_without_recurrence(part: str) -> None:
    with within(0.5):
        parsed = read(calendar(f"{EVENT}RRULE:FREQ=MONTHLY;{part}"))
    assert [listing.start.day for listing in parsed.listings] == [10]
    assert codes(parsed) == ["rrule_unsupported"]


def test_P04_a_product_of_lists_is_refused_before_expansion() -> None:
    numbers = ",".join(map(str, range(60)))
    rule = f"FREQ=YEARLY;BYHOUR={numbers[:60]};BYMINUTE={numbers};BYSECOND={numbers}"
    with within(0.5):
        parsed = read(calendar(f"{EVENT}RRULE:{rule}"))
    assert (len(parsed.listings), codes(parsed)) == (1, ["rrule_unsupported"])
    fine = f"{EVENT}RRULE:FREQ=DAILY;COUNT=30;BYHOUR=9,10;BYMINUTE=0,30"
    assert len(read(calendar(fine)).listings) == 31


def test_P05_exrule_is_ignored_and_an_empty_series_is_no_error() -> None:
    rule = "FREQ=DAILY;COUNT=3"
    assert len(read(calendar(f"{EVENT}RRULE:{rule}\nEXRULE:{rule}")).listings) == 3
    gone = ",".join(f"202603{day}T190000" for day in (10, 11, 12))
    parsed = read(calendar(f"{EVENT}RRULE:{rule}\nEXDATE;TZID=America/Chicago:{gone}"))
    assert (parsed.listings, parsed.problems) == ((), ())


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ("FREQ=SECONDLY", 1),
        ("FREQ=WEEKLY;COUNT=1000000000", 60),
        ("FREQ=WEEKLY;UNTIL=45000101T000000Z", 60),
        ("FREQ=DAILY;COUNT=2\nEXDATE;TZID=America/Chicago:20260310T190000,20260311T190000", 0),
        ("FREQ=MINUTELY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3", 1),
    ],
    ids=["every second", "a thousand million", "year 4500", "all excluded", "dense lists"],
)
def test_C9_rules_without_end_are_bounded(rule: str, most: int) -> None:
    with within(0.5):
        parsed = read(calendar(f"{EVENT}RRULE:{rule}"))
    assert min(most, 1) <= len(parsed.listings) <= most
    assert not [problem for problem in parsed.problems if problem.lost]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000",
        "FREQ=WEEKLY;BYSETPOS=53",
    ],
)
def test_P06_impossible_dates_take_no_time(rule: str) -> None:
    with within(0.6):
        parsed = read(calendar(f"{EVENT}RRULE:{rule}"))
    assert [listing.start.day for listing in parsed.listings] == [10]


@pytest.mark.parametrize("name", ["RDATE", "EXDATE"])
def test_P07_a_hundred_thousand_dates_are_cut_with_a_warning(name: str) -> None:
    dates = ",".join(f"202604{day % 30 + 1:02d}T{day % 24:02d}0000" for day in range(100_000))
    with within(2):
        parsed = read(calendar(f"{EVENT}RRULE:FREQ=DAILY;COUNT=3\n{name}:{dates}"))
    assert codes(parsed)[0] == "dates_capped"
    assert 3 <= len(parsed.listings) <= 503


def test_P08_the_nearest_5000_of_20000_events_are_kept() -> None:
    events = [
        f"UID:{n}\nSUMMARY:N\nDTSTART:2026{3 + n % 9:02d}{1 + n % 28:02d}T{n % 24:02d}0000Z"
        for n in range(20_000)
    ]
    with within(4):
        parsed = read(calendar(*events))
    assert len(parsed.listings) == MAX_LISTINGS
    assert (parsed.truncated, parsed.components) == (True, 20_000)
    assert codes(parsed) == ["listings_capped"]
    furthest = max(abs(listing.start - NOW) for listing in parsed.listings)
    assert furthest.days < 100
    assert not read(calendar(*events[:MAX_LISTINGS])).truncated


def test_occurrences_of_a_series_are_at_most_500() -> None:
    parsed = read(calendar(f"{EVENT}RRULE:FREQ=DAILY;BYHOUR=8,12,19"))
    assert (len(parsed.listings), codes(parsed)) == (500, ["occurrences_capped"])


def test_P09_5000_overrides_of_one_series() -> None:
    overrides = [
        f"UID:e\nSUMMARY:O\nRECURRENCE-ID:2026{1 + n % 12:02d}{1 + n % 28:02d}T{n % 24:02d}0000Z\n"
        f"DTSTART:20260311T190000Z"
        for n in range(5000)
    ]
    future = [
        event.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE") for event in overrides
    ]
    for events in (overrides, future):
        with within(2):
            parsed = read(calendar(f"{EVENT}RRULE:FREQ=DAILY", *events))
        assert 400 < len(parsed.listings) <= MAX_LISTINGS


ZONE = "BEGIN:VTIMEZONE\nTZID:{name}\n{rules}END:VTIMEZONE\n"
RULE = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\n{more}END:STANDARD\n"


@pytest.mark.parametrize(
    "rules",
    [
        RULE.format(offset="+0100", more="RRULE:FREQ=SECONDLY\n"),
        RULE.format(offset="+0100", more="RRULE:FREQ=YEARLY;BYSECOND=1\n"),
        RULE.format(offset="+0100", more="") * 2000,
        RULE.format(offset="+9999", more=""),
        RULE.format(offset="x", more=""),
        "",
    ],
)
def test_P10_hostile_zone_definitions_are_ignored(rules: str) -> None:
    event = EVENT.replace("America/Chicago", "Mine")
    with within(2):
        parsed = read(calendar(event, header=ZONE.format(name="Mine", rules=rules)))
    assert parsed.listings[0].start.hour == 19
    assert parsed.listings[0].notes == ("zone_guessed",)
    assert codes(parsed) == ["zone_unknown"]


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "Customized Time Zone"])
@pytest.mark.parametrize("own", [True, False])
def test_P11_a_feed_cannot_shift_the_zones_of_the_next(name: str, own: bool) -> None:
    event = f"UID:e\nSUMMARY:X\nDTSTART;TZID={name}:20260715T120000"
    poison = ZONE.format(name=name, rules=RULE.format(offset="+1100", more=""))
    read(calendar(event, header=poison), "Europe/Berlin")
    icalendar.Calendar.from_ical(calendar(event, header=poison))  # fills the library's own cache
    real = ZONE.format(name=name, rules=RULE.format(offset="+0200", more=""))
    listing = only(calendar(event, header=real if own else ""), "Europe/Berlin")
    assert listing.start == datetime(2026, 7, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize("tzid", ["x" * 100_000, "../../etc/passwd", "Europe", "a\x00b", "١"])
def test_P12_senseless_zone_names_fall_back_with_a_warning(tzid: str) -> None:
    with within(1):
        parsed = read(calendar(EVENT.replace("America/Chicago", tzid)))
    assert parsed.listings[0].start.hour == 19
    if len(tzid) < 1000:
        assert codes(parsed) == ["zone_unknown"]
    assert only(calendar(EVENT.replace("America/Chicago", "america/chicago"))).start.hour == 19


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:00010101T000000",
        "DTSTART;TZID=Pacific/Kiritimati:00010101T000000",
        "DTSTART:99991231T235900\nDURATION:P3000D",
        "DTSTART;TZID=Pacific/Pago_Pago:99991231T235900",
        "DTSTART;VALUE=DATE:99991231\nDURATION:P1D",
        "DTSTART:20260310T190000\nDURATION:P99999999999999D",
        "DTSTART:20260310T190000\nDURATION:P50000W",
        "DTSTART:20260310T190000\nDTEND:20250101T000000",
        "DTSTART:20260310T190000\nDTEND:99991231T235959Z\nRRULE:FREQ=DAILY",
        "DTSTART:00010101T000000Z\nDTEND:99991231T235959Z\nRRULE:FREQ=YEARLY",
        "DTSTART:20260310T190000\nRRULE:FREQ=YEARLY;UNTIL=99991231T235959Z",
        "DTSTART:20260310T190000\nRDATE:00010101T000000,99991231T000000",
    ],
)
def test_P13_times_at_the_edges_cost_at_most_themselves(times: str) -> None:
    with within(0.5):
        parsed = read(calendar(f"UID:x\nSUMMARY:Edge\n{times}", EVENT), "Asia/Tokyo")
    assert "Open mic" in {listing.name for listing in parsed.listings}
    assert parsed.components == 2


def feed_of(body: bytes) -> bytes:
    return b"BEGIN:VCALENDAR\n" + body + b"END:VCALENDAR\n"


@pytest.mark.parametrize(
    ("body", "components"),
    [
        (b"BEGIN:VEVENT\n" * 100_000, 100_000),
        (b"BEGIN:X\n" * 100_000 + b"END:X\n" * 100_000, 0),
        (b"END:VEVENT\n" * 100_000, 0),
        (b"BEGIN:VEVENT\nSUMMARY:" + b"x" * 5_000_000 + b"\nDTSTART:20260310\nEND:VEVENT\n", 1),
        (b"BEGIN:VEVENT\nDTSTART:20260310\nSUMMARY:a" + b"\n b" * 300_000 + b"\nEND:VEVENT\n", 1),
        (b"BEGIN:VEVENT\nDTSTART:20260310\nSUMMARY:a\n" + b"b\n" * 500_000 + b"END:VEVENT\n", 1),
        (b"\n" * 1_000_000, 0),
        (b" " * 1_000_000 + b"\n" + b"\t\n" * 300_000, 0),
        (b"\r" * 1_000_000, 0),
    ],
)
def test_P14_shapes_that_break_parsers(body: bytes, components: int) -> None:
    with within(2):
        parsed = read(feed_of(body))
    assert parsed.components == components
    assert len(parsed.problems) <= 1001
    assert all(len(listing.name) <= 300 for listing in parsed.listings)


@pytest.mark.parametrize(
    "line",
    [
        "ORGANIZER" + ";X=1" * 50_000 + ":mailto:a@b.example",
        "ORGANIZER;CN=" + '"' * 100_000 + ":x",
        "ORGANIZER;CN=" + '"a:' * 50_001 + ":x",
        "CATEGORIES:" + "," * 500_000,
        "CATEGORIES:" + "\\" * 500_000,
        "GEO:" + ";" * 500_000,
        "LOCATION:" + "https://" * 100_000,
        "LOCATION:" + "and online " * 50_000,
        "DESCRIPTION:" + "<p " * 300_000,
        "SUMMARY:" + "cancelled - " * 50_000,
        "SUMMARY:" + " " * 300_000 + "cancelled",
        "SUMMARY:" + "*" * 300_000 + "x cancelled",
        "URL:https://" + "[" * 100_000,
        "RRULE:" + "FREQ=DAILY;" * 50_000,
        "SEQUENCE:" + "9" * 100_000,
    ],
)
def test_P15_endless_parameters_quotes_and_commas(line: str) -> None:
    with within(2):
        (listing,) = listings(calendar(f"UID:e\nDTSTART:20260310T190000\n{line}"))
    assert len(listing.name) <= 300
    assert len(listing.categories) <= 20


@pytest.mark.parametrize(
    "value",
    [
        "1" * 100_000,
        "word " * 20_000,
        "20260310T190000+99:99",
        "99999-01-01",
        "٢٠٢٦٠٣١٠",
        "20261301",
    ],
)
def test_P21_senseless_dates_are_none_at_once(value: str) -> None:
    with within(0.2):
        parsed = read(calendar(f"UID:e\nSUMMARY:X\nDTSTART:{value}"))
    assert [(p.code, p.lost) for p in parsed.problems] == [("bad_start", True)]


@pytest.mark.parametrize(
    "error",
    [ValueError, KeyError, OverflowError, RecursionError, MemoryError, OSError, AssertionError],
)
def test_P23_whatever_is_raised_for_one_component_costs_it_alone(error: type[Exception]) -> None:

    def fails_once(component: Component, zones: Zones) -> Draft:
        if component.number == 1:
            raise error
        return draft(component, zones)

    with patch("scrapers.ical.draft", fails_once):
        parsed = read(calendar(EVENT, EVENT.replace("UID:e", "UID:f")))
    assert [listing.uid for listing in parsed.listings] == ["f"]
    assert [(p.place, p.code, p.lost) for p in parsed.problems] == [
        ("VEVENT 1 'Open mic'", "unreadable", True)
    ]


def test_problems_are_bounded_and_say_how_many_more() -> None:
    parsed = read(calendar(*["SUMMARY:No start"] * 3000))
    assert len(parsed.problems) == 1001
    assert parsed.problems[-1].cause == "2000 more problems are not listed"
    assert parsed.components == 3000


def test_a_calendar_inside_a_page_is_no_calendar() -> None:
    page = b"<!DOCTYPE html><script>var x = 'BEGIN:VCALENDAR'</script>"
    with pytest.raises(ParseError, match="HTML page"):
        ical.parse(document(page))
