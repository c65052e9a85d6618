"""Event lists in a platform's own XML: the shared walk from elements to listings."""

from collections.abc import Callable, Iterator

from lxml import etree

from scrapers._event import Page, read_events
from scrapers._html import local_name, xml_text, xml_tree
from scrapers._nodes import Found, Node
from scrapers.base import Document, Parsed, ParseError


def read_elements(
    document: Document, root_name: str, name: str, read: Callable[[etree._Element], Node]
) -> Parsed:
    """Every element called `name`, read to a node. Raises ParseError if the root is another."""
    root = xml_tree(document)
    if local_name(root) != root_name:
        raise ParseError(f"This is no XML document of the kind <{root_name}>.")
    found = [
        Found(read(element), place=f"{name} {number}")
        for number, element in enumerate(below(root, name), start=1)
    ]
    return read_events(found, Page(document, document.url))


def below(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """All elements of that local name below another, in document order."""
    return (found for found in element.iterdescendants() if local_name(found) == name)


def text_at(element: etree._Element | None, *path: str) -> str:
    """The text of the first child at a path of local names, "" if there is none."""
    for name in path:
        if element is None:
            return ""
        element = next((child for child in element if local_name(child) == name), None)
    return xml_text(element) if element is not None else ""


def around(element: etree._Element, name: str) -> etree._Element | None:
    """The nearest element of that local name around another."""
    return next((outer for outer in element.iterancestors() if local_name(outer) == name), None)
