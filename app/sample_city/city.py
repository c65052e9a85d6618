"""Harbor Falls as a set of documents: which sources there are, and what each path answers.

Pure and deterministic: the same day and the same changes give the same bytes.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from app.sample_city.cycle import FOUNDED, TIME_ZONE, Change, Occurrence, occurrences
from app.sample_city.records import Publisher, city
from app.sample_city.wording import event_path
from app.sample_city.write_html import HTML, listing_page, render
from app.sample_city.write_ical import CALENDAR, calendar
from app.sample_city.write_openings import LICENCES, MAP, licence_table, map_answer
from app.sample_city.write_platforms import PLATFORMS
from app.sample_city.write_rss import event_feed, items, news_feed
from app.sample_city.write_troubles import TROUBLES, TRUST, answers

BASE_URL = "http://harbor-falls.example"

_TYPES = {
    "ical": CALENDAR,
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}

TABLES = (
    ("Business licenses of Harbor Falls", LICENCES, 60),
    ("OpenStreetMap, Harbor Falls", MAP, 40),
)  # of places: name, path, trust

Documents = dict[str, tuple[str, bytes]]


class SourceRow(NamedTuple):
    """What an operator enters to poll a source; `trust` is 0 to 100, venues above aggregators."""

    name: str
    url: str
    scraper: str | None  # None: recognized by its bytes
    time_zone: str
    trust: int


def sources(base_url: str) -> list[SourceRow]:
    """The city's sources as rows to add, in the order of the index page."""
    root = base_url.rstrip("/")
    return [
        *(
            SourceRow(each.name, f"{root}/{each.path}", None, TIME_ZONE, each.trust)
            for each in city().publishers
        ),
        *(
            SourceRow(name, f"{root}/{path}", None, TIME_ZONE, trust)
            for name, path, trust in TABLES
        ),
    ]


def platform_sources(base_url: str) -> list[SourceRow]:
    """The same publishers by the platforms that they use: what they tell is in `sources` too."""
    root = base_url.rstrip("/")
    return [
        SourceRow(each.name, f"{root}/{each.section}/{each.path}", None, TIME_ZONE, each.trust)
        for each in PLATFORMS
    ]


def troubled_sources(base_url: str) -> list[SourceRow]:
    """Sources that come into each bad state of `find.health`, once they were polled twice."""
    root = base_url.rstrip("/")
    return [
        SourceRow(each.name, f"{root}/{each.path}", None, TIME_ZONE, TRUST) for each in TROUBLES
    ]


def upcoming(
    today: date, changes: frozenset[Change] = frozenset()
) -> list[tuple[Publisher, Occurrence]]:
    """Every date that somebody announces for the next 56 days, repeats included, in order."""
    found = [
        (publisher, each)
        for publisher in city().publishers
        for event in publisher.events
        for each in occurrences(event, today, changes)
    ]
    return sorted(found, key=lambda pair: (pair[1].start, pair[1].uid))


def documents(
    today: date, changes: frozenset[Change] = frozenset(), base_url: str = BASE_URL
) -> Documents:
    """Path → (content type, bytes) of everything the city's server offers on `today`.

    Links point below `base_url`. Raises ValueError before the city was founded.
    """
    if today < FOUNDED:
        msg = f"Harbor Falls was founded on {FOUNDED}; there is nothing to read on {today}."
        raise ValueError(msg)
    return dict(_documents(today, changes, base_url.rstrip("/")))


def not_found() -> bytes:
    """The page for an address that is not in the city."""
    return render("not_found.html")


def _documents(
    today: date, changes: frozenset[Change], base_url: str
) -> Iterator[tuple[str, tuple[str, bytes]]]:
    found = upcoming(today, changes)
    publishers = city().publishers
    yield (
        "/",
        (
            HTML,
            render("index.html", publishers=publishers, upcoming=found, today=today, tables=TABLES),
        ),
    )
    yield "/robots.txt", ("text/plain; charset=utf-8", b"User-agent: *\nDisallow: /changes\n")
    yield f"/{LICENCES}", ("text/csv; charset=utf-8", licence_table(today))
    yield f"/{MAP}", ("application/json", map_answer(today))
    for publisher in publishers:
        body = _body(publisher, today, changes, base_url)
        yield f"/{publisher.path}", (_TYPES.get(publisher.format, HTML), body)
        if publisher.format in _TYPES:
            yield f"/{publisher.section}/", (HTML, _home(publisher, found, today))
        for item in items(publisher, today):
            page = render("news.html", publisher=publisher, item=item)
            yield f"/{publisher.section}/{item.uid}/", (HTML, page)
    yield from answers(today)
    by_section = {publisher.section: publisher for publisher in publishers}
    for platform in PLATFORMS:
        own = [each for other, each in found if other.section == platform.section]
        body = platform.write(by_section[platform.section], own, base_url)
        yield f"/{platform.section}/{platform.path}", (platform.content_type, body)
    for publisher, each in reversed(found):  # the page of a series shows its next date
        page = render("event.html", publisher=publisher, each=each)
        yield event_path(publisher, each), (HTML, page)


def _body(publisher: Publisher, today: date, changes: frozenset[Change], base_url: str) -> bytes:
    match publisher.format:
        case "ical":
            return calendar(publisher, today, changes, base_url)
        case "rss":
            return event_feed(publisher, today, changes, base_url)
        case "atom":
            return news_feed(publisher, today, base_url)
        case _:
            return listing_page(publisher, today, changes, base_url)


def _home(publisher: Publisher, found: list[tuple[Publisher, Occurrence]], today: date) -> bytes:
    """The publisher's front page: it links its feed, so that a reader of pages can discover it."""
    own = [each for other, each in found if other is publisher]
    return render(
        "home.html",
        publisher=publisher,
        occurrences=own,
        items=items(publisher, today),
        type=_TYPES[publisher.format].partition(";")[0],
    )
