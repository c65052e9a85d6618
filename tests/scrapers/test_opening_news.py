"""What a news item says about a new place, and what only sounds like it."""

from datetime import UTC, date, datetime

import pytest

from scrapers import rss
from scrapers._opening_news import News, read_news
from scrapers.base import Document, Evidence

TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)


def _read(title: str, text: str = "") -> News | None:
    return read_news(title, text, TUESDAY, "https://courier.example/1", "1")


@pytest.mark.parametrize(
    ("title", "text", "name", "evidence", "opens"),
    [
        ("Low Tide Coffee to open on Lantern Street", "It opens its doors on Friday.",
         "Low Tide Coffee", Evidence.COMING_SOON, date(2026, 11, 27)),
        ("Bakery moves into the old chandlery",
         "Proof & Crumb, a bakery, will open at Millrace and Lantern on December 3.",
         "Proof & Crumb", Evidence.COMING_SOON, date(2026, 12, 3)),
        ("Night Heron Brewing now open downtown", "", "Night Heron Brewing", Evidence.NOW_OPEN, None),
        ("Soft opening for new bookstore", "A bookshop called Paper Lantern opens softly tomorrow.",
         "Paper Lantern", Evidence.SOFT_OPENING, date(2026, 11, 25)),
        ("Driftwood Espresso grand opening Saturday, December 5", "", "Driftwood Espresso",
         Evidence.GRAND_OPENING, date(2026, 12, 5)),
        ("Gull & Anchor Café has opened on Pier Road", "", "Gull & Anchor Café", Evidence.NOW_OPEN, None),
        ("Coming soon: Halyard Coworking", "Halyard Coworking plans to open in January.",
         "Halyard Coworking", Evidence.COMING_SOON, date(2027, 1, 1)),
        ("Marsh Hen Bakery opened last Friday", "", "Marsh Hen Bakery", Evidence.NOW_OPEN, date(2026, 11, 20)),
        ("Copper Pot Coffee opens Jan. 4", "", "Copper Pot Coffee", Evidence.COMING_SOON, date(2027, 1, 4)),
    ],
)  # fmt: skip
def test_an_opening_is_read_with_its_name_and_day(
    title: str, text: str, name: str, evidence: Evidence, opens: date | None
) -> None:
    news = _read(title, text)
    assert news is not None
    found = news.opening
    assert (found.name, found.evidence, found.opens) == (name, evidence, opens)


def test_an_annex_of_an_old_shop_is_no_opening_and_a_street_no_name() -> None:
    text = "The bookshop on Wharf Street opens an annex for maps on Friday."
    assert _read("The Marginal Note grows by a room", text) is None
    assert _read("Book news", "The bookshop on Wharf Street opens a new room on Friday.") is None


def test_a_month_is_no_day() -> None:
    news = _read("Halyard Coworking to open in January")
    assert news is not None
    assert (news.opening.opens, news.opening.precision) == (date(2027, 1, 1), "month")


@pytest.mark.parametrize(
    "title",
    [
        "Harbor Coffee reopens after renovation",
        "Gunman opens fire near Wharf Bakery",
        "Opening night at Lantern Coffeehouse",
        "Open mic at Night Heron Brewing",
        "Lantern Coffee announces holiday hours",
        "Job openings: Lantern Coffee is hiring baristas",
        "Wharf Bakery closes after forty years",
        "Low Tide Coffee opens up about its debts",
        "New exhibit opens at the museum",
        "Council opens bids for the Mill Road bridge",
        "Lantern Coffee opens early on Sunday",
        "Registration opens for the coffee festival",
        "Coffee prices set to open higher on Monday",
        "Tidewater Hall opens in spring",
    ],
)
def test_what_only_sounds_like_an_opening_is_none(title: str) -> None:
    assert _read(title) is None


def test_a_place_that_reopens_in_the_text_is_none() -> None:
    assert _read("Good news for Lantern Coffee", "Lantern Coffee reopens on Friday.") is None


def _feed(*items: tuple[str, str]) -> Document:
    entries = "".join(
        f"<item><title>{title}</title><description>{text}</description><guid>{number}</guid>"
        f"<link>https://courier.example/{number}</link>"
        "<pubDate>Tue, 24 Nov 2026 10:00:00 -0500</pubDate></item>"
        for number, (title, text) in enumerate(items)
    )
    body = f'<rss version="2.0"><channel><title>The Courier</title>{entries}</channel></rss>'
    return Document("https://courier.example/rss", body.encode(), TUESDAY, "America/New_York")


def test_a_grand_opening_with_a_time_is_an_event_too() -> None:
    text = (
        "Driftwood Espresso celebrates its grand opening on December 5 at 10 a.m. at 12 Pier Road."
    )
    parsed = rss.parse(_feed(("Driftwood Espresso grand opening", text)))
    (listing,) = parsed.listings
    assert listing.start.isoformat() == "2026-12-05T10:00:00-05:00"
    (opening,) = parsed.openings
    assert opening.location is not None
    assert opening.location.address == "12 Pier Road"


def test_a_grand_opening_without_a_time_is_no_event() -> None:
    parsed = rss.parse(_feed(("Driftwood Espresso grand opening December 5", "")))
    assert not parsed.listings
    assert len(parsed.openings) == 1


def test_news_of_long_ago_are_left_out() -> None:
    document = _feed(("Low Tide Coffee now open", ""))
    later = Document(document.url, document.content, datetime(2027, 9, 1, tzinfo=UTC))
    assert not rss.parse(later).openings
