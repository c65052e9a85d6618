"""What every registered scraper owes its caller, whatever it is given."""

from datetime import UTC, datetime, timedelta

import pytest

import scrapers
from scrapers.base import MAX_LISTINGS, Document, Parsed, ParseError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = "BEGIN:VEVENT\nUID:{n}\nDTSTART:20260310T19000{n}Z\nSUMMARY:Café\nEND:VEVENT\n"
CALENDAR = f"BEGIN:VCALENDAR\n{EVENT.format(n=1)}{EVENT.format(n=2)}END:VCALENDAR\n"
PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Café</p></body></html>"
ITEM = "<item><title>Café</title><link>https://a.example/{n}</link></item>"
RSS = f"<?xml version='1.0'?><rss version='2.0'><channel>{ITEM.format(n=1)}</channel></rss>"
JSON = '{"events": [{"@type": "Event", "name": "Café", "startDate": "2026-03-10T19:00:00Z"}]}'

BODIES = {
    "empty": b"",
    "blank": b" \r\n\t\n",
    "empty list": b"[]",
    "null": b"null",
    "number": b"5",
    "page with 200": PAGE.encode(),
    "calendar": CALENDAR.encode(),
    "rss": RSS.encode(),
    "json": JSON.encode(),
    "calendar cut": CALENDAR.encode()[:90],
    "page cut": PAGE.encode()[:70],
    "rss cut": RSS.encode()[:90],
    "json cut": JSON.encode()[:50],
    "latin-1 calendar": CALENDAR.encode("latin-1"),
    "latin-1 page": PAGE.encode("latin-1"),
    "latin-1 rss": RSS.encode("latin-1"),
    "latin-1 json": JSON.encode("latin-1"),
    "utf-16 calendar": CALENDAR.encode("utf-16"),
    "binary": bytes(range(256)) * 20,
    "nested": b"[" * 50_000,
    "huge calendar": b"BEGIN:VCALENDAR\n" + EVENT.format(n=1).encode() * 8000,
    "huge page": b"<html><body>" + b"<div><p>x</p></div>" * 50_000,
    "huge rss": RSS.replace(ITEM.format(n=1), ITEM.format(n=1) * 10_000).encode(),
    "huge json": b'{"events": [' + b'{"@type": "Event"},' * 50_000 + b"{}]}",
    "one long line": b"x" * 2_000_000,
}
TYPES = ("", "text/calendar", "text/html; charset=utf-8", "application/json", "x/y; charset=koi8")


@pytest.mark.parametrize("name", sorted(scrapers.SCRAPERS))
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.timeout(20)
def test_any_body_gives_a_parsed_document_or_a_parse_error(name: str, body: str) -> None:
    scraper = scrapers.SCRAPERS[name]
    for content_type in TYPES if len(BODIES[body]) < 10_000 else TYPES[:1]:
        document = Document("https://a.example/x", BODIES[body], NOW, content_type=content_type)
        assert isinstance(scraper.recognizes(document), bool)
        outcome = _outcome(scraper, document)
        if isinstance(outcome, Parsed):
            _check(outcome, document)
        else:
            assert outcome.endswith(".")


def _outcome(scraper: scrapers.Scraper, document: Document) -> Parsed | str:
    """What a scraper makes of a document, or the sentence it refuses it with."""
    try:
        return scraper.parse(document)
    except ParseError as error:
        return str(error)


def _check(parsed: Parsed, document: Document) -> None:
    lost = sum(problem.lost for problem in parsed.problems)
    assert parsed.components >= min(lost, 1)
    assert len(parsed.listings) <= MAX_LISTINGS
    for listing in parsed.listings:
        assert listing.name
        assert listing.name == " ".join(listing.name.split())
        assert listing.start.tzinfo is not None
        assert str(listing.start.tzinfo) == listing.time_zone
        assert listing.end is None or listing.end > listing.start
        assert listing.start <= document.window_end
        assert (listing.end or listing.start + timedelta(days=1)) >= document.window_start
    for problem in parsed.problems:
        assert problem.place
        assert problem.cause
        assert problem.code.replace("_", "").isalnum()


@pytest.mark.parametrize("name", sorted(scrapers.SCRAPERS))
def test_parsing_twice_gives_the_same(name: str) -> None:
    for body in (CALENDAR, PAGE, RSS, JSON):
        document = Document("https://a.example/x", body.encode(), NOW)
        scraper = scrapers.SCRAPERS[name]
        assert _outcome(scraper, document) == _outcome(scraper, document)


def test_nobody_claims_nothing() -> None:
    assert scrapers.recognize(Document("https://a.example/x", b"", NOW)) is None
