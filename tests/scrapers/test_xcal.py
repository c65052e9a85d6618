"""xCal (RFC 6321): what it says is what the same calendar in iCalendar text says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import ParseError, ical, recognize, xcal
from tests.scrapers.golden import document

HEAD = '<icalendar xmlns="urn:ietf:params:xml:ns:icalendar-2.0"><vcalendar><components><vevent><properties>'
TAIL = "</properties></vevent></components></vcalendar></icalendar>"
NAMED = "<uid><text>u1</text></uid><summary><text>Run</text></summary>"


UTC_START = "<dtstart><date-time>2026-05-12T18:00:00Z</date-time></dtstart>"
CASES = {
    "utc": (UTC_START, "DTSTART:20260512T180000Z"),
    "date": ("<dtstart><date>2026-05-12</date></dtstart>", "DTSTART;VALUE=DATE:20260512"),
    "zone and duration": (
        (
            "<dtstart><parameters><tzid><text>Europe/Berlin</text></tzid></parameters>"
            "<date-time>2026-05-12T18:00:00</date-time></dtstart>"
            "<duration><duration>PT90M</duration></duration>"
        ),
        "DTSTART;TZID=Europe/Berlin:20260512T180000\r\nDURATION:PT90M",
    ),
    "recur": (
        (
            f"{UTC_START}<rrule><recur><freq>WEEKLY</freq><count>3</count><byday>TU</byday>"
            "<byday>TH</byday></recur></rrule>"
        ),
        "DTSTART:20260512T180000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TU,TH",
    ),
    "recur without its wrapper": (
        f"{UTC_START}<rrule><freq>DAILY</freq><until>2026-05-14T23:59:59Z</until></rrule>",
        "DTSTART:20260512T180000Z\r\nRRULE:FREQ=DAILY;UNTIL=20260514T235959Z",
    ),
    "text": (
        (
            f"{UTC_START}<location><text>Hall; upper, left\nBack</text></location>"
            "<url><uri>https://a.example/x</uri></url>"
        ),
        "DTSTART:20260512T180000Z\r\nLOCATION:Hall\\; upper\\, left\\nBack\r\nURL:https://a.example/x",
    ),
}


@pytest.mark.parametrize(("properties", "lines"), CASES.values(), ids=CASES)
def test_says_the_same_as_icalendar_text(properties: str, lines: str) -> None:
    source = document(HEAD + NAMED + properties + TAIL)
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u1\r\nSUMMARY:Run\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    parsed = xcal.parse(source)
    assert recognize(source) == "xcal"
    assert parsed.listings
    assert parsed.listings == ical.parse(document(text)).listings


def test_K4_private_event_is_marked() -> None:
    secret = "<class><text>PRIVATE</text></class><dtstart><date>2026-05-12</date></dtstart>"
    (listing,) = xcal.parse(document(HEAD + NAMED + secret + TAIL)).listings
    assert listing.private


def test_text_cannot_smuggle_a_line_into_the_calendar() -> None:
    evil = "<uid><text>u1\r\nBEGIN:VEVENT</text></uid><summary><parameters><x><text>a\nEND:VEVENT</text></x></parameters><text>Run\nEND:VEVENT</text></summary><url><uri>https://a.example/\nSUMMARY:Evil</uri></url><dtstart><date>2026-05-12</date></dtstart>"
    parsed = xcal.parse(document(HEAD + evil + TAIL))
    assert parsed.components == 1
    assert all(not listing.name.startswith("Evil") for listing in parsed.listings)


@pytest.mark.parametrize(
    "content", [b"", b"<rss/>", b"<icalendar/>", b"BEGIN:VCALENDAR", b"<html/>"]
)
def test_document_that_is_no_xcal_is_a_parse_error(content: bytes) -> None:
    with pytest.raises(ParseError):
        xcal.parse(document(content))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_only_parse_error_escapes_from_garbage(content: bytes) -> None:
    for start in (b"", HEAD.encode(), (HEAD + NAMED + "<dtstart><date>2026-05-12</date>").encode()):
        try:
            xcal.parse(document(start + content))
        except ParseError:
            continue
