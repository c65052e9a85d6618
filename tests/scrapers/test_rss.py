"""Feeds: which items are events, when they are, and what is never believed."""

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrapers import ParseError, recognize, rss
from scrapers.base import Parsed
from tests.scrapers.golden import document

NAMESPACES = (
    'xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns:g="urn:g" xmlns:c="urn:calendar"'
)


def parse(items: str, title: str = "News", url: str = "https://site.example/feed") -> Parsed:
    feed = f"<rss {NAMESPACES}><channel><title>{title}</title>{items}</channel></rss>"
    return rss.parse(document(feed, url=url))


def test_B18_publication_date_is_never_the_start() -> None:
    item = "<item><title>Gig</title><link>https://site.example/gig</link><pubDate>Sat, 16 May 2026 19:00:00 GMT</pubDate></item>"
    parsed = parse(item, title="Upcoming events")
    assert (parsed.components, parsed.listings) == (1, ())
    (problem,) = parsed.problems
    assert (problem.code, problem.lost, problem.place) == ("no_event_date", True, "item 1 'Gig'")
    assert [(one.url, one.reason) for one in parsed.follow] == [
        ("https://site.example/gig", "detail")
    ]


def test_B18_not_even_where_the_events_calendar_writes_the_start_there() -> None:
    item = (
        "<item><title>Gig</title><pubDate>Sat, 16 May 2026 19:00:00 GMT</pubDate>"
        "<guid>https://site.example/?post_type=tribe_events&amp;p=9</guid></item>"
    )
    parsed = parse(item, url="https://site.example/events/feed/")
    assert (parsed.components, parsed.listings) == (1, ())


def test_news_with_coordinates_are_no_events() -> None:
    point = "<p:point xmlns:p='http://www.georss.org/georss'>42.9 -76.8</p:point>"
    fire, fair = (
        f"<item><title>Fire</title>{point}</item>",
        f"<item><title>Fair</title>{point}<ev:startdate>2026-05-16</ev:startdate><ev:location>Green</ev:location></item>",
    )
    parsed = parse(fire + fair)
    assert parsed.components == 1
    location = parsed.listings[0].location
    assert location is not None
    assert (location.name, location.latitude) == ("Green", 42.9)


def test_B18_not_even_where_livewhale_names_only_the_end() -> None:
    item = "<item><title>Mass</title><pubDate>Sat, 16 May 2026 19:00:00 GMT</pubDate><lw:ends xmlns:lw='urn:lw'>Sat, 16 May 2026 20:00:00 GMT</lw:ends></item>"
    parsed = parse(item)
    assert [problem.code for problem in parsed.problems] == ["no_event_date"]


def test_items_that_are_no_events_count_for_nothing() -> None:
    parsed = parse(
        "<item><title>Opening day at the bank</title><link>https://site.example/a</link></item>"
    )
    assert (parsed.components, parsed.problems, parsed.follow) == (0, (), ())


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("Events – Makers", "https://site.example/feed", 1),
        ("Town calendar", "https://site.example/feed", 1),
        ("Town", "https://site.example/events/feed/", 1),
        ("Eventually", "https://site.example/prevents/feed/", 0),
    ],
)
def test_feed_about_events_is_known_by_title_or_address(
    title: str, url: str, expected: int
) -> None:
    assert parse("<item><title>Gig</title></item>", title=title, url=url).components == expected


@pytest.mark.parametrize(
    ("fields", "start", "end"),
    [
        ("<ev:startdate>2026-05-16T10:00:00</ev:startdate>", "2026-05-16T10:00:00-04:00", None),
        ("<ev:startdate>2026-05-16T10:00:00Z</ev:startdate>", "2026-05-16T06:00:00-04:00", None),
        ("<g:event_date_range>2026-05-16T10:00/2026-05-16T12:00</g:event_date_range>",
         "2026-05-16T10:00:00-04:00", "2026-05-16T12:00:00-04:00"),
        ("<c:EventDates>May 16, 2026 - May 17, 2026</c:EventDates><c:EventTimes>10:00 AM - 4:00 PM</c:EventTimes>",
         "2026-05-16T10:00:00-04:00", "2026-05-17T16:00:00-04:00"),
        ("<c:EventDates>May 16, 2026</c:EventDates><c:EventTimes>All Day</c:EventTimes>",
         "2026-05-16T00:00:00-04:00", None),
        (("<description>&lt;p&gt;Fair &lt;abbr class='dtstart' title='2026-05-16T10:00:00-0400'&gt;10 am&lt;/abbr&gt;"
         "&lt;abbr class='dtend' title='2026-05-16T12:00:00-0400'&gt;noon&lt;/abbr&gt;&lt;/p&gt;</description>"),
         "2026-05-16T10:00:00-04:00", "2026-05-16T12:00:00-04:00"),
        ("<description>When: Saturday, May 16, 2026, 10am - noon</description>",
         "2026-05-16T10:00:00-04:00", "2026-05-16T12:00:00-04:00"),
    ],
)  # fmt: skip
def test_modules_say_when(fields: str, start: str, end: str | None) -> None:
    (listing,) = parse(f"<item><title>Fair</title>{fields}</item>", title="Events").listings
    assert listing.start.isoformat() == start
    assert (listing.end.isoformat() if listing.end else None) == end


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mic — Sat May 16, 7:30 PM — Dock", ("Mic", "2026-05-16", "Dock")),
        ("Mic — Sat May 16 — Dock", ("Mic", "2026-05-16", "Dock")),
        ("Mic (Sat May 16, 2026)", ("Mic", "2026-05-16", None)),
        ("Mic — Sun Jan 3, 7 PM — Dock", ("Mic", "2027-01-03", "Dock")),
        ("Mic — Fri May 16, 7:30 PM — Dock", None),
        ("Mic — May 16 — Dock", None),
    ],
)
def test_date_in_a_title_counts_where_its_weekday_vouches_for_the_year(
    title: str, expected: tuple[str, str, str | None] | None
) -> None:
    parsed = parse(f"<item><title>{title}</title></item>", title="Events")
    told = [
        (one.name, f"{one.start:%Y-%m-%d}", one.location.name if one.location else None)
        for one in parsed.listings
    ]
    assert told == ([expected] if expected else [])


