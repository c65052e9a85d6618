"""Wix Events: the widget's data, which the page carries as JSON for its first paint."""

import json
from collections.abc import Iterator

from lxml.html import HtmlElement

from scrapers._cards import read_page
from scrapers._html import is_html
from scrapers._markup import marks_events
from scrapers._nodes import Node, first_text, nodes, tidy, walk
from scrapers.base import Document, Parsed, ParseError

_CANCELED = "3"
_ONLINE = "1"


def recognizes(document: Document) -> bool:
    """A Wix page whose first data hold scheduled events, without schema.org events."""
    content = document.content
    return (
        is_html(document)
        and b"wix-warmup-data" in content
        and b'"scheduling"' in content
        and not marks_events(document)
    )


def parse(document: Document) -> Parsed:
    """One event for each id in the data. Raises ParseError if the page or its data is unreadable."""
    return read_page(document, _nodes)


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    script = next(
        (item for item in tree.iter("script") if item.get("id") == "wix-warmup-data"), None
    )
    try:
        data = tidy(json.loads(script.text or "" if script is not None else ""))
    except (ValueError, RecursionError) as error:
        raise ParseError("The data of the Wix page cannot be read.") from error
    events = [node for node, _, _ in walk(data) if "scheduling" in node and "slug" in node]
    distinct: dict[str, Node] = {}
    for event in events:  # several widgets of a page hold the same event, not all of them whole
        key = first_text(event, "id", "slug")
        distinct[key] = max(distinct.get(key, event), event, key=len)
    return map(_node, distinct.values())


def _node(event: Node) -> Node:
    config = _first(_first(event, "scheduling"), "config")
    undecided = config.get("scheduleTbd") is True
    image = _first(event, "mainImage")
    return {
        "@type": "Event",
        "identifier": first_text(event, "id"),
        "name": first_text(event, "title"),
        "startDate": "" if undecided else first_text(config, "startDate"),
        "endDate": "" if config.get("endDateHidden") is True else first_text(config, "endDate"),
        "timeZone": first_text(config, "timeZoneId"),
        "description": first_text(event, "description"),
        "url": f"/event-details/{first_text(event, 'slug')}",
        "image": first_text(image, "url"),
        "location": _location(_first(event, "location")),
        "offers": _offer(_first(_first(event, "registration"), "ticketing")),
        "eventStatus": "EventCancelled" if first_text(event, "status") == _CANCELED else "",
    }


def _location(location: Node) -> Node:
    if first_text(location, "type") == _ONLINE:
        return {"@type": "VirtualLocation"}
    point = _first(location, "coordinates")
    return {
        "@type": "Place",
        "name": first_text(location, "name"),
        "address": first_text(location, "address"),
        "latitude": point.get("lat"),
        "longitude": point.get("lng"),
    }


def _offer(ticketing: Node) -> Node:
    if not ticketing:
        return {}
    return {
        "@type": "AggregateOffer",
        "lowPrice": first_text(_first(ticketing, "lowestTicketPrice"), "amount", "value"),
        "highPrice": first_text(_first(ticketing, "highestTicketPrice"), "amount", "value"),
        "priceCurrency": first_text(ticketing, "currency"),
        "availability": "SoldOut" if ticketing.get("soldOut") is True else "",
    }


def _first(node: Node, key: str) -> Node:
    return next(iter(nodes(node, key)), {})
