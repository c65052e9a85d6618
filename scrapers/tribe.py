"""The Events Calendar (WordPress): its lists, where their JSON-LD is switched off or lost."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from scrapers._cards import attribute_of, has_cards, html_of, image_of, link_of, read_page
from scrapers._dates import joined, read_clock_times
from scrapers._html import text_of, with_class
from scrapers._nodes import Node
from scrapers.base import Document, Parsed

_CARDS = ("type-tribe_events", "tribe-events-calendar-list__event")
_MONTHS = (
    "tribe-events-list-separator-month", "tribe-events-calendar-list__month-separator",
)  # fmt: skip
_TITLES = ("tribe-events-list-event-title", "tribe-events-calendar-list__event-title")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def recognizes(document: Document) -> bool:
    """A page with one of the plugin's two list layouts and no schema.org events."""
    return any(has_cards(document, card) for card in _TITLES)


def parse(document: Document) -> Parsed:
    """One event for each entry of the list. Raises ParseError if the document is not HTML."""
    return read_page(document, _nodes)


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    year = ""
    for element in with_class(tree, *_CARDS, *_MONTHS):
        if not set(_MONTHS).isdisjoint((element.get("class") or "").split()):
            found = _YEAR.search(text_of(element, *_MONTHS))
            year = found[0] if found else year
        elif name := text_of(element, *_TITLES):
            yield _node(element, name, year)


def _node(card: HtmlElement, name: str, year: str) -> Node:
    start, end = _dates(card, year)
    return {
        "@type": "Event",
        "name": name,
        "startDate": start,
        "endDate": end,
        "description": html_of(
            card,
            "tribe-events-list-event-description",
            "tribe-events-calendar-list__event-description",
        ),
        "location": {
            "@type": "Place",
            "name": _venue(card),
            "address": text_of(
                card, "tribe-address", "tribe-events-calendar-list__event-venue-address"
            ),
        },
        "offers": text_of(
            card, "ticket-cost", "tribe-events-c-small-cta__price", "tribe-events-event-cost"
        ),
        "url": link_of(card, *_TITLES),
        "image": image_of(card),
    }


def _dates(card: HtmlElement, year: str) -> tuple[str, str]:
    """Start and end as "day time"; a day without a year is one of the month above the card."""
    start = text_of(card, "tribe-event-date-start")
    end = text_of(card, "tribe-event-date-end") or text_of(card, "tribe-event-time")
    first = attribute_of(card, "datetime", "tribe-events-calendar-list__event-datetime")
    first = first or _with_year(start.partition("@")[0].strip(), year)
    last = _with_year(end.partition("@")[0].strip(), year) if "@" in end else first
    begin, stop = (
        read_clock_times(start.rpartition("@")[2])[0],
        read_clock_times(end.rpartition("@")[2])[0],
    )
    return joined(first, begin), joined(last, stop) if end else ""


def _with_year(day: str, year: str) -> str:
    return day if _YEAR.search(day) or not day or not year else f"{day}, {year}"


def _venue(card: HtmlElement) -> str:
    """The venue's name: the first link or text before the address."""
    if title := text_of(card, "tribe-events-calendar-list__event-venue-title"):
        return title
    details = next(with_class(card, "tribe-events-venue-details"), None)
    if details is None:
        return ""
    linked = next((str(link.text_content()) for link in details.iter("a")), "")
    return (linked or details.text or "").strip(" ,\n\t")
