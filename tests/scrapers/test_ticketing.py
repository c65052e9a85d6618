"""Ticketing platforms' interfaces: times that are not set, states, pages, keys that links repeat.

What each reads from a whole answer is in `tests/golden/json`.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import SCRAPERS, Listing, Parsed, ParseError, recognize
from scrapers._json import MAX_JSON_BYTES, instant, price, without_keys
from scrapers.addresses import feeds_at
from scrapers.base import AttendanceMode, EventStatus
from tests.scrapers.golden import GOLDEN, document

NAMES = (
    *("arema", "bandsintown", "eventbrite", "luma", "meetup", "predicthq", "resident_advisor"),
    *("seatgeek", "songkick", "superboletos", "ticketmaster", "tickettailor"),
)
FILES = (*(f"{name}.json" for name in NAMES), "meetup_rest.json")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
    | st.sampled_from(["http://[", "2026-13-45T99:99", "9" * 400, "\u0000", "https://a.example/?a=%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
LUMA_PAGE = (
    "<!DOCTYPE html><html><head><title>Quay Founders · Calendar</title></head><body>"
    '<script id="__NEXT_DATA__" type="application/json">{}</script></body></html>'
)


def answer(name: str) -> Any:
    return json.loads((GOLDEN / "json" / f"{name}.json").read_text(encoding="utf-8"))


def read(name: str, value: object, **source: str) -> Parsed:
    return SCRAPERS[name].parse(document(json.dumps(value), **source))


def listing(parsed: Parsed, name: str) -> Listing:
    return next(item for item in parsed.listings if item.name == name)


def luma_page(data: object) -> str:
    whole = {"props": {"pageProps": {"initialData": {"data": data}}}}
    return LUMA_PAGE.format(json.dumps(whole))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [b"", b"null", b"5", b"words", b'{"error": "no"}', b"[" * 9999])
def test_A3_foreign_answer_is_a_parse_error(name: str, content: bytes) -> None:
    assert not SCRAPERS[name].recognizes(document(content))
    with pytest.raises(ParseError):
        SCRAPERS[name].parse(document(content))


@pytest.mark.parametrize("file", FILES)
def test_answer_is_recognized_by_one_platform_alone(file: str) -> None:
    source = document((GOLDEN / "json" / file).read_bytes())
    claiming = [name for name in NAMES if SCRAPERS[name].recognizes(source)]
    assert claiming == [recognize(source)]


@pytest.mark.parametrize("name", NAMES)
def test_A12_record_of_another_kind_costs_itself_alone(name: str) -> None:
    content = (GOLDEN / "json" / f"{name}.json").read_text(encoding="utf-8")
    junk: list[object] = [
        None,
        5,
        "words",
        [],
        {},
        {"start": 5, "dates": [], "event": "x", "time": 1e300},
    ]
    whole = json.loads(content)
    good = len(read(name, whole).listings)
    found = _lists(whole)
    max(found, key=lambda item: len(json.dumps(item))).extend(junk)
    parsed = read(name, whole)
    assert len(parsed.listings) == good
    assert not [problem for problem in parsed.problems if problem.code == "unreadable"]


@pytest.mark.parametrize("name", NAMES)
def test_what_looks_like_an_address_and_is_none_costs_nothing_else(name: str) -> None:
    for place in range(len(list(_places(answer(name))))):
        whole = answer(name)
        holder, key = list(_places(whole))[place]
        if isinstance(holder[key], str):
            holder[key] = "https://["
            assert not [found for found in read(name, whole).problems if found.code == "unreadable"]


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_value_anywhere_costs_its_event_alone(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    whole = answer(name)
    places = list(_places(whole))
    holder, key = places[data.draw(st.integers(0, len(places) - 1))]
    holder[key] = data.draw(JUNK)
    try:
        parsed = read(name, whole)
    except ParseError:
        return
    assert not [problem for problem in parsed.problems if problem.code == "unreadable"]
    assert all(found.name and found.start.tzinfo for found in parsed.listings)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of an answer with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inside in list(pairs) if isinstance(value, dict | list) else ():
        yield value, key
        if isinstance(inside, dict | list):
            yield from _places(inside)


def _lists(value: object) -> list[list[object]]:
    """All lists of objects in an answer, the outermost first."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, list) and value and isinstance(value[0], dict) else []
    return own + [found for item in inside for found in _lists(item)]


