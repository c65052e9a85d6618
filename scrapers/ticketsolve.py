"""Ticketsolve's `shows.xml`: venues, their shows, and the performances of each show."""

from lxml import etree

from scrapers._elements import around, read_elements, text_at
from scrapers._html import root_name, xml_text
from scrapers._nodes import Node
from scrapers.base import Document, Parsed


def recognizes(document: Document) -> bool:
    """XML with the root `venues` and Ticketsolve's shows in it."""
    return root_name(document) == "venues" and b"<show" in document.content


def parse(document: Document) -> Parsed:
    """One event for each performance. Raises ParseError if the document is not Ticketsolve's."""
    return read_elements(document, "venues", "event", _node)


def _node(performance: etree._Element) -> Node:
    show = around(performance, "show")
    venue = around(performance, "venue")
    sold_out = text_at(performance, "status").lower() == "sold out"
    return {
        "@type": "Event",
        "identifier": performance.get("id") or "",
        "name": text_at(show, "name") or text_at(performance, "name"),
        "startDate": text_at(performance, "date_time_iso"),
        "description": text_at(show, "description"),
        "url": text_at(performance, "url") or text_at(show, "url"),
        "image": _image(show),
        "location": {"@type": "Place", "name": text_at(venue, "name")},
        "organizer": text_at(show, "production_company_name"),
        "keywords": [text_at(show, "event_category")],
        "offers": {"@type": "Offer", "availability": "SoldOut" if sold_out else "InStock"},
        "superEvent": {
            "@type": "EventSeries",
            "@id": f"show {show.get('id')}" if show is not None else "",
        },
    }


def _image(show: etree._Element | None) -> str:
    sizes = (
        {}
        if show is None
        else {url.get("size"): url for url in show.iter("url") if url.get("size")}
    )
    best = sizes.get("large", sizes.get("medium"))
    return xml_text(best) if best is not None else ""
