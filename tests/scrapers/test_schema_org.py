"""schema.org events in pages: all shapes of JSON-LD, microdata, RDFa, and what spoils them."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import ParseError, schema_org
from scrapers.base import MAX_LISTINGS, AttendanceMode, EventStatus, Listing, Parsed
from tests.scrapers.golden import document

EVENT = {"@type": "Event", "name": "Open mic", "startDate": "2026-05-14T18:00"}


def parse(*blocks: object, body: str = "", time_zone: str = "America/New_York") -> Parsed:
    """A page with each block (JSON text or data) in a script of its own."""
    scripts = "".join(
        f'<script type="application/ld+json">{block if isinstance(block, str) else json.dumps(block)}'
        "</script>"
        for block in blocks
    )
    page = f"<!doctype html><html><head>{scripts}</head><body>{body}</body></html>"
    return schema_org.parse(document(page, time_zone=time_zone))


def only(parsed: Parsed) -> Listing:
    assert (parsed.components, len(parsed.listings), parsed.problems) == (1, 1, ())
    return parsed.listings[0]


def read(**fields: Any) -> Listing:
    return only(parse({**EVENT, **fields}))


@pytest.mark.parametrize(
    "block",
    [
        EVENT,
        [EVENT],
        {"@graph": [{"@type": "WebPage"}, EVENT]},
        {"@type": "Place", "name": "Dock", "event": EVENT},
        {"@type": "Organization", "name": "Club", "events": [EVENT]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": EVENT}]},
        {"@type": "CollectionPage", "mainEntity": {"@type": "ItemList", "itemListElement": [EVENT]}},
        {**EVENT, "@type": ["Thing", "http://schema.org/Event"]},
        {**EVENT, "@type": "schema:SocialEvent"},
        {**EVENT, "@type": "https://schema.org/Hackathon"},
        {"@context": {"schema": "http://schema.org/"}, "@type": "schema:Event",
         "schema:name": "Open mic", "schema:startDate": {"@value": "2026-05-14T18:00"}},
        {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": {"item": EVENT}},
    ],
)  # fmt: skip
def test_every_shape_of_json_ld_is_read(block: object) -> None:
    listing = only(parse(block))
    assert listing.name == "Open mic"
    assert listing.start.isoformat() == "2026-05-14T18:00:00-04:00"


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "Event", "name": "Open mic", "startDate": "2026-05-14T18:00",}',
        '[{"@type": "Event", "name": "Open mic", "startDate": "2026-05-14T18:00"},]',
        '<!-- {"@type": "Event", "name": "Open mic", "startDate": "2026-05-14T18:00"} -->',
        '//<![CDATA[\n{"@type": "Event", "name": "Open mic", "startDate": "2026-05-14T18:00"}\n//]]>',
        '{"@type": "Event", "name": "Open\n mic", "startDate": "2026-05-14T18:00"};',
        '{"@type": "Event", "name": "Open mic", "x": "a\\\'b", "startDate": "2026-05-14T18:00"}',
        '{"@type": "Event", "name": "Open mic", /* no */ "startDate": "2026-05-14T18:00"}',
        '{"@type": "WebPage"}{"@type": "Event", "name": "Open mic", "startDate": "2026-05-14T18:00"}',
        json.dumps(EVENT).replace('"', "&quot;"),
    ],
    ids=["comma", "list comma", "comment", "cdata", "newline", "escape", "js", "two", "entities"],
)
def test_usual_invalid_json_is_mended(text: str) -> None:
    assert only(parse(text)).name == "Open mic"


def test_A12_broken_block_and_broken_event_cost_themselves_alone() -> None:
    parsed = parse(
        "{{{", {**EVENT, "startDate": "soon"}, {"@type": "Event", "startDate": "2026-05-14"}, EVENT
    )
    assert [problem.code for problem in parsed.problems] == ["invalid_json", "no_start", "no_name"]
    assert [problem.lost for problem in parsed.problems] == [False, True, True]
    assert (parsed.components, len(parsed.listings)) == (3, 1)


def test_P23_any_exception_of_one_event_is_its_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (ValueError, KeyError, OverflowError, RecursionError, MemoryError, OSError):

        def fail(*_: object, error: type[BaseException] = error) -> None:
            raise error

        monkeypatch.setattr("scrapers._event.read_offers", fail)
        assert [problem.code for problem in parse(EVENT).problems] == ["unreadable"]


def test_equal_nodes_of_a_page_count_once() -> None:
    item = {"@type": "ItemList", "itemListElement": [EVENT, {**EVENT, "name": "Other"}]}
    assert parse(item, item).components == 2


def test_event_told_in_four_syntaxes_counts_once_and_is_as_rich_as_all() -> None:
    body = """
    <div itemscope itemtype="https://schema.org/Event"><b itemprop="name">Open mic</b>
      <meta itemprop="startDate" content="2026-05-14T18:00"><i itemprop="genre">Jazz</i></div>
    <div vocab="https://schema.org/" typeof="Event"><b property="name">Open Mic</b>
      <meta property="startDate" content="20260514T180000"><p property="description">Sign up.</p></div>
    <div class="vevent"><b class="summary">Open mic</b><abbr class="dtstart" title="2026-05-14">May 14</abbr>
      <b class="location">Dock 3</b></div>"""
    listing = only(parse({**EVENT, "url": "/mic"}, body=body))
    assert listing.start.isoformat() == "2026-05-14T18:00:00-04:00"
    assert (listing.categories, listing.description) == (("Jazz",), "Sign up.")
    assert listing.location is not None
    assert (listing.location.name, listing.url) == ("Dock 3", "https://site.example/mic")


def test_two_shows_of_one_name_on_one_day_stay_two_in_both_syntaxes() -> None:
    body = "".join(
        f'<div itemscope itemtype="https://schema.org/Event"><b itemprop="name">Open mic</b>'
        f'<meta itemprop="startDate" content="2026-05-14T{hour}:00"></div>'
        for hour in (14, 18)
    )
    parsed = parse([EVENT, {**EVENT, "startDate": "2026-05-14T14:00"}], body=body)
    assert sorted(listing.start.hour for listing in parsed.listings) == [14, 18]


def test_B17_festival_and_the_acts_within_it_each_have_their_own_time() -> None:
    festival = {
        "@type": "Festival", "name": "River Days", "startDate": "2026-07-03", "endDate": "2026-07-05",
        "location": {"@type": "Place", "name": "Bank"},
        "subEvent": [{**EVENT, "startDate": "2026-07-04T20:00"},
                     {**EVENT, "name": "Puppets", "startDate": "2026-07-05T10:00"}],
    }  # fmt: skip
    parsed = parse(festival)
    assert [(one.name, one.start.day, one.all_day) for one in parsed.listings] == [
        ("River Days", 3, True), ("Open mic", 4, False), ("Puppets", 5, False),
    ]  # fmt: skip
    assert {one.location and one.location.name for one in parsed.listings} == {"Bank"}


def test_mention_of_an_event_is_no_event() -> None:
    parsed = parse({**EVENT, "superEvent": {"@type": "Festival", "name": "River Days"}},
                   {"@type": "NewsArticle", "about": {"@type": "Event", "name": "Fire"}})  # fmt: skip
    assert parsed.components == 1


def test_reference_by_id_is_followed_one_step() -> None:
    place = {"@type": "Place", "@id": "#dock", "name": "Dock", "containedInPlace": {"@id": "#dock"}}
    listing = only(parse({"@graph": [place, {**EVENT, "location": {"@id": "#dock"}}]}))
    assert listing.location is not None
    assert listing.location.name == "Dock"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://schema.org/EventCancelled", EventStatus.CANCELLED),
        ("http://schema.org/EventPostponed", EventStatus.POSTPONED),
        ("EventRescheduled", EventStatus.RESCHEDULED),
        ({"@id": "https://schema.org/EventMovedOnline"}, EventStatus.MOVED_ONLINE),
        ("EventScheduled", EventStatus.SCHEDULED),
        ("nonsense", EventStatus.SCHEDULED),
    ],
)
def test_event_status(value: object, expected: EventStatus) -> None:
    assert read(eventStatus=value).event_status is expected


def test_E5_status_in_the_title_is_recognised_and_a_film_of_that_name_is_not() -> None:
    marked = read(name="CANCELED – Open mic", eventStatus="https://schema.org/EventScheduled")
    assert (marked.name, marked.event_status) == ("Open mic", EventStatus.CANCELLED)
    film = read(name="Cancelled")
    assert (film.name, film.event_status) == ("Cancelled", EventStatus.SCHEDULED)


VIRTUAL = {"@type": "VirtualLocation", "url": "https://video.example/1"}


@pytest.mark.parametrize(
    ("location", "name", "link", "mode"),
    [
        ("Dock 3", "Dock 3", "", AttendanceMode.UNKNOWN),
        (VIRTUAL, None, "https://video.example/1", AttendanceMode.ONLINE),
        ([{"@type": "Place", "name": "Dock"}, VIRTUAL], "Dock", "https://video.example/1", AttendanceMode.MIXED),
        ({"@type": "Place", "name": "Art Center and Online"}, "Art Center and Online", "", AttendanceMode.MIXED),
        ({"@type": "Place", "name": "Zoom"}, None, "", AttendanceMode.ONLINE),
        ({"@type": "Place", "name": ""}, None, "", AttendanceMode.UNKNOWN),
        ("TBA", None, "", AttendanceMode.UNKNOWN),
    ],
    ids=["text", "virtual", "both", "F5 place", "F5 Zoom", "nothing", "tba"],
)  # fmt: skip
def test_F5_location(location: object, name: str | None, link: str, mode: AttendanceMode) -> None:
    listing = read(location=location)
    assert (listing.location.name if listing.location else None) == name
    assert (listing.virtual_location, listing.event_attendance_mode) == (link, mode)


def test_F6_markup_in_a_location_is_gone() -> None:
    listing = read(
        location={"@type": "Place", "name": "<b>Town</b> Hall<br>", "address": "<p>2 Main</p>"}
    )
    assert listing.location is not None
    assert (listing.location.name, listing.location.address) == ("Town Hall", "2 Main")


def test_address_is_one_line_without_repetition() -> None:
    address = {"@type": "PostalAddress", "streetAddress": "2 Main, Harbor Falls",
               "addressLocality": "Harbor Falls", "addressRegion": "NY", "postalCode": 13148,
               "addressCountry": {"@type": "Country", "name": "US"}}  # fmt: skip
    listing = read(location={"@type": "Place", "name": "Hall", "address": address})
    assert listing.location is not None
    assert listing.location.address == "2 Main, Harbor Falls, NY, 13148, US"


@pytest.mark.parametrize("point", [(0, 0), (91, 0), ("x", 1), ("NaN", 1), (None, None)])
def test_B14_place_without_coordinates_has_none_and_no_zero(point: tuple[object, object]) -> None:
    geo = {"latitude": point[0], "longitude": point[1]}
    listing = read(location={"@type": "Place", "name": "Hall", "geo": geo})
    assert listing.location is not None
    assert (listing.location.latitude, listing.location.longitude) == (None, None)
    assert listing.time_zone == "America/New_York"


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ({"price": 12, "priceCurrency": "USD"}, [(1200, 1200, "USD", "")]),
        ({"price": "0.00"}, [(0, 0, "", "")]),
        ({"price": "Free"}, [(0, 0, "", "")]),
        ({"@type": "AggregateOffer", "lowPrice": "25", "highPrice": "10", "priceCurrency": "usd"},
         [(1000, 2500, "USD", "")]),
        ({"@type": "AggregateOffer", "lowPrice": "5"}, [(500, None, "", "")]),
        ([{"price": "5", "availability": "http://schema.org/SoldOut"}, {"price": "9"}],
         [(500, 500, "", "sold_out"), (900, 900, "", "")]),
        ({"priceSpecification": {"minPrice": 3, "maxPrice": 4, "priceCurrency": "EUR"}},
         [(300, 400, "EUR", "")]),
        ({"@type": "AggregateOffer", "offers": [{"price": 1}, {"price": 2}]},
         [(100, 100, "", ""), (200, 200, "", "")]),
        ({"price": "a lot"}, []),
        ("$20", [(2000, 2000, "USD", "")]),
    ],
)  # fmt: skip
def test_offers(offers: object, expected: list[tuple[int, int, str, str]]) -> None:
    found = read(offers=offers).offers
    assert [(o.price_min, o.price_max, o.currency, o.availability) for o in found] == expected


def test_free_entry_is_free_only_where_no_price_is_named() -> None:
    assert read(isAccessibleForFree=True).offers[0].price_max == 0
    paid = read(isAccessibleForFree="True", offers={"price": "7"})
    assert [offer.price_min for offer in paid.offers] == [700]


def test_S33_private_addresses_are_kept_as_text_and_odd_ones_dropped() -> None:
    listing = read(url="javascript:alert(1)", image="http://127.0.0.1/a.png")
    assert listing.url == "https://site.example/page"
    assert listing.image == "http://127.0.0.1/a.png"


def test_previous_start_and_duration_and_door_time() -> None:
    listing = read(
        previousStartDate="2026-05-07T18:00", duration="PT90M", doorTime="2026-05-14T17:00"
    )
    assert listing.previous_start_date == datetime(2026, 5, 7, 22, tzinfo=UTC)
    assert listing.end == listing.start + timedelta(minutes=90)
    assert listing.start.hour == 18


def test_event_outside_the_window_is_counted_and_not_listed() -> None:
    parsed = parse({**EVENT, "startDate": "2024-05-14T18:00"})
    assert (parsed.components, parsed.listings) == (1, ())


SCHEDULE = {
    "@type": "Schedule", "startDate": "2016-03-01", "endDate": "2026-06-30", "startTime": "19:00",
    "endTime": "21:00", "repeatFrequency": "P1W", "byDay": "https://schema.org/Tuesday",
    "scheduleTimezone": "Europe/Berlin", "exceptDate": "2026-05-19",
}  # fmt: skip


def scheduled(**fields: object) -> Parsed:
    return parse({"@type": "Event", "name": "Stammtisch", "eventSchedule": {**SCHEDULE, **fields}})


def test_schedule_is_expanded_in_the_window_on_its_own_wall_clock() -> None:
    parsed = scheduled()
    assert (parsed.components, parsed.problems) == (1, ())
    assert [f"{one.start:%m-%d %H:%M}" for one in parsed.listings] == [
        "05-05 19:00", "05-12 19:00", "05-26 19:00", "06-02 19:00", "06-09 19:00", "06-16 19:00",
        "06-23 19:00", "06-30 19:00",
    ]  # fmt: skip
    first = parsed.listings[0]
    assert (first.time_zone, first.series, first.recurrence_id) == (
        "Europe/Berlin", "Stammtisch", "2026-05-05T17:00:00Z",
    )  # fmt: skip
    assert first.end == first.start + timedelta(hours=2)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        (
            {"repeatFrequency": "Weekly", "byDay": ["Monday", "Thursday"], "endDate": "2026-05-31"},
            9,
        ),
        ({"repeatFrequency": "P1M", "byDay": "2TU", "endDate": "2026-12-31"}, 8),
        ({"repeatFrequency": "P1M", "byMonthDay": 15, "byDay": None, "endDate": "2026-12-31"}, 8),
        ({"startDate": "2026-05-05", "repeatCount": 3, "endDate": None, "exceptDate": None}, 3),
        ({"repeatFrequency": "P1D", "byDay": None, "endDate": "2300-01-01"}, 400),
        ({"repeatFrequency": "P1D", "startDate": "1901-01-01", "endDate": "1902-01-01"}, 0),
    ],
)
def test_schedule_terms(fields: dict[str, object], count: int) -> None:
    assert len(scheduled(**fields).listings) == count


@pytest.mark.parametrize("frequency", ["PT1S", "P0D", "P99999D", "sometimes"])
def test_schedule_that_cannot_be_followed_is_a_problem(frequency: str) -> None:
    (problem,) = scheduled(repeatFrequency=frequency).problems
    assert problem.lost
    assert problem.code in ("schedule_unsupported", "rrule_unsupported")


def test_microdata_link_around_a_name_gives_the_name() -> None:
    body = """<div itemscope itemtype="http://schema.org/Event">
      <a itemprop="name" href="/x">Open mic</a><time itemprop="startDate" datetime="2026-05-14">soon</time>
      <link itemprop="eventStatus" href="https://schema.org/EventCancelled"></div>"""
    listing = only(parse(body=body))
    assert (listing.name, listing.event_status) == ("Open mic", EventStatus.CANCELLED)


def test_json_body_with_json_ld_is_read() -> None:
    assert only(schema_org.parse(document(json.dumps([EVENT])))).name == "Open mic"


def test_list_page_of_bare_addresses_names_the_pages_to_read() -> None:
    items = [{"@type": "ListItem", "position": n, "url": f"/e/{n}"} for n in (1, 2)]
    parsed = parse({"@type": "ItemList", "itemListElement": items})
    assert [(one.url, one.reason) for one in parsed.follow] == [
        ("https://site.example/e/1", "detail"), ("https://site.example/e/2", "detail"),
    ]  # fmt: skip


def test_page_without_events_is_empty_and_no_error() -> None:
    parsed = parse(body="<h1>Nothing on</h1>")
    assert (parsed.components, parsed.listings, parsed.problems) == (0, (), ())


@pytest.mark.parametrize(
    "content",
    [b"", b"   ", b"BEGIN:VCALENDAR", b"plain words", b"%PDF-1.7", b"\x00\x01\x02", b"[]", b"null",
     b'{"a": 1}', b'<?xml version="1.0"?><rss/>', b'["@type"'],
)  # fmt: skip
def test_A3_document_that_is_no_page_is_a_parse_error(content: bytes) -> None:
    with pytest.raises(ParseError):
        schema_org.parse(document(content))


@pytest.mark.parametrize(
    "content",
    [
        "<title>caf\xe9</title>".encode("latin-1"),
        b'<meta charset="bogus"><title>caf\xc3\xa9</title>',
        "<title>café</title>".encode("utf-16"),
        b"\xef\xbb\xbf<title>caf\xc3\xa9</title>",
        b'<?xml version="1.0" encoding="iso-8859-1"?><html><title>caf\xe9</title></html>',
    ],
)
def test_R15_charset_is_found_or_guessed_and_never_an_exception(content: bytes) -> None:
    assert schema_org.parse(document(content)).title == "café"


def timed(content: str | bytes) -> tuple[Parsed, float]:
    started = time.process_time()
    return schema_org.parse(document(content)), time.process_time() - started


def test_P20_ten_thousand_events_are_bounded_and_flagged() -> None:
    events = [{"@type": "Event", "name": f"E{n}", "startDate": "2026-05-14"} for n in range(10_000)]
    parsed, seconds = timed(
        f'<html><script type="application/ld+json">{json.dumps(events)}</script>'
    )
    assert (parsed.components, len(parsed.listings), parsed.truncated) == (
        10_000,
        MAX_LISTINGS,
        True,
    )
    assert seconds < 5


def test_P20_graph_that_refers_to_itself_ends() -> None:
    node = {**EVENT, "@id": "#a", "location": {"@id": "#a"}, "superEvent": {"@id": "#a"}}
    assert len(parse({"@id": "#a", "@graph": [node]}).listings) == 1


def test_P20_schedules_cannot_multiply_beyond_the_limit() -> None:
    daily = {**SCHEDULE, "repeatFrequency": "P1D", "byDay": None, "endDate": "2300-01-01"}
    parsed = parse([{**EVENT, "name": f"E{n}", "eventSchedule": daily} for n in range(40)])
    assert (parsed.components, len(parsed.listings), parsed.truncated) == (40, MAX_LISTINGS, True)


def test_P20_thousand_script_blocks_are_read() -> None:
    blocks = [{**EVENT, "name": f"E{n}"} for n in range(1000)]
    parsed = parse(*blocks)
    assert (parsed.components, len(parsed.listings)) == (1000, 1000)


@pytest.mark.parametrize(
    "content",
    [
        "<html>" + "<" * 200_000,
        "<html>" + "<div>" * 50_000,
        "<html>" + "<!-- " * 80_000,
        "<html>" + "<![CDATA[" * 40_000,
        "<html>" + "<p><a href=A>" * 50_000,
        "<html>" + '<p itemprop="name" itemscope class="vevent">' * 20_000,
        '<html><script type="application/ld+json">' + "[" * 100_000,
        '<html><script type="application/ld+json">{"@type": "Event", "a": ' + "9" * 5000 + "}",
        '<html><script type="application/ld+json">{"a": "' + "\\'" * 200_000,
        '<html><script type="application/ld+json">[' + "," * 300_000 + "1",
    ],
    ids=["lt", "div", "comment", "cdata", "p", "items", "json", "number", "escapes", "commas"],
)
def test_P17_P18_P19_hostile_page_is_bounded(content: str) -> None:
    parsed, seconds = timed(content)
    assert parsed.listings == ()
    assert seconds < 5


def test_what_a_plugin_writes_after_the_end_of_the_page_is_read() -> None:
    block = f'<script type="application/ld+json">{json.dumps(EVENT)}</script>'
    assert (
        only(schema_org.parse(document(f"<html><body>x</body></html>{block}"))).name == "Open mic"
    )


def test_page_beyond_two_megabytes_is_cut_and_flagged() -> None:
    block = f'<script type="application/ld+json">{json.dumps(EVENT)}</script>'
    parsed, _ = timed("<html>" + block + "<p>word</p>" * 300_000)
    assert (parsed.components, parsed.truncated) == (1, True)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_only_parse_error_escapes_from_garbage(content: bytes) -> None:
    for start in (
        b"",
        b"<html>",
        b'<html><script type="application/ld+json">',
        b'{"@type": "Event"',
    ):
        try:
            schema_org.parse(document(start + content))
        except ParseError:
            continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["@type", "@id", "@value", "name", "url", "offers", "price",
                                       "location", "address", "geo", "startDate", "byDay"]), inner),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(
    ["location", "offers", "organizer", "performer", "image", "eventStatus", "startDate", "endDate",
     "eventSchedule", "superEvent", "keywords", "identifier", "description", "url", "name"]), JSON))  # fmt: skip
def test_any_value_in_any_property_gives_listings_or_problems(fields: dict[str, object]) -> None:
    parsed = schema_org.parse(document(json.dumps([{**EVENT, **fields}])))
    assert not [problem for problem in parsed.problems if problem.code == "unreadable"]