@pytest.mark.parametrize("name", ["ticketmaster", "seatgeek", "songkick", "bandsintown"])
def test_empty_answer_of_a_known_source_is_no_error(name: str) -> None:
    empty: dict[str, object] = {
        "ticketmaster": {"page": {"size": 20, "totalElements": 0, "totalPages": 0, "number": 0}},
        "seatgeek": {"meta": {"total": 0, "page": 1, "per_page": 10}, "events": []},
        "songkick": {"resultsPage": {"status": "ok", "results": {}, "totalEntries": 0}},
        "bandsintown": [],
    }
    assert read(name, empty[name]) == Parsed()


def test_B13_time_without_zone_is_the_venues_else_the_sources() -> None:
    concert = answer("ticketmaster")["_embedded"]["events"][0]
    concert["_embedded"]["venues"][0]["timezone"] = "Pacific/Honolulu"
    del concert["dates"]["timezone"]
    found = listing(
        read("ticketmaster", {"_embedded": {"events": [concert]}}), "Founders' Comedy Night"
    )
    assert (found.time_zone, found.start.hour) == ("Pacific/Honolulu", 19)
    assert read("resident_advisor", answer("resident_advisor")).listings[0].time_zone == (
        "America/New_York"
    )


@pytest.mark.parametrize(
    ("name", "title", "day"),
    [
        ("seatgeek", "The Paper Kites of Pine Street", "2026-06-05"),
        ("ticketmaster", "Harbor Wind Ensemble", "2026-07-04"),
        ("songkick", "Three Rivers Festival 2026", "2026-07-10"),
    ],
)
def test_B16_time_to_be_announced_is_a_day_and_no_placeholder(
    name: str, title: str, day: str
) -> None:
    found = listing(read(name, answer(name)), title)
    assert (found.all_day, found.start.date().isoformat()) == (True, day)


def test_B16_day_to_be_announced_is_no_listing() -> None:
    parsed = read("seatgeek", answer("seatgeek"))
    assert [(one.code, one.lost) for one in parsed.problems] == [("no_start", True)]


def test_E1_rescheduled_event_tells_the_day_it_was_on_in_its_own_zone() -> None:
    found = listing(read("ticketmaster", answer("ticketmaster")), "Founders' Comedy Night")
    assert found.event_status is EventStatus.RESCHEDULED
    assert found.previous_start_date == datetime.fromisoformat("2026-05-15T19:30-06:00")


def test_E6_event_put_off_without_a_new_day_keeps_the_day_it_was_on() -> None:
    found = listing(read("ticketmaster", answer("ticketmaster")), "Northern Lights Tour")
    assert found.event_status is EventStatus.POSTPONED
    assert found.start == datetime.fromisoformat("2026-05-29T20:00-06:00")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("ticketmaster", "Garage Rock Friday"),
        ("seatgeek", "Valley Herons at Delta Otters"),
        ("songkick", "Three Rivers Festival 2026"),
        ("eventbrite", "Board of the Depot"),
        ("predicthq", "Mountain Trade Expo"),
        ("meetup", "Interview practice"),
        ("superboletos", "CIRCO DE PAPEL"),
    ],
)
def test_E4_cancellation_is_read(name: str, title: str) -> None:
    assert listing(read(name, answer(name)), title).event_status is EventStatus.CANCELLED


def test_E4_eventbrite_says_cancelled_in_the_sales_status_alone_once_the_day_has_passed() -> None:
    event = answer("eventbrite")["events"][0]
    event |= {"status": "completed", "event_sales_status": {"message_code": "event_cancelled"}}
    parsed = read("eventbrite", {"pagination": {"page_number": 1}, "events": [event]})
    assert parsed.listings[0].event_status is EventStatus.CANCELLED


def test_K4_event_that_its_host_hides_is_private() -> None:
    private = [
        found.name
        for name in ("eventbrite", "tickettailor", "luma")
        for found in read(name, answer(name)).listings
        if found.private
    ]
    assert private == ["Board of the Depot", "Members' Evening", "Show and tell"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("eventbrite", "Hiring in Small Firms"),
        ("luma", "Office hours for founders"),
        ("meetup", "Interview practice"),
        ("tickettailor", "Members' Evening"),
        ("bandsintown", "Copper Lantern at home"),
    ],
)
def test_event_on_the_web_has_no_place(name: str, title: str) -> None:
    found = listing(read(name, answer(name)), title)
    assert found.event_attendance_mode is AttendanceMode.ONLINE
    assert found.location is None
    assert found.virtual_location.startswith("https://")


