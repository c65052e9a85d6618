"""CampusLabs Engage (Anthology), student life of universities: `/api/discovery/event/search`.

Not documented, its fields were read from public programs; the search that the public
pages load needs no key. `take` events a page from `skip` on, `@odata.count` tells how many there are.
Times carry their offset. What is not for the public is private.
"""

from scrapers._nodes import Node, first_text
from scrapers._records import (
    answer,
    at,
    first,
    has_keys,
    number,
    query_of,
    read_records,
    records,
    required,
    texts,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

_SEARCH = (
    "api/discovery/event/search?orderByField=endsOn&orderByDirection=ascending&status=Approved"
)
ADDRESSES = (
    AddressRule(
        "CampusLabs Engage", r"[^?]+/api/discovery/event/search(?:\?.*)?$", "campus_labs", "", 0.95
    ),
    AddressRule(
        "CampusLabs Engage",
        r"(?P<host>[^/]+\.campuslabs\.(?:com|ca))/engage(?!/api)(?:[/?].*)?$",
        "campus_labs",
        rf"\g<host>/engage/{_SEARCH}&take=100&skip=0",
    ),
)
_IMAGES = "https://se-images.campuslabs.com/clink/images/"


def recognizes(document: Document) -> bool:
    """A page of the search, also an empty one."""
    value = answer(document)
    if not has_keys(value, ("@odata.count", "value")):
        return False
    found = first(value, "value")
    return not found or has_keys(found, ("name", "startsOn", "organizationName"))


def parse(document: Document) -> Parsed:
    """One event for each of the page. Raises ParseError if the document is not Engage's."""
    value = required(document, "CampusLabs Engage", ours=recognizes(document))
    found = records(value, "value")
    return read_records(
        document, found, _read, base=_site(document.url), following=_following(value, document)
    )


def _site(url: str) -> str:
    return url.partition("api/discovery/")[0]


def _following(value: object, document: Document) -> Request | None:
    found = records(value, "value")
    after = number(query_of(document.url).get("skip")) + len(found)
    more = found and after < number(at(value, "@odata.count"))
    return with_query(document, skip=after) if more else None


def _read(event: Node) -> list[Node]:
    image = first_text(event, "imagePath")
    return [
        {
            "@type": "Event",
            "identifier": first_text(event, "id"),
            "name": first_text(event, "name"),
            "startDate": first_text(event, "startsOn"),
            "endDate": first_text(event, "endsOn"),
            "description": first_text(event, "description"),
            "url": f"event/{first_text(event, 'id')}",
            "image": f"{_IMAGES}{image}" if image else "",
            "location": _place(event),
            "organizer": first_text(event, "organizationName"),
            "keywords": [
                *texts(event, "categoryNames"),
                first_text(event, "theme"),
                *texts(event, "benefitNames"),
            ],
            "eventStatus": first_text(event, "status"),
            "private": first_text(event, "visibility") not in ("Public", ""),
        }
    ]


def _place(event: Node) -> Node:
    return {
        "@type": "Place",
        "name": first_text(event, "location"),
        "latitude": event.get("latitude"),
        "longitude": event.get("longitude"),
    }
