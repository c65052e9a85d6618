"""The AddToCalendar widget (addtocalendar.com): a hidden `var.atc_event` for each date."""

from lxml.html import HtmlElement

from scrapers._cards import has_cards, html_of, read_cards
from scrapers._html import text_of
from scrapers._nodes import Node
from scrapers.base import Document, Parsed


def recognizes(document: Document) -> bool:
    """A page with the widget's class and no schema.org events."""
    return has_cards(document, "atc_event")


def parse(document: Document) -> Parsed:
    """One event for each widget. Raises ParseError if the document is not HTML."""
    return read_cards(document, "atc_event", _node)


def _node(card: HtmlElement) -> Node:
    return {
        "@type": "Event",
        "name": text_of(card, "atc_title"),
        "startDate": text_of(card, "atc_date_start"),
        "endDate": text_of(card, "atc_date_end"),
        "timeZone": text_of(card, "atc_timezone"),
        "description": html_of(card, "atc_description"),
        "location": text_of(card, "atc_location"),
        "organizer": text_of(card, "atc_organizer"),
    }
