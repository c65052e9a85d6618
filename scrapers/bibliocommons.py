"""BiblioCommons, the catalogue and events of many public libraries: the gateway's JSON.

`https://gateway.bibliocommons.com/v2/libraries/{library}/events` is what the libraries' own pages
load; it is not documented, its shape was read from public programs that use it. At most 250 events a
page by `limit` and `page`. Times are local without a zone; ids lead to places, types and audiences
in `entities`. The RSS beside it (`/rss/events`) is read by the scraper `rss`.
"""

from scrapers._nodes import Node, first_text, text, values
from scrapers._records import (
    answer,
    at,
    child,
    first,
    number,
    postal_address,
    read_records,
    required,
    with_query,
)
from scrapers.base import AddressRule, Document, Parsed, Request

_API = "gateway.bibliocommons.com/v2/libraries"
ADDRESSES = (
    AddressRule(
        "BiblioCommons",
        r"gateway\.bibliocommons\.com/v2/libraries/[\w-]+/events/?(?:\?.*)?$",
        "bibliocommons",
        confidence=0.95,
    ),
    AddressRule(
        "BiblioCommons",
        r"gateway\.bibliocommons\.com/v2/libraries/[\w-]+/rss/events/?(?:\?.*)?$",
        "rss",
        confidence=0.95,
    ),
    AddressRule(
        "BiblioCommons",
        r"(?!gateway\.)(?P<library>[\w-]+)\.bibliocommons\.com(?:/v2)?/events(?:[/?].*)?$",
        "bibliocommons",
        rf"{_API}/\g<library>/events?limit=100&page=1",
    ),
)


def recognizes(document: Document) -> bool:
    """A list of the gateway, also an empty one."""
    value = answer(document)
    return at(value, "events", "pagination") is not None and "entities" in first(value)


def parse(document: Document) -> Parsed:
    """One event for each of the list. Raises ParseError if the document is not the gateway's."""
    value = required(document, "BiblioCommons", ours=recognizes(document))
    entities = first(value, "entities")
    listed = first(value, "events")
    by_id = child(entities, "events")
    found = [by_id.get(text(key)) for key in values(listed, "items")]
    events = [event for event in found if isinstance(event, dict)]
    page = child(listed, "pagination")
    return read_records(
        document,
        events,
        lambda event: [_node(event, entities)],
        base=_site(document.url),
        following=_following(page, document),
    )


def _site(url: str) -> str:
    """The library's own site, where its events have their pages."""
    library = url.partition("/libraries/")[2].partition("/")[0]
    return f"https://{library}.bibliocommons.com/" if library.isalnum() else url


def _following(page: Node, document: Document) -> Request | None:
    current, pages = number(page.get("page")), number(page.get("pages"))
    return with_query(document, page=current + 1) if 0 < current < pages else None


def _node(event: Node, entities: Node) -> Node:
    said = child(event, "definition")
    online = first_text(said, "branchLocationId") == "BC_VIRTUAL"
    return {
        "@type": "Event",
        "identifier": first_text(event, "id"),
        "name": first_text(said, "title"),
        "startDate": first_text(said, "start"),
        "endDate": first_text(said, "end"),
        "description": first_text(said, "description"),
        "url": f"/events/{first_text(event, 'id')}",
        "image": first_text(_entity(entities, "images", said, "featuredImageId"), "url"),
        "location": {"@type": "VirtualLocation"} if online else _place(said, entities),
        "keywords": [
            *_names(entities, "eventTypes", said, "typeIds"),
            *_names(entities, "eventAudiences", said, "audienceIds"),
        ],
        "eventStatus": "EventCancelled" if said.get("isCancelled") is True else "",
    }


def _entity(entities: Node, kind: str, said: Node, key: str) -> Node:
    return child(child(entities, kind), first_text(said, key))


def _names(entities: Node, kind: str, said: Node, key: str) -> list[str]:
    of_kind = child(entities, kind)
    return [first_text(child(of_kind, text(name)), "name") for name in values(said, key)]


def _place(said: Node, entities: Node) -> Node:
    branch = _entity(entities, "locations", said, "branchLocationId")
    other = _entity(entities, "places", said, "nonBranchLocationId")
    place = branch or other
    address, point = child(place, "address"), child(child(place, "mapLocation"), "centrePoint")
    street = [first_text(address, key) for key in ("number", "street")]
    return {
        "@type": "Place",
        "name": first_text(place, "name") or first_text(said, "locationDetails"),
        "address": postal_address(" ".join(filter(None, street)), address, "city", "state", "zip"),
        "latitude": point.get("lat"),
        "longitude": point.get("lng"),
    }
