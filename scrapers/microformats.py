"""Microformats: h-event and its elder, hCalendar (`vevent`), read by mf2py.

mf2py gets one root element at a time: a page is not parsed twice, and a bad root costs itself.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from lxml.html import HtmlElement

from scrapers._event import Page, read_events
from scrapers._html import base_url, html_tree, inner_html, is_html, title_of, with_class
from scrapers._markup import marks_events
from scrapers._nodes import Found, Node
from scrapers._text import one_line
from scrapers.base import Document, Parsed, Problem, read_each

MAX_ROOTS = 2000
MAX_ROOT_CHARS = 200_000

_ROOTS = frozenset({"h-event", "vevent"})
_DATES = frozenset({"dtstart", "dtend", "dt-start", "dt-end"})
_CLASS = re.compile(rb"class\s*=\s*(?:\"[^\"]*|'[^']*|)\b(?:h-event|vevent)\b")
# The classes of hCalendar, hCard, adr and geo, and what they are called in microformats2.
# mf2py translates them too, but copies a subtree for each rule: 0.6 s for an ordinary page.
_MODERN = {
    "vevent": "h-event", "summary": "p-name", "dtstart": "dt-start", "dtend": "dt-end",
    "duration": "dt-duration", "description": "p-description", "url": "u-url", "uid": "u-uid",
    "category": "p-category", "location": "p-location", "organizer": "p-organizer",
    "status": "p-status", "photo": "u-photo", "vcard": "h-card", "fn": "p-name", "org": "p-org",
    "adr": "p-adr h-adr", "street-address": "p-street-address", "locality": "p-locality",
    "region": "p-region", "postal-code": "p-postal-code", "country-name": "p-country-name",
    "geo": "p-geo h-geo", "latitude": "p-latitude", "longitude": "p-longitude",
}  # fmt: skip
# Properties of h-event (microformats.org/wiki/h-event) and what schema.org calls them.
_NAMES = {
    "name": "name", "summary": "description", "content": "description", "start": "startDate",
    "end": "endDate", "duration": "duration", "url": "url", "photo": "image", "featured": "image",
    "category": "keywords", "location": "location", "organizer": "organizer", "uid": "identifier",
    "attendee": "", "description": "description", "status": "eventStatus",
}  # fmt: skip
_ADDRESS = {
    "street-address": "streetAddress", "post-office-box": "postOfficeBoxNumber",
    "locality": "addressLocality", "region": "addressRegion", "postal-code": "postalCode",
    "country-name": "addressCountry",
}  # fmt: skip


def recognizes(document: Document) -> bool:
    """An HTML page with an h-event or vevent class and no schema.org events beside it."""
    marked = is_html(document) and _CLASS.search(document.content) is not None
    return marked and not marks_events(document)


def parse(document: Document) -> Parsed:
    """All h-event and hCalendar roots of a page, each counted, equal ones listed once.

    Raises ParseError if the document is not HTML.
    """
    tree = html_tree(document)
    base = base_url(tree, document)
    found, problems = find(tree, base)
    page = Page(document, base, own_url=document.url)
    parsed = read_events(found, page, problems=problems, title=title_of(tree))
    return replace(parsed, truncated=parsed.truncated or len(found) >= MAX_ROOTS)


def find(tree: HtmlElement, base: str) -> tuple[list[Found], list[Problem]]:
    """The events of a page's microformats as schema.org nodes, and the roots that are unreadable."""
    roots = ((place, (place, root)) for place, root in _roots(tree))
    return read_each(roots, lambda named: _read_root(*named, base))


def _roots(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """The outermost event roots, each with a name for it."""
    number = 0
    inside: HtmlElement | None = None
    for element in with_class(tree, *_ROOTS):
        if number >= MAX_ROOTS:
            return
        if inside is None or inside not in element.iterancestors():
            inside, number = element, number + 1
            yield f"{'h-event' if _is_new(element) else 'vevent'} {number}", element


def _is_new(root: HtmlElement) -> bool:
    return "h-event" in (root.get("class") or "").split()


def _read_root(place: str, root: HtmlElement, base: str) -> Iterator[Found]:
    import mf2py  # takes longer to load than all else here

    new = _is_new(root)
    _mend_value_titles(root)
    if not new:
        _modernize(root)
    parsed = mf2py.parse(doc=inner_html(root)[:MAX_ROOT_CHARS], url=base, html_parser="lxml")
    for item in parsed["items"]:
        if "h-event" in item["type"]:
            node = _node(item["properties"])
            # hCalendar takes DTEND from RFC 5545, where the last day is not included.
            node["endDayIncluded"] = new
            yield Found(node, syntax="microformat", place=place)


def _modernize(root: HtmlElement) -> None:
    for element in root.iter():
        if isinstance(element.tag, str) and (classes := (element.get("class") or "").split()):
            element.set("class", " ".join(_MODERN.get(name, name) for name in classes))


def _mend_value_titles(root: HtmlElement) -> None:
    """Say `value-title` of a date in the way mf2py 2.0 reads (it looks for the title one too high)."""
    for element in with_class(root, "value-title"):
        parent = element.getparent()
        if parent is not None and not _DATES.isdisjoint((parent.get("class") or "").split()):
            element.tag = "data"
            element.set("class", "value")
            element.set("value", element.get("title") or "")


def _node(properties: dict[str, list[object]]) -> Node:
    node: Node = {"@type": "Event"}
    for name, values in properties.items():
        key = _NAMES.get(name, "")
        if key and key not in node and values:
            node[key] = [_value(value) for value in values]
    bare = {key: value for key, value in properties.items() if key not in ("name", "org", "url")}
    if "location" not in node and (place := _place(bare)):
        node["location"] = place
    return node


def _value(value: object) -> object:
    """A nested item as a node; embedded markup and images by what they hold."""
    if not isinstance(value, dict):
        return value
    if isinstance(inner := value.get("properties"), dict):
        place = _place(cast("dict[str, list[object]]", inner))
        return place or one_line(str(value.get("value", "")))
    return value.get("html") or value.get("value", "")


def _place(properties: dict[str, list[object]]) -> Node:
    """An h-card, h-adr or h-geo as a Place."""
    address: Node = {
        key: properties[name] for name, key in _ADDRESS.items() if properties.get(name)
    }
    place: Node = {key: properties[key] for key in ("url",) if key in properties}
    name = properties.get("name") or properties.get("org")
    if name and not isinstance(name[0], dict):
        place["name"] = name[0]
    for nested in (*properties.get("adr", ()), *properties.get("geo", ())):
        if isinstance(nested, dict) and isinstance(inner := nested.get("properties"), dict):
            place |= {key: value for key, value in _place(inner).items() if key not in place}
    if address:
        place["address"] = {"@type": "PostalAddress", **address}
    for key in ("latitude", "longitude"):
        if properties.get(key):
            place[key] = properties[key][0]
    return place if place.keys() - {"url"} else {}
