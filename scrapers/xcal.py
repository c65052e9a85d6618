"""xCal, iCalendar in XML (RFC 6321): said again as iCalendar text and read by its scraper."""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from scrapers import ical
from scrapers._html import local_name, root_name, xml_text, xml_tree
from scrapers.base import Document, Parsed, ParseError

_TEXT_TYPES = frozenset({"text", "unknown"})
_TIME_TYPES = frozenset({"date", "date-time", "time", "utc-offset", "until"})
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_QUOTED = str.maketrans({'"': "'", "\n": " ", "\r": None})
_ONE_LINE = str.maketrans({"\n": " ", "\r": None})


def recognizes(document: Document) -> bool:
    """XML whose root is the `icalendar` of RFC 6321."""
    return root_name(document) == "icalendar"


def parse(document: Document) -> Parsed:
    """The events of an xCal document, as the iCalendar scraper reads them.

    Raises ParseError if there is no `vcalendar` in it.
    """
    root = xml_tree(document)
    lines = [line for child in root if local_name(child) == "vcalendar" for line in _lines(child)]
    if local_name(root) != "icalendar" or not lines:
        raise ParseError("This is not an xCal document.")
    content = "\r\n".join((*lines, "")).encode()
    return ical.parse(replace(document, content=content, content_type="text/calendar"))


def _lines(component: etree._Element) -> Iterator[str]:
    """The content lines of a component and of those within it (RFC 6321 3.2 and 3.3)."""
    name = local_name(component).upper()
    yield f"BEGIN:{name}"
    for part in component:
        if local_name(part) == "properties":
            yield from filter(None, map(_property, part))
        elif local_name(part) == "components":
            for inner in part:
                if local_name(inner):
                    yield from _lines(inner)
    yield f"END:{name}"


def _property(element: etree._Element) -> str:
    """One content line (RFC 6321 3.4); "" for a property without a value."""
    parameters = ""
    values: list[str] = []
    separator = ","
    if element.find("{*}freq") is not None:
        values.append(_recurrence(element))  # some leave the `recur` around it out
        return f"{local_name(element).upper()}:{values[0]}"
    for child in element:
        kind = local_name(child)
        if kind == "parameters":
            parameters = "".join(map(_parameter, child))
        elif kind in ("latitude", "longitude"):
            values.append(_raw(child))
            separator = ";"
        elif kind:
            values.append(_value(child))
            if kind == "date":
                parameters += ";VALUE=DATE" if "VALUE=DATE" not in parameters else ""
    return f"{local_name(element).upper()}{parameters}:{separator.join(values)}" if values else ""


def _parameter(element: etree._Element) -> str:
    values = [_raw(child).translate(_QUOTED) for child in element] or [_raw(element)]
    quoted = ",".join(f'"{value}"' if set(value) & set(",;:") else value for value in values)
    return f";{local_name(element).upper()}={quoted}"


def _value(element: etree._Element) -> str:
    """One value in the form of iCalendar (RFC 6321 3.6)."""
    kind = local_name(element)
    if kind in _TIME_TYPES:
        return _compact(_raw(element))
    if kind == "recur":
        return _recurrence(element)
    if kind == "period":
        return "/".join(_compact(_raw(child)) for child in element)
    raw = _raw(element)
    return raw.translate(_ESCAPES) if kind in _TEXT_TYPES else raw.translate(_ONE_LINE)


def _recurrence(element: etree._Element) -> str:
    rules: dict[str, list[str]] = {}
    for child in element:
        said = _compact(_raw(child)) if local_name(child) == "until" else _raw(child)
        rules.setdefault(local_name(child).upper(), []).append(said)
    return ";".join(f"{name}={','.join(values)}" for name, values in rules.items())


def _compact(said: str) -> str:
    """2026-08-11T18:00:00 as 20260811T180000, -05:00 as -0500; a duration stays."""
    if said[:1] in "+-":
        return said.replace(":", "")
    return said if "P" in said else said.replace("-", "").replace(":", "")


def _raw(element: etree._Element) -> str:
    return xml_text(element)
