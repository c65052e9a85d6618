"""h-event and hCalendar: the times, places and ends that the two write differently."""

import time

import mf2py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import ParseError, microformats, recognize, schema_org
from scrapers.base import EventStatus, Listing
from tests.scrapers.golden import document


def only(body: str, time_zone: str = "America/New_York") -> Listing:
    parsed = microformats.parse(document(f"<html><body>{body}</body></html>", time_zone=time_zone))
    assert (parsed.components, parsed.problems) == (1, ())
    return parsed.listings[0]


def h_event(start: str, rest: str = "") -> str:
    return f'<div class="h-event"><b class="p-name">Lunch</b><p class="dt-start">{start}</p>{rest}</div>'


@pytest.mark.parametrize(
    "clock",
    ["7pm", "07pm", "7:00pm", "07:00pm", "07:00:00pm", "07:00p.m.", "07:00PM", "19:00", "19:00:00"],
)
def test_value_class_time_is_joined_to_its_date(clock: str) -> None:
    start = f'<time class="value" datetime="2026-06-26">26 June</time> <b class="value">{clock}</b>'
    assert only(h_event(start)).start.isoformat() == "2026-06-26T19:00:00-04:00"


def test_value_class_time_carries_its_offset() -> None:
    start = '<b class="value">2026-06-26</b> <b class="value">19:00Z</b>'
    assert only(h_event(start)).start.isoformat() == "2026-06-26T15:00:00-04:00"


def test_end_without_a_date_is_on_the_day_of_the_start() -> None:
    start = '<b class="value">2026-06-26</b> <b class="value">7pm</b>'
    end = '<p class="dt-end"><b class="value">10pm</b></p>'
    listing = only(h_event(start, end))
    assert listing.end is not None
    assert listing.end.isoformat() == "2026-06-26T22:00:00-04:00"


@pytest.mark.parametrize(("root", "last"), [("h-event", 8), ("vevent", 7)])
def test_B7_last_day_of_h_event_is_included_and_that_of_hcalendar_is_not(
    root: str, last: int
) -> None:
    name, start, end = (
        ("p-name", "dt-start", "dt-end") if root == "h-event" else ("summary", "dtstart", "dtend")
    )
    listing = only(
        f'<div class="{root}"><b class="{name}">Camp</b><abbr class="{start}" title="2026-06-05">x</abbr>'
        f'<abbr class="{end}" title="2026-06-07">y</abbr></div>'
    )
    assert listing.all_day
    assert listing.end is not None
    assert listing.end.day == last


def test_value_title_of_hcalendar_is_read() -> None:
    listing = only(
        '<div class="vevent"><b class="summary">Board</b><b class="dtstart">'
        '<i class="value-title" title="2026-06-04T10:00:00-0400"></i>June 4</b></div>'
    )
    assert listing.start.isoformat() == "2026-06-04T10:00:00-04:00"


def test_status_of_hcalendar() -> None:
    listing = only(
        '<div class="vevent"><b class="summary">Board</b><abbr class="dtstart" title="2026-06-04">x</abbr>'
        '<b class="status">CANCELLED</b></div>'
    )
    assert listing.event_status is EventStatus.CANCELLED


def test_name_of_the_event_is_not_taken_for_its_place() -> None:
    assert only(h_event("2026-06-04")).location is None


def test_same_event_at_two_places_stays_two_and_an_equal_root_is_listed_once() -> None:
    card = (
        '<div class="vevent"><b class="summary">Swap</b><abbr class="dtstart" title="2026-06-04">x</abbr>'
        '<b class="location">{}</b></div>'
    )
    parsed = microformats.parse(
        document(card.format("Dock") + card.format("Mill") + card.format("Mill"))
    )
    places = [listing.location and listing.location.name for listing in parsed.listings]
    assert (parsed.components, places) == (3, ["Dock", "Mill"])


def test_A12_bad_root_costs_itself_alone() -> None:
    parsed = microformats.parse(document(h_event("soon") + h_event("2026-06-04")))
    assert [problem.place for problem in parsed.problems] == ["h-event 1 'Lunch'"]
    assert (parsed.components, len(parsed.listings)) == (2, 1)


def test_A12_root_that_the_library_chokes_on_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parse = mf2py.parse

    def choke(doc: str, **options: object) -> object:
        if "Poison" in doc:
            raise RecursionError
        return parse(doc=doc, **options)

    monkeypatch.setattr(mf2py, "parse", choke)
    page = document(h_event("2026-06-04") + '<div class="h-event">Poison</div>')
    for scraper in (microformats, schema_org):
        parsed = scraper.parse(page)
        assert [(one.place, one.code) for one in parsed.problems] == [("h-event 2", "unreadable")]
        assert (parsed.components, len(parsed.listings)) == (2, 1)


def test_page_with_schema_org_events_is_left_to_the_richer_scraper() -> None:
    block = '<script type="application/ld+json">{"@type": "Event"}</script>'
    assert recognize(document(f"<html>{h_event('2026-06-04')}</html>")) == "microformats"
    assert recognize(document(f"<html>{block}{h_event('2026-06-04')}</html>")) == "schema_org"


def test_thousands_of_roots_are_bounded() -> None:
    started = time.process_time()
    parsed = microformats.parse(document(h_event("2026-06-04") * 2500))
    assert parsed.components == microformats.MAX_ROOTS
    assert parsed.truncated
    assert time.process_time() - started < 10


def test_document_that_is_no_page_is_a_parse_error() -> None:
    with pytest.raises(ParseError):
        microformats.parse(document(b"BEGIN:VCALENDAR"))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_in_a_root_gives_listings_or_problems(text: str) -> None:
    parsed = microformats.parse(
        document(f'<div class="h-event"><b class="dt-start">{text}</b></div>')
    )
    assert not [problem for problem in parsed.problems if problem.code == "unreadable"]
