"""Squarespace event lists: markup only, with an exact time in the link to Google Calendar."""

import re
from urllib.parse import parse_qs

from lxml.html import HtmlElement

from scrapers._cards import attribute_of, has_cards, html_of, image_of, link_of, read_cards
from scrapers._html import text_of, with_class
from scrapers._nodes import Node
from scrapers._text import parts_of
from scrapers.base import Document, Parsed

_MAP_LINK = re.compile(r"\s*\(map\)\s*$", re.IGNORECASE)


def recognizes(document: Document) -> bool:
    """A page with Squarespace's event list and no schema.org events."""
    return has_cards(document, "eventlist-event")


def parse(document: Document) -> Parsed:
    """One event for each article of the list. Raises ParseError if the document is not HTML."""
    return read_cards(document, "eventlist-event", _node)


def _node(card: HtmlElement) -> Node:
    start, end = _exported(card) or _shown(card)
    return {
        "@type": "Event",
        "name": text_of(card, "eventlist-title"),
        "startDate": start,
        "endDate": end,
        "description": html_of(card, "eventlist-description", "eventlist-excerpt"),
        "location": _MAP_LINK.sub("", text_of(card, "eventlist-meta-address")),
        "url": link_of(card, "eventlist-title"),
        "image": image_of(card),
        "keywords": text_of(card, "eventlist-cats").removeprefix("Posted in "),
    }


def _exported(card: HtmlElement) -> tuple[str, str] | None:
    """Start and end in UTC out of the link that puts the event into Google Calendar."""
    query = parts_of(attribute_of(card, "href", "eventlist-meta-export-google")).query
    start, _, end = parse_qs(query).get("dates", [""])[0].partition("/")
    return (start, end) if start else None


def _shown(card: HtmlElement) -> tuple[str, str]:
    """The first and the last day with the first and the last time that are shown."""
    days = [element.get("datetime") or "" for element in with_class(card, "event-date")]
    clocks = [
        text_of(card, "event-time-24hr-start", "event-time-12hr-start"),
        text_of(card, "event-time-24hr-end", "event-time-12hr-end"),
    ]
    if not days:
        return "", ""
    has_end = clocks[1] or len(days) > 1
    return f"{days[0]} {clocks[0]}", f"{days[-1]} {clocks[1]}" if has_end else ""
