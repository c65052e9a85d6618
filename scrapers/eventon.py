"""EventON (WordPress): the answer of its `admin-ajax.php` calls, a list and the cards as HTML.

Documentation: https://docs.myeventon.com/. Unix seconds count the site's local clock as if it were
UTC: the page of the same site shows 10:00 where the seconds read 10:00 in UTC (CASES B13). An
answer is one month; the site asks for the next by a form, so no page can be followed.
"""

from lxml.html import HtmlElement

from scrapers._cards import attribute_of, html_of
from scrapers._html import html_tree, text_of
from scrapers._nodes import Node, first_text
from scrapers._records import at, holds, read_records, records, required, wall_clock
from scrapers.base import Document, Parsed, ParseError

_KEYS = ("event_id", "event_start_unix", "event_title")


def recognizes(document: Document) -> bool:
    """A list with EventON's fields."""
    return holds(document, _KEYS, "eventList")


def parse(document: Document) -> Parsed:
    """One event for each entry of the list. Raises ParseError if it is not EventON's."""
    value = required(document, "EventON", ours=recognizes(document))
    cards = _cards(document, at(value, "content"))
    return read_records(
        document,
        records(value, "eventList"),
        lambda event: [_node(event, cards.get(first_text(event, "event_id")))],
    )


def _cards(document: Document, content: object) -> dict[str, HtmlElement]:
    """The cards by the id of their event."""
    if not isinstance(content, str):
        return {}
    page = Document(document.url, content.encode(errors="replace"), document.retrieved_at)
    try:
        tree = html_tree(page)
    except ParseError:
        return {}
    return {card.get("data-event_id", ""): card for card in tree.iter("div")}


def _node(event: Node, card: HtmlElement | None) -> Node:
    node: Node = {
        "@type": "Event",
        "identifier": first_text(event, "event_id"),
        "name": first_text(event, "event_title"),
        "startDate": wall_clock(event.get("event_start_unix")),
        "endDate": wall_clock(event.get("event_end_unix")),
    }
    return node if card is None else node | _shown(card)


def _shown(card: HtmlElement) -> Node:
    return {
        "description": html_of(card, "eventon_desc_in"),
        "url": next((link.get("href") for link in card.iter("a") if link.get("href")), ""),
        "image": attribute_of(card, "content", "evo_image") or _meta(card, "image"),
        "location": {
            "@type": "Place",
            "name": text_of(card, "evo_location_name"),
            "address": text_of(card, "evo_location_address"),
        },
        "organizer": text_of(card, "evo_card_organizer_name"),
        "eventStatus": "EventCancelled" if "cancel_event" in (card.get("class") or "") else "",
    }


def _meta(card: HtmlElement, name: str) -> str:
    found = (item.get("content") for item in card.iter("meta") if item.get("itemprop") == name)
    return next(filter(None, found), "")
