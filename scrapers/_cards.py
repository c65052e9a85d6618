"""Lists of events that a platform writes as cards of known classes, without structured data.

A platform module says which class a card has and how a card becomes a schema.org node; the rest
is the same for all and here.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement

from scrapers._event import Page, read_events
from scrapers._html import (
    absolute,
    base_url,
    html_tree,
    inner_html,
    is_html,
    next_page,
    title_of,
    with_class,
)
from scrapers._markup import marks_events
from scrapers._nodes import Found, Node, first_text
from scrapers.base import Document, Parsed


def has_cards(document: Document, card: str) -> bool:
    """Whether the page holds such cards and no schema.org events, which say more."""
    return is_html(document) and card.encode() in document.content and not marks_events(document)


def read_cards(document: Document, card: str, read: Callable[[HtmlElement], Node]) -> Parsed:
    """All cards of a page, each read to a node. Raises ParseError if it is not HTML."""
    return read_page(document, lambda tree: map(read, with_class(tree, card)))


def read_page(document: Document, read: Callable[[HtmlElement], Iterable[Node]]) -> Parsed:
    """The event nodes that `read` finds in a page. Raises ParseError if it is not HTML.

    Cards with one name and one address are the occurrences of one recurring event: they count
    once and share a series.
    """
    tree = html_tree(document)
    base = base_url(tree, document)
    nodes = list(read(tree))
    keys = [_key(node, base) or str(number) for number, node in enumerate(nodes)]
    repeated = {key for key, count in Counter(keys).items() if count > 1}
    found = [
        Found(_in_series(node, key) if key in repeated else node, place=f"card {number}")
        for number, (node, key) in enumerate(zip(nodes, keys, strict=True), start=1)
    ]
    page = Page(document, base, own_url=document.url)
    parsed = read_events(found, page, title=title_of(tree), follow=next_page(tree, base))
    return replace(parsed, components=len(set(keys)))


def _key(node: Node, base: str) -> str:
    address = absolute(base, first_text(node, "url"))
    return f"{address} {first_text(node, 'name').casefold()}" if address else ""


def _in_series(node: Node, key: str) -> Node:
    address = key.partition(" ")[0]
    return {**node, "superEvent": {"@type": "EventSeries", "@id": address}}


def html_of(card: etree._Element, *names: str) -> str:
    """The markup of the first element with one of the classes, "" if there is none."""
    return next((inner_html(element) for element in with_class(card, *names)), "")


def link_of(card: etree._Element, *names: str) -> str:
    """The address of the first link at or below the first element with one of the classes."""
    for element in with_class(card, *names):
        for link in element.iter("a"):
            if address := link.get("href"):
                return str(address)
    return ""


def image_of(card: etree._Element) -> str:
    """The address of the card's first picture, also where it is loaded late."""
    for image in card.iter("img"):
        if address := image.get("data-src") or image.get("src"):
            return "" if address.startswith("data:") else address
    return ""


def attribute_of(card: etree._Element, attribute: str, *names: str) -> str:
    """An attribute of the first element with one of the classes, "" if there is none."""
    return next((element.get(attribute) or "" for element in with_class(card, *names)), "")
