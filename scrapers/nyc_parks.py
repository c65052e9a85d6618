"""New York City Parks' events feed in JSON.

Documentation: https://data.cityofnewyork.us/City-Government/NYC-Parks-Public-Events-Upcoming-14-Days/w3wp-dpdi
(the feed is `https://www.nycgovparks.org/xml/events_300_rss.json`). The list is whole, no pages.
Times are local; "0:00 am" stands where nobody gave a time, so such an event has only its day.
"""

from datetime import time

from scrapers._dates import joined, read_clock_times
from scrapers._nodes import Found, Node, first_text
from scrapers._records import holds, read_records, records, required
from scrapers.base import AddressRule, Document, Parsed

ADDRESSES = (
    AddressRule("NYC Parks", r"www\.nycgovparks\.org/xml/events_\w+\.json", "nyc_parks", ""),
    AddressRule(
        "NYC Parks",
        r"(?:www\.)?nycgovparks\.org/events(?:[/?].*)?$",
        "nyc_parks",
        "www.nycgovparks.org/xml/events_300_rss.json",
    ),
)
_KEYS = ("guid", "parknames", "startdate", "starttime")
_ZONE = "America/New_York"


def recognizes(document: Document) -> bool:
    """An array with the feed's fields."""
    return holds(document, _KEYS)


def parse(document: Document) -> Parsed:
    """One event for each entry. Raises ParseError if the document is not the feed."""
    value = required(document, "NYC Parks", ours=recognizes(document))
    return read_records(document, records(value), _read, time_zone=_ZONE)


def _read(event: Node) -> list[Node | Found]:
    begin, end = _clock(event, "starttime"), _clock(event, "endtime")
    unknown = begin in (None, time.min) and end in (None, time.min)
    first_day, last_day = first_text(event, "startdate"), first_text(event, "enddate")
    points = first_text(event, "coordinates").partition(";")[0].split(",")
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "guid"),
        "name": first_text(event, "title"),
        "startDate": first_day if unknown else joined(first_day, begin),
        "endDate": last_day if unknown else joined(last_day, end),
        "description": first_text(event, "description"),
        "url": first_text(event, "link"),
        "image": first_text(event, "image"),
        "location": {
            "@type": "Place",
            "name": first_text(event, "location", "parknames"),
            "address": f"{first_text(event, 'parknames')}, New York, NY",
            "latitude": points[0].strip(),
            "longitude": points[-1].strip(),
        },
        "organizer": "NYC Parks",
        "keywords": first_text(event, "categories").split(" | "),
    }
    return [Found(node, notes=("time_unknown",)) if unknown else node]


def _clock(event: Node, key: str) -> time | None:
    return read_clock_times(first_text(event, key))[0]
