"""Gancio, a shared agenda for local communities: `/api/events`.

Documentation: https://gancio.org. The answer is whole, no pages. Times are seconds since
1970; `end_datetime` may be null. A page of a Gancio site offers iCalendar and RSS as well
(`/feed/ics`, `/feed/rss`).
"""

from urllib.parse import quote

from scrapers._nodes import Node, first_text
from scrapers._records import answer, has_keys, instant, read_records, records, required, texts
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (
    AddressRule("Gancio", r"(?=[^/]*gancio)[^/]+/api/events(?:\?.*)?$", "gancio", confidence=0.7),
)

_KEYS = ("title", "slug", "start_datetime")


def recognizes(document: Document) -> bool:
    """An array of Gancio's events, or one of them."""
    return any(has_keys(event, _KEYS) for event in records(answer(document))[:3])


def parse(document: Document) -> Parsed:
    """One event for each of the answer. Raises ParseError if it is not Gancio's."""
    value = required(document, "Gancio", ours=recognizes(document))
    return read_records(document, records(value), _read)


def _read(event: Node) -> list[Node]:
    online = texts(event, "online_locations")
    return [
        {
            "@type": "Event",
            "identifier": first_text(event, "id"),
            "name": first_text(event, "title"),
            "startDate": instant(event.get("start_datetime")),
            "endDate": instant(event.get("end_datetime")),
            "description": first_text(event, "description"),
            "url": f"/event/{quote(first_text(event, 'slug', 'id'))}",
            "image": _image(event),
            "location": [
                _place(event.get("place")),
                *({"@type": "VirtualLocation", "url": link} for link in online if link),
            ],
            "offers": first_text(event, "price"),
            "keywords": texts(event, "tags", "tag"),
        }
    ]


def _place(place: object) -> object:
    if not isinstance(place, dict):
        return place
    keys = ("name", "address", "latitude", "longitude")
    return {"@type": "Place"} | {key: place.get(key) for key in keys}


def _image(event: Node) -> str:
    name = next(iter(texts(event, "media", "url")), "")
    return f"/media/{quote(name)}" if name else ""