def test_sold_out_is_said_where_the_platform_says_it() -> None:
    sold_out = {
        name: [found.name for found in read(name, answer(name)).listings for offer in found.offers
               if offer.availability == "sold_out"]
        for name in ("eventbrite", "luma", "bandsintown", "tickettailor")
    }  # fmt: skip
    assert sold_out == {
        "eventbrite": ["Hiring in Small Firms"],
        "luma": ["Office hours for founders"],
        "bandsintown": ["Copper Lantern, Salt Choir at Harvest Barn"],
        "tickettailor": ["Bookbinding for Beginners"],
    }


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("seatgeek", "https://site.example/page?q=a&page=2"),
        ("songkick", "https://site.example/page?q=a&page=2"),
        ("eventbrite", "https://site.example/page?q=a&continuation=eyJwYWdlIjogMn0"),
        ("luma", "https://site.example/page?q=a&pagination_cursor=b64cursor"),
        (
            "ticketmaster",
            "https://site.example/discovery/v2/events.json?city=Denver&page=1&size=5",
        ),
    ],
)
def test_next_page_is_asked_for_and_never_with_a_key(name: str, url: str) -> None:
    source = "https://site.example/page?q=a&client_id=never-kept&page=1"
    found = read(
        name, answer(name), url=source.replace("&page=1", "") if name == "luma" else source
    )
    followed = [request.url for request in found.follow]
    assert [link.replace("page=1&", "") for link in followed] == [url.replace("page=1&", "")]


def test_last_page_leads_nowhere() -> None:
    page = answer("seatgeek")
    page["meta"] |= {"page": 2}
    assert read("seatgeek", page).follow == ()
    ticketmaster = answer("ticketmaster")
    del ticketmaster["_links"]["next"]
    assert read("ticketmaster", ticketmaster).follow == ()


def test_page_beyond_what_ticketmaster_gives_is_not_asked_for_and_that_is_said() -> None:
    page = answer("ticketmaster")
    page["page"] = {"size": 200, "totalElements": 4321, "totalPages": 22, "number": 4}
    parsed = read("ticketmaster", page)
    assert (parsed.follow, parsed.truncated) == ((), True)
    assert "page_limit" in {problem.code for problem in parsed.problems}


def test_pages_that_cannot_be_turned_are_reported() -> None:
    assert read("meetup", answer("meetup")).truncated
    lists = answer("luma") | {"next_cursor": None}
    assert read("luma", lists).truncated
    assert read("predicthq", answer("predicthq") | {"overflow": True}).truncated


@pytest.mark.parametrize("name", ["bandsintown", "ticketmaster", "songkick"])
def test_A15_key_that_the_answer_repeats_is_in_nothing_that_is_read(name: str) -> None:
    text = (GOLDEN / "json" / f"{name}.json").read_text(encoding="utf-8")
    text = text.replace("utm_source=1", "apikey=never-kept")
    assert "never-kept" in text
    assert "never-kept" not in repr(SCRAPERS[name].parse(document(text)))


def test_links_without_keys_are_left_alone() -> None:
    assert without_keys("https://a.example/x?a=1&b=%20") == "https://a.example/x?a=1&b=+"
    assert without_keys("https://a.example/x?app_id=1#top") == "https://a.example/x#top"


def test_luma_calendar_page_leads_to_its_list() -> None:
    source = document(luma_page({"calendar": {"api_id": "cal-Quay1"}, "featured_items": []}))
    assert recognize(source) == "luma"
    parsed = SCRAPERS["luma"].parse(source)
    assert (parsed.title, parsed.listings) == ("Quay Founders · Calendar", ())
    assert parsed.follow[0].url == (
        "https://api.lu.ma/calendar/get-items"
        "?calendar_api_id=cal-Quay1&period=future&pagination_limit=50"
    )


def test_luma_city_page_leads_to_its_list() -> None:
    source = document(luma_page({"place": {"api_id": "discplace-Quay1"}}))
    assert "discover_place_api_id=discplace-Quay1" in SCRAPERS["luma"].parse(source).follow[0].url


