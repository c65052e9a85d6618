"""GrowthZone (formerly ChamberMaster): the event cards of chambers of commerce."""

from lxml.html import HtmlElement

from scrapers._cards import has_cards, html_of, image_of, link_of, read_cards
from scrapers._html import inner_html, text_of, with_class
from scrapers._nodes import Node
from scrapers._text import one_line
from scrapers.base import Document, Parsed


def recognizes(document: Document) -> bool:
    """A page with GrowthZone's event cards and no schema.org events."""
    return has_cards(document, "gz-events-card")


def parse(document: Document) -> Parsed:
    """One event for each card. Raises ParseError if the document is not HTML."""
    return read_cards(document, "gz-events-card", _node)


def _node(card: HtmlElement) -> Node:
    start, end = _dates(card)
    return {
        "@type": "Event",
        "name": text_of(card, "gz-card-title"),
        "startDate": start,
        "endDate": end,
        "description": html_of(card, "gz-events-description"),
        "location": text_of(card, "gz-card-location", "gz-events-location"),
        "url": link_of(card, "gz-card-title"),
        "image": image_of(card),
        "keywords": [one_line(inner_html(element)) for element in with_class(card, "gz-cat")],
    }


def _dates(card: HtmlElement) -> tuple[str, str]:
    """The `content` of the first two elements in the date line that have one: start and end."""
    line = next(with_class(card, "gz-card-date"), None)
    said = [] if line is None else [element.get("content") or "" for element in line.iter()]
    said = [*filter(None, said), "", ""]
    return said[0], said[1]
