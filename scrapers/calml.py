"""CalML of Columba Systems, an XML calendar of universities."""

import re

from lxml import etree

from scrapers._elements import below, read_elements, text_at
from scrapers._html import root_name, xml_text
from scrapers._nodes import Node
from scrapers.base import Document, Parsed

_POINT = re.compile(r"POINT\((-?[\d.]{1,20})\s+(-?[\d.]{1,20})\)")


def recognizes(document: Document) -> bool:
    """XML with the root `calendar` in the namespace of CalML."""
    return root_name(document) == "calendar" and b"/xmlviewer/cal/" in document.content[:4096]


def parse(document: Document) -> Parsed:
    """One event for each event element. Raises ParseError if the document is not CalML."""
    return read_elements(document, "calendar", "event", _node)


def _node(event: etree._Element) -> Node:
    """Times of the type GMT are instants; their ends too."""
    times = next((item for item in below(event, "times") if item.get("type") == "GMT"), None)
    return {
        "@type": "Event",
        "identifier": text_at(event, "id"),
        "name": text_at(event, "title"),
        "startDate": _instant(times, "start"),
        "endDate": _instant(times, "end"),
        "description": text_at(event, "description"),
        "eventStatus": text_at(event, "status"),
        "location": _location(event),
        "organizer": _attribute(event, "organiser"),
        "offers": next((xml_text(price) for price in below(event, "price")), ""),
        "keywords": [text_at(event, "type"), _attribute(event, "eventtype")],
    }


def _instant(times: etree._Element | None, name: str) -> str:
    day, clock = text_at(times, name, "date"), text_at(times, name, "time")
    return f"{day}T{clock}Z" if day and clock else day


def _location(event: etree._Element) -> Node:
    point = next((_POINT.search(xml_text(found)) for found in below(event, "point")), None)
    return {
        "@type": "Place",
        "name": _attribute(event, "location"),
        "address": next((xml_text(city) for city in below(event, "city")), ""),
        "latitude": point[1] if point else "",
        "longitude": point[2] if point else "",
    }


def _attribute(event: etree._Element, name: str) -> str:
    """The `name` that an element carries as an attribute of whatever namespace."""
    for element in below(event, name):
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2] == "name":
                return str(value)
    return ""