@pytest.mark.parametrize(
    "data",
    [
        {"event": {"api_id": "evt-1"}, "calendar": {"api_id": "cal-1"}},
        {"calendar": {"api_id": "cal-1&x=https://evil.example"}},
        {"calendar": "words"},
        {},
    ],
)
def test_other_page_of_luma_is_left_to_schema_org(data: object) -> None:
    source = document(luma_page(data))
    assert recognize(source) == "schema_org"
    assert SCRAPERS["luma"].parse(source) == SCRAPERS["schema_org"].parse(source)


@pytest.mark.parametrize(
    ("words", "start", "guessed"),
    [
        ("19 de Agosto 21:00 Hrs.", "2026-08-19T21:00:00-04:00", True),
        ("02 de Abril 21:00 Hrs.", "2026-04-02T21:00:00-04:00", True),
        ("15 Enero de 2027", "2027-01-15T00:00:00-05:00", False),
        ("07 de Marzo 20:00 Hrs.", "2027-03-07T20:00:00-05:00", True),
    ],
)
def test_superboletos_day_without_a_year_is_the_next_one(
    words: str, start: str, guessed: bool
) -> None:
    event = answer("superboletos")[0] | {"fechas": words}
    source = document(json.dumps([event]))
    window = source.retrieved_at.replace(year=2025)
    found = SCRAPERS["superboletos"].parse(
        type(source)(
            source.url, source.content, source.retrieved_at, source.time_zone, since=window
        )
    )
    assert [item.start.isoformat() for item in found.listings] == [start]
    assert ("year_guessed" in found.listings[0].notes) is guessed


def test_answer_larger_than_any_fetch_is_refused() -> None:
    with pytest.raises(ParseError):
        SCRAPERS["bandsintown"].parse(document(b"[" + b" " * MAX_JSON_BYTES + b"]"))


def test_large_answer_is_read_to_its_end() -> None:
    events = answer("ticketmaster")["_embedded"]["events"]
    many = [event | {"id": f"Tm{number}", "filler": "x" * 20_000}
            for number in range(40) for event in events[:3]]  # fmt: skip
    parsed = read("ticketmaster", {"_embedded": {"events": many}})
    assert (parsed.components, parsed.truncated) == (120, False)


def test_unix_times_and_cents_that_are_none_say_nothing() -> None:
    assert [instant(value) for value in (None, True, "1", 1e300, float("inf"))] == [""] * 5
    assert instant(0, offset_seconds=10**9) == ""
    assert [price(value) for value in (None, "x", -1, 5, 1234)] == ["", "", "", "0.05", "12.34"]


@pytest.mark.parametrize(
    ("address", "scraper", "feed"),
    [
        ("luma.com/calendar/cal-Quay1", "ical", "api.lu.ma/ics/get?entity=calendar&id=cal-Quay1"),
        ("api2.luma.com/ics/get?entity=discover&id=discplace-1", "ical", ""),
        ("luma.com/quayfounders", "luma", ""),
        ("lu.ma/toronto?k=c", "luma", ""),
        ("app.ticketmaster.com/discovery/v2/events.json?city=Davis", "ticketmaster", ""),
        ("api.seatgeek.com/2/events?venue.city=Davis", "seatgeek", ""),
        ("rest.bandsintown.com/artists/Salt%20Choir/events", "bandsintown", ""),
        ("www.songkick.com/venues/107138-orchard-room", "schema_org", ""),
        ("api.songkick.com/api/3.0/venues/7/calendar.json", "songkick", ""),
        ("www.eventbriteapi.com/v3/organizations/50/events/", "eventbrite", ""),
        ("www.eventbrite.com/o/makers-of-the-triangle-60", "schema_org", ""),
        ("www.eventbrite.co.uk/o/60", "schema_org", ""),
        ("api.predicthq.com/v1/events/?country=US", "predicthq", ""),
        ("buytickets.at/paperworks", "schema_org", ""),
        ("dice.fm/venue/boiler-yard-abcd", "schema_org", ""),
        ("www.outsavvy.com/organiser/paperworks", "schema_org", ""),
        ("wl.seetickets.us/boileryard", "schema_org", ""),
    ],
)
def test_address_alone_tells_the_scraper(address: str, scraper: str, feed: str) -> None:
    best = feeds_at(f"https://{address}")[0]
    assert (best.scraper, best.url) == (scraper, f"https://{feed or address}")
