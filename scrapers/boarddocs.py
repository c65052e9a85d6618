"""BoardDocs' XML of public meetings: a day for each, no time of day."""

from lxml import etree

from scrapers._elements import read_elements, text_at
from scrapers._html import root_name
from scrapers._nodes import Node
from scrapers.base import Document, Parsed


def recognizes(document: Document) -> bool:
    """XML with the root `meetings`."""
    return root_name(document) == "meetings"


def parse(document: Document) -> Parsed:
    """One event for each meeting. Raises ParseError if the document is not BoardDocs'."""
    return read_elements(document, "meetings", "meeting", _node)


def _node(meeting: etree._Element) -> Node:
    return {
        "@type": "Event",
        "identifier": meeting.get("id") or "",
        "name": text_at(meeting, "name"),
        "startDate": text_at(meeting, "start", "date"),
        "endDate": text_at(meeting, "end", "date"),
        "description": text_at(meeting, "description"),
        "url": text_at(meeting, "link"),
        "organizer": meeting.get("bodyname") or "",
    }
