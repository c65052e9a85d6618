"""Microdata and RDFa Lite to nodes: one walker, since both nest items and name their properties.

Written here rather than taken from `extruct`: its last release is of 2024-11, it brings rdflib,
pyRdfa3 and html5lib, reads a page once per syntax, and gives RDF triples where we want nodes.
Rules: HTML Standard, "Microdata"; W3C RDFa Lite 1.1.
"""

import re
from dataclasses import dataclass
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapers._html import inner_html, xml_text
from scrapers._nodes import Node, last_part
from scrapers.base import Document

MAX_ITEMS = 20_000

_LINKED = frozenset({
    "url", "image", "sameAs", "photo", "logo", "thumbnailUrl", "contentUrl",
    "mainEntityOfPage", "eventStatus", "availability", "eventAttendanceMode",
    "additionalType", "offers", "tickets",
})  # fmt: skip
_SOURCES = ("src", "data")
# Texts for people keep their tags, so that their lines survive; `_text` takes them out.
_HTML_PROPERTIES = frozenset({"description", "name", "summary", "address", "location", "performer"})

_EVENT = re.compile(
    rb'"@type"\s*:\s*\[?\s*"(?:https?:\\?/\\?/schema\.org\\?/|schema:)?\w*(?:Event|Festival)"'
    rb"|schema\.org/\w*(?:Event|Festival)\b|typeof\s*=\s*[\"']?(?:schema:)?\w*Event\b"
)


def marks_events(document: Document) -> bool:
    """Whether a page seems to hold schema.org events: readers of bare markup then stand back."""
    return _EVENT.search(document.content) is not None


@dataclass(frozen=True, slots=True)
class Syntax:
    """The attribute names of one way to write items into a page."""

    name: str
    item: str
    type: str
    property: str


MICRODATA = Syntax("microdata", "itemscope", "itemtype", "itemprop")
RDFA = Syntax("rdfa", "typeof", "typeof", "property")


def read_items(tree: HtmlElement, syntax: Syntax) -> list[Node]:
    """The outermost items of a page, those within as values of their properties.

    An item that is no property of the item around it stands for itself, as both syntaxes say.
    """
    top: list[Node] = []
    owners: dict[etree._Element, Node] = {}
    for count, element in enumerate(_elements(tree, syntax)):
        if count >= MAX_ITEMS:
            break
        owner = _owner(element, owners)
        names = [last_part(name) for name in (element.get(syntax.property) or "").split()]
        node: Node | None = None
        if syntax.item in element.attrib:
            node = owners[element] = {"@type": (element.get(syntax.type) or "").split()}
        if owner is None or not names:
            top += [node] if node is not None else []
            continue
        for name in filter(None, names):
            _add(owner, name, node if node is not None else _value(element, name))
    return top


def _elements(tree: HtmlElement, syntax: Syntax) -> list[HtmlElement]:
    found = tree.xpath(f"descendant-or-self::*[@{syntax.property} or @{syntax.item}]")
    return cast("list[HtmlElement]", found)


def _owner(element: HtmlElement, owners: dict[etree._Element, Node]) -> Node | None:
    for ancestor in element.iterancestors():
        if ancestor in owners:
            return owners[ancestor]
    return None


def _add(node: Node, name: str, value: object) -> None:
    known = node.setdefault(name, [])
    if isinstance(known, list):
        known.append(value)


def _value(element: etree._Element, name: str) -> str:
    """The value of a property as the page means it.

    `content` counts on any element, as search engines read it; a link's address counts only for
    properties that are addresses, since authors put `name` on the link around the name.
    """
    for attribute in ("content", "datetime"):
        if (said := element.get(attribute)) is not None:
            return said
    if name in _LINKED or element.tag == "link":
        for attribute in ("href", *_SOURCES):
            if (said := element.get(attribute)) is not None:
                return said
    if element.tag in ("data", "meter") and (said := element.get("value")) is not None:
        return said
    return inner_html(element) if name in _HTML_PROPERTIES else xml_text(element)
