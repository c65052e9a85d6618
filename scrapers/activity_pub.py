"""ActivityPub events, as Mobilizon, Gancio and others federate them: one object or a collection.

Documentation: https://www.w3.org/TR/activitystreams-vocabulary/#dfn-event, and for Mobilizon's
additions https://docs.mobilizon.org/5.%20Interoperability/1.activity_pub/. An event that is not
addressed to everybody is private. A collection names its next page in `next`.
"""

from collections.abc import Iterator

from scrapers._nodes import Node, first_text, values, walk
from scrapers._records import answer, at, child, read_records, required, texts
from scrapers.base import Document, Parsed, Request

_PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}


def recognizes(document: Document) -> bool:
    """JSON in the vocabulary of ActivityStreams with an event that has a start."""
    content = document.content
    if b"www.w3.org/ns/activitystreams" not in content or b'"startTime"' not in content:
        return False
    return next(_events(answer(document)), None) is not None


def parse(document: Document) -> Parsed:
    """One event for each object of the type Event. Raises ParseError if there is none."""
    value = required(document, "ActivityPub", ours=recognizes(document))
    link = at(value, "next")
    following = Request(link) if isinstance(link, str) and link.startswith("http") else None
    return read_records(document, list(_events(value)), _read, following=following)


def _events(value: object) -> Iterator[Node]:
    return (
        node for node, _, _ in walk(value) if node.get("type") == "Event" and "startTime" in node
    )


def _read(event: Node) -> list[Node]:
    online = event.get("isOnline") is True
    return [
        {
            "@type": "Event",
            "identifier": first_text(event, "uuid", "id"),
            "name": first_text(event, "name"),
            "startDate": first_text(event, "startTime"),
            "endDate": first_text(event, "endTime"),
            "timeZone": first_text(event, "timezone"),
            "description": first_text(event, "content", "summary"),
            "url": first_text(event, "url", "id"),
            "image": _image(event),
            "location": [
                *values(event, "location"),
                {"@type": "VirtualLocation"} if online else {},
            ],
            "keywords": [name.removeprefix("#") for name in texts(event, "tag") if name[:1] != "@"],
            "eventStatus": first_text(event, "ical:status", "status"),
            "private": not _PUBLIC & {item for item in _audience(event) if isinstance(item, str)},
        }
    ]


def _audience(event: Node) -> list[object]:
    return [*values(event, "to"), *values(event, "cc")]


def _image(event: Node) -> str:
    for attachment in values(event, "attachment", "image"):
        if (
            isinstance(attachment, dict)
            and "image" in first_text(attachment, "mediaType", "type").lower()
        ):
            return first_text(attachment, "url", "href")
    return first_text(child(event, "image"), "url")
