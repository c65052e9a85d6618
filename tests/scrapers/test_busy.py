"""A calendar as nothing but taken times (FEATURES 15; RFC 5545 sections 3.8.2.6 and 3.8.2.7)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.base import Document, ParseError
from scrapers.busy import Taken, taken
from scrapers.spans import joined
from tests.conftest import NOW
from tests.services.publisher import ics, vevent


def read(*components: str, zone: str = "America/New_York", days: float = 70) -> Taken:
    """`days` is how far ahead is looked."""
    until = NOW + timedelta(days=days)
    return taken(Document("", ics(components), NOW, zone, until=until))


def hours(found: Taken) -> list[str]:
    return [f"{start:%m-%dT%H:%M}/{end:%m-%dT%H:%M}" for start, end in found.times]


def at(begin: str, end: str, **more: str) -> str:
    """An entry from one UTC time of November to another, such as "26T18"."""
    times = {"DTSTART": f"202611{begin}0000Z", "DTEND": f"202611{end}0000Z"}
    return vevent("Oncologist", **times | more)  # type: ignore[arg-type] # its properties


def test_nothing_but_times_leaves_the_reader() -> None:
    secret = {
        "LOCATION": "Clinic",
        "DESCRIPTION": "results of the scan",
        "ATTENDEE": "mailto:anna@clinic.example",
        "ORGANIZER": "mailto:anna@clinic.example",
        "CATEGORIES": "Health",
        "UID": "scan-results@clinic.example",
    }
    found = read(at("26T18", "26T20", **secret), at("27T18", "27T20", RRULE="FREQ=WEEKLY;COUNT=2"))
    assert hours(found) == [
        "11-26T18:00/11-26T20:00",
        "11-27T18:00/11-27T20:00",
        "12-04T18:00/12-04T20:00",
    ]
    told = msgspec.json.encode(found).decode()
    assert all(word not in told.lower() for word in ("onco", "clinic", "scan", "anna", "health"))


@pytest.mark.parametrize(
    "free",
    [
        {"TRANSP": "TRANSPARENT"},
        {"TRANSP": "transparent"},
        {"STATUS": "CANCELLED"},
        {"X-MICROSOFT-CDO-BUSYSTATUS": "FREE"},
        {"X-MICROSOFT-CDO-BUSYSTATUS": "WORKINGELSEWHERE"},
    ],
)
def test_what_does_not_take_the_time(free: dict[str, str]) -> None:
    assert hours(read(at("26T18", "26T20", **free))) == []


@pytest.mark.parametrize(
    "taking",
    [{}, {"TRANSP": "OPAQUE"}, {"STATUS": "TENTATIVE"}, {"X-MICROSOFT-CDO-BUSYSTATUS": "OOF"}],
)
def test_what_takes_the_time(taking: dict[str, str]) -> None:
    assert hours(read(at("26T18", "26T20", **taking))) == ["11-26T18:00/11-26T20:00"]


def test_one_cancelled_date_of_a_series_is_free() -> None:
    weekly = at("26T18", "26T20", RRULE="FREQ=DAILY;COUNT=3")
    called_off = at("27T18", "27T20", STATUS="CANCELLED").replace(
        "BEGIN:VEVENT", "BEGIN:VEVENT\r\nRECURRENCE-ID:20261127T180000Z"
    )
    moved = at("28T21", "28T22").replace(
        "BEGIN:VEVENT", "BEGIN:VEVENT\r\nRECURRENCE-ID:20261128T180000Z"
    )
    found = read(weekly, called_off, moved)
    assert hours(found) == ["11-26T18:00/11-26T20:00", "11-28T21:00/11-28T22:00"]


def test_a_day_is_taken_where_its_owner_lives() -> None:
    day = vevent("Holiday").replace("DTSTART:", "X-OLD:").replace("DTEND:", "X-END:")
    day = day.replace("BEGIN:VEVENT", "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261126")
    assert hours(read(day)) == ["11-26T05:00/11-27T05:00"]
    assert hours(read(day, zone="Asia/Tokyo")) == ["11-25T15:00/11-26T15:00"]


def test_times_that_overlap_or_touch_are_one() -> None:
    found = read(
        at("26T18", "26T20", UID="a"), at("26T19", "26T21", UID="b"), at("26T21", "26T22", UID="c")
    )
    assert hours(found) == ["11-26T18:00/11-26T22:00"]


def test_only_what_lies_ahead_and_near_enough() -> None:
    weekly = at("26T18", "26T20", RRULE="FREQ=WEEKLY")
    assert len(read(weekly, days=30).times) == 4
    assert hours(read(vevent("Old", days=-40), vevent("Far", days=90))) == []


def test_a_free_busy_answer() -> None:
    answer = (
        "BEGIN:VFREEBUSY\r\nUID:x\r\n"
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261126T180000Z/PT2H,20261127T180000Z/20261127T190000Z\r\n"
        "FREEBUSY;FBTYPE=FREE:20261128T180000Z/PT2H\r\n"
        "FREEBUSY:20261129T180000Z/PT1H,nonsense,20261129T200000Z/-PT1H,20261129T200000Z/20261128T200000Z\r\n"
        "FREEBUSY:20290101T180000Z/PT1H\r\n"
        "END:VFREEBUSY\r\n"
    )
    found = read(answer)
    assert hours(found) == [
        "11-26T18:00/11-26T20:00",
        "11-27T18:00/11-27T19:00",
        "11-29T18:00/11-29T19:00",
    ]
    assert found.unread == 3


def test_an_entry_that_cannot_be_read_costs_itself_alone() -> None:
    found = read(at("26T18", "26T20"), vevent("Lost", DTSTART="whenever", UID="lost"))
    assert hours(found) == ["11-26T18:00/11-26T20:00"]
    assert found.unread == 1


def test_what_is_no_calendar_is_told() -> None:
    with pytest.raises(ParseError, match="Expected an iCalendar file"):
        taken(Document("", b"<html>Sign in</html>", NOW))


instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
spans = st.tuples(instants, instants).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(spans, max_size=20))
def test_joined_spans_are_apart_and_cover_the_same(
    given_spans: list[tuple[datetime, datetime]],
) -> None:
    found = joined(given_spans)
    assert all(first[1] < second[0] for first, second in pairwise(found))
    assert all(any(a <= start and end <= b for a, b in found) for start, end in given_spans)
    assert joined(found) == found
    ends = {moment for span in given_spans for moment in span}
    assert all(start in ends and end in ends for start, end in found)
