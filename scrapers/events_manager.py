"""Events Manager (WordPress): its list, also as the fragment that its pager loads."""

import re

from lxml.html import HtmlElement

from scrapers._cards import has_cards, html_of, image_of, link_of, read_cards
from scrapers._dates import joined, read_clock_times
from scrapers._html import inner_html, text_of, with_class
from scrapers._nodes import Node
from scrapers._text import one_line
from scrapers.base import Document, Parsed

_RANGE = re.compile(r"\s+[-–—]\s+")


def recognizes(document: Document) -> bool:
    """A page or fragment with the plugin's event items and no schema.org events."""
    return has_cards(document, "em-event em-item")


def parse(document: Document) -> Parsed:
    """One event for each item. Raises ParseError if the document is not HTML."""
    return read_cards(document, "em-event", _node)


def _node(card: HtmlElement) -> Node:
    start, end = _dates(card)
    return {
        "@type": "Event",
        "name": text_of(card, "em-item-title"),
        "startDate": start,
        "endDate": end,
        "description": html_of(card, "em-item-desc"),
        "location": {
            "@type": "Place",
            "name": _venue(card),
            "address": text_of(card, "em-event-location-address"),
        },
        "offers": text_of(card, "em-event-prices"),
        "url": link_of(card, "em-item-title"),
        "image": image_of(card),
        "keywords": text_of(card, "em-event-categories"),
    }


def _dates(card: HtmlElement) -> tuple[str, str]:
    days = _RANGE.split(text_of(card, "em-event-date"))
    start, end = read_clock_times(text_of(card, "em-event-time"))
    several = len(days) > 1
    return joined(days[0], start), joined(days[-1], end) if end or several else ""


def _venue(card: HtmlElement) -> str:
    for info in with_class(card, "em-event-location"):
        for link in info.iter("a"):
            return one_line(inner_html(link))
    return ""
