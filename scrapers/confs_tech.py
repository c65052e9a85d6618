"""confs.tech: lists of tech conferences, one JSON file for each year and topic.

Documentation: https://github.com/tech-conferences/conference-data#readme. Files are whole, no pages.
There are days only, no times, and no address beyond city and country.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import holds, read_records, records, required
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (
    AddressRule(
        "confs.tech",
        r"raw\.githubusercontent\.com/tech-conferences/conference-data/.+\.json$",
        "confs_tech",
    ),
)
_KEYS = ("name", "url", "startDate", "endDate", "online", "locales")


def recognizes(document: Document) -> bool:
    """An array of conferences with the fields of the project's schema."""
    return holds(document, _KEYS)


def parse(document: Document) -> Parsed:
    """One event for each conference. Raises ParseError if the document is no such list."""
    value = required(document, "confs.tech", ours=recognizes(document))
    return read_records(document, records(value), _read)


def _read(conference: Node) -> list[Node]:
    where = [first_text(conference, key) for key in ("city", "country")]
    place: Node = {"@type": "Place", "address": ", ".join(filter(None, where))}
    online: Node = {"@type": "VirtualLocation", "url": first_text(conference, "url")}
    return [
        {
            "@type": "BusinessEvent",
            "name": first_text(conference, "name"),
            "startDate": first_text(conference, "startDate"),
            "endDate": first_text(conference, "endDate"),
            "url": first_text(conference, "url"),
            "location": [
                place if any(where) else {},
                online if conference.get("online") is True else {},
            ],
            "keywords": ["conference"],
        }
    ]
