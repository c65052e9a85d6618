"""GrowthZone (formerly ChamberMaster): the XML that chambers' own calendars load, `/api/events`.

Not documented; its fields were read from public programs. The list is whole, no pages, and every
occurrence of a series stands in it. Times are local without a zone. What the chamber has not
approved is private; the address of the person to ask (`ContactEmail`) is never read.
"""

from lxml import etree

from scrapers._elements import read_elements, text_at
from scrapers._html import root_name
from scrapers._nodes import Node
from scrapers._records import days, postal_address
from scrapers.base import AddressRule, Document, Parsed

_ROOT = "arrayofeventdisplay"  # names of elements are compared in lower case
_HOST = r"(?P<host>(?:business|members?|chamber|web)\.[^/]+)"
ADDRESSES = (
    AddressRule("GrowthZone", rf"{_HOST}/api/events/?(?:\?.*)?$", "growthzone_api"),
    AddressRule(
        "GrowthZone",
        rf"{_HOST}/events(?:/(?:calendar|search|catgid|index)\b.*)?/?(?:\?.*)?$",
        "growthzone_api",
        r"\g<host>/api/events",
        0.75,
    ),
)


def recognizes(document: Document) -> bool:
    """XML with the root `ArrayOfEventDisplay`."""
    return root_name(document) == _ROOT


def parse(document: Document) -> Parsed:
    """One event for each record. Raises ParseError if the document is not GrowthZone's."""
    return read_elements(document, _ROOT, "eventdisplay", _node)


def _node(event: etree._Element) -> Node:
    key, slug = text_at(event, "eventid"), text_at(event, "slug")
    start, end = text_at(event, "startdate"), text_at(event, "enddate")
    node: Node = {
        "@type": "Event",
        "identifier": key,
        "name": text_at(event, "name"),
        "startDate": start,
        "endDate": end,
        "description": text_at(event, "description"),
        "url": f"/events/details/{slug}-{key}" if slug else "",
        "location": _place(event),
        "offers": text_at(event, "admissiondesc"),
        "private": text_at(event, "status").upper() not in ("APPROVED", ""),
    }
    whole_day = text_at(event, "isalldayevent").lower() == "true"
    return node | days(start, end) if whole_day else node


def _place(event: etree._Element) -> Node | str:
    """The mapped address where there is one, since the description of a place is pasted HTML."""
    street, city = text_at(event, "mapaddr1"), text_at(event, "mapcity")
    described = text_at(event, "locationdesc")
    if not street:
        return described
    address = postal_address(street, {"city": city}, "city")
    return {"@type": "Place", "name": described, "address": address}
