"""Events in web pages: JSON-LD, microdata, RDFa Lite and microformats, and JSON-LD on its own.

One page often tells an event in several ways; it counts once, as rich as the page tells it.
"""

import re
from dataclasses import replace

from lxml.html import HtmlElement

from scrapers import microformats
from scrapers._event import Page, read_events
from scrapers._html import absolute, base_url, decode, html_tree, is_html, next_page, title_of
from scrapers._jsonld import read_block
from scrapers._markup import MICRODATA, RDFA, read_items
from scrapers._nodes import (
    Found,
    find_events,
    first_text,
    index_by_id,
    merged,
    tidy,
    types_of,
    walk,
)  # fmt: skip
from scrapers.base import Document, Parsed, ParseError, Problem, Request

MAX_BLOCKS = 2000
MAX_FOLLOW = 100

_JSON_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*[\[{]")
_JSON_LD = re.compile(rb'"@(?:type|graph)"')


def recognizes(document: Document) -> bool:
    """Any HTML page, and JSON that holds JSON-LD."""
    return is_html(document) or _is_json_ld(document)


def parse(document: Document) -> Parsed:
    """All events of a page; a page without events is an empty answer, not an error.

    Raises ParseError if the document is neither HTML nor JSON-LD.
    """
    if _is_json_ld(document):
        return _parse_json(document)
    tree = html_tree(document)
    base = base_url(tree, document)
    graph, problems = _blocks(tree)
    marked, lost = microformats.find(tree, base)
    found = merged(
        [
            *find_events(graph, "JSON-LD"),
            *find_events(read_items(tree, MICRODATA), "microdata"),
            *find_events(read_items(tree, RDFA), "RDFa"),
            *marked,
        ]
    )
    follow = (*next_page(tree, base), *(() if found else _listed(graph, base)))
    page = Page(document, base, index_by_id(graph), document.url)
    return read_events(found, page, problems=problems + lost, title=title_of(tree), follow=follow)


def _is_json_ld(document: Document) -> bool:
    return bool(_JSON_START.match(document.content) and _JSON_LD.search(document.content))


def _parse_json(document: Document) -> Parsed:
    try:
        graph = [tidy(value) for value in read_block(decode(document))]
    except ValueError as error:
        raise ParseError("The JSON cannot be read.") from error
    events = find_events(graph, "JSON-LD")
    found = merged(events)
    follow = () if found else _listed(graph, document.url)
    parsed = read_events(found, Page(document, document.url, index_by_id(graph)), follow=follow)
    return replace(parsed, components=max(len(found), _named(events)))


def _named(events: list[Found]) -> int:
    """How many different nodes a graph names: a crawl holds one event once for each visit."""
    return len({name for event in events if (name := first_text(event.node, "@id"))})


def _blocks(tree: HtmlElement) -> tuple[list[object], list[Problem]]:
    """The values of all JSON-LD blocks, and a problem for each that cannot be read."""
    graph: list[object] = []
    problems: list[Problem] = []
    for number, script in enumerate(tree.iter("script"), start=1):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        if kind != "application/ld+json" or number > MAX_BLOCKS:
            continue
        try:
            graph += [tidy(value) for value in read_block(script.text or "")]
        except ValueError as error:
            problems.append(Problem(f"script {number}", "invalid_json", f"not JSON: {error}"))
    return graph, problems


def _listed(graph: object, base: str) -> tuple[Request, ...]:
    """The pages that an ItemList of bare addresses names (schema.org "summary page")."""
    links = [
        absolute(base, first_text(node, "url", "item"))
        for node, parents, _ in walk(graph)
        if "ListItem" in types_of(node) and parents and "ItemList" in types_of(parents[-1])
    ]
    distinct = dict.fromkeys(link for link in links if link)
    return tuple(Request(link, "detail") for link in distinct)[:MAX_FOLLOW]