def test_date_in_a_news_title_makes_no_event() -> None:
    assert parse("<item><title>Fire — Sat May 16 — Dock</title></item>").components == 0


def test_A12_unreadable_date_costs_its_item_alone() -> None:
    good = "<item><title>Fair</title><ev:startdate>2026-05-16</ev:startdate></item>"
    bad = "<item><title>Bad</title><ev:startdate>whenever</ev:startdate></item>"
    parsed = parse(bad + good)
    assert [(one.place, one.code) for one in parsed.problems] == [("item 1 'Bad'", "no_start")]
    assert (parsed.components, len(parsed.listings)) == (2, 1)


def test_F6_markup_in_texts_is_gone() -> None:
    (listing,) = parse(
        "<item><title>A &amp;amp; B</title><ev:startdate>2026-05-16</ev:startdate>"
        "<description>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;img onerror=x&gt;&lt;/p&gt;</description>"
        "<ev:location>&lt;b&gt;Hall&lt;/b&gt;</ev:location><link>javascript:alert(1)</link></item>"
    ).listings
    assert (listing.name, listing.description, listing.url) == ("A & B", "One\n\nTwo", "")
    assert listing.location is not None
    assert listing.location.name == "Hall"


def test_rss_1_0_is_read() -> None:
    feed = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {NAMESPACES}
      xmlns="http://purl.org/rss/1.0/"><channel><title>T</title></channel>
      <item><title>Fair</title><ev:startdate>2026-05-16</ev:startdate></item></rdf:RDF>"""
    source = document(feed)
    assert recognize(source) == "rss"
    assert rss.parse(source).components == 1


def test_feed_that_breaks_off_says_so_and_keeps_what_came() -> None:
    whole = f"<rss {NAMESPACES}><channel><item><title>A</title><ev:startdate>2026-05-16</ev:startdate></item>"
    parsed = rss.parse(document(whole + "<item><title>B</ti"))
    assert (len(parsed.listings), parsed.complete) == (1, False)
    assert rss.parse(document(whole + "</channel></rss>")).complete


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"<html><body>Not found</body></html>", b"BEGIN:VCALENDAR", b"words"],
)
def test_A3_document_that_is_no_feed_is_a_parse_error(content: bytes) -> None:
    with pytest.raises(ParseError):
        rss.parse(document(content))


def entities(body: str, title: str) -> str:
    return f"<!DOCTYPE r [{body}]><rss {NAMESPACES}><channel><item><title>x {title}</title><ev:startdate>2026-05-16</ev:startdate></item></channel></rss>"


def test_P16_entities_are_never_expanded_and_nothing_is_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    block = f'<!ENTITY b "{"b" * 50_000}">'
    for declared, used in (
        (laughs, "&a11;"),
        (block, "&b;" * 5000),
        (f'<!ENTITY f SYSTEM "{secret.as_uri()}">', "&f;"),
        ('<!ENTITY h SYSTEM "http://127.0.0.1:9/x">', "&h;"),
        (f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;', ""),
    ):
        started = time.process_time()
        parsed = rss.parse(document(entities(declared, used)))
        told = repr(parsed)
        assert "haha" not in told
        assert "bbbb" not in told
        assert "hidden" not in told
        assert time.process_time() - started < 2


def test_P16_xinclude_is_plain_markup(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    parsed = parse(
        f"<item><title>A {include}</title><ev:startdate>2026-05-16</ev:startdate></item>"
    )
    assert [listing.name for listing in parsed.listings] == ["A"]


def test_P17_feed_of_fifty_thousand_items_is_bounded() -> None:
    item = "<item><title>A</title><ev:startdate>2026-05-16</ev:startdate></item>"
    started = time.process_time()
    parsed = parse(item * 50_000)
    assert parsed.truncated
    assert parsed.components <= rss.MAX_ITEMS
    assert time.process_time() - started < 10


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(content=b"&_;")
def test_only_parse_error_escapes_from_garbage(content: bytes) -> None:
    for start in (b"", b"<rss><channel><item>", b"<feed><entry><title>"):
        try:
            rss.parse(document(start + content))
        except ParseError:
            continue


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_title_gives_listings_or_problems(title: str) -> None:
    escaped = title.replace("&", "&amp;").replace("<", "&lt;")
    parsed = parse(f"<item><title>{escaped}</title></item>", title="Events")
    assert parsed.components == 1
    assert not [problem for problem in parsed.problems if problem.code == "unreadable"]
