"""Graphs of schema.org nodes: what is an event in them, and which nodes are the same event.

A node is a plain dictionary, whether it was written as JSON-LD, microdata, RDFa or a microformat.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scrapers._dates import read_moment
from scrapers._text import one_line

Node = dict[str, object]

MAX_DEPTH = 60
MAX_VALUES = 200  # of one property

_EVENT_TYPES = frozenset({"festival", "hackathon", "courseinstance"})
_SERIES = "eventseries"
_NOT_EVENTS = frozenset({"publicationevent", "broadcastevent", "ondemandevent", "deliveryevent"})
# A node under one of these is named, not announced, unless it has a date of its own.
_REFERENCES = frozenset({"superEvent", "about", "mentions", "subjectOf", "recordedAt", "isPartOf"})
_NOTHING: tuple[object, ...] = (None, "", {}, [])
# Properties whose value is often a bare reference to a node told elsewhere in the graph.
_REFERRING = frozenset({"location", "organizer", "performer", "performers", "superEvent", "offers"})
_CLOCK = ZoneInfo("UTC")  # to compare wall clocks, whatever their zone
_SCHEMA_PREFIX = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:|s:)")
_LAST_PART = re.compile(r"[^/#:]*\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """An event node, the nodes it hangs under (nearest last), and how its page wrote it."""

    node: Node
    parents: tuple[Node, ...] = ()
    syntax: str = ""
    place: str = ""
    notes: tuple[str, ...] = ()


def tidy(value: object, depth: int = 0) -> object:
    """A JSON value with property names bare ("schema:name" is "name"), cut at `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {
            _SCHEMA_PREFIX.sub("", key, count=1) if ":" in key else key: tidy(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [tidy(item, depth + 1) for item in value]
    return value


def types_of(node: Node) -> tuple[str, ...]:
    """The local names of the node's types, as they are written."""
    return tuple(
        name
        for value in values(node, "@type")
        if isinstance(value, str) and (name := last_part(value))
    )


def last_part(iri: str) -> str:
    """ "EventCancelled" of "https://schema.org/EventCancelled", "schema:EventCancelled" …"""
    match = _LAST_PART.search(iri.strip().rstrip("/#")[-100:])
    return match[0] if match else ""


def is_event(node: Node) -> bool:
    """Whether the node is a schema.org `Event` or a subtype one can go to."""
    names = {name.lower() for name in types_of(node)}
    return any(
        name in _EVENT_TYPES or (name.endswith("event") and name not in _NOT_EVENTS)
        for name in names
    ) or (_SERIES in names and "subEvent" not in node)


def values(node: Node, *keys: str) -> list[object]:
    """All values of the first of the properties that has any; `@list` and `@set` are opened."""
    for key in keys:
        value = node.get(key)
        if value is None or value == "":
            continue
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict) and ("@list" in value or "@set" in value):
            value = value.get("@list", value.get("@set"))
        found = value if isinstance(value, list) else [value]
        if found := [item for item in found[:MAX_VALUES] if item not in _NOTHING]:
            return found
    return []


def filled(node: Node) -> Node:
    """The properties that say something."""
    return {key: value for key, value in node.items() if value not in _NOTHING}


def text(value: object) -> str:
    """What a value says as text: itself, its `@value`, its name, its `@id`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return next(
            (said for key in ("@value", "name", "url", "@id") if (said := text(value.get(key)))), ""
        )
    if isinstance(value, list):
        return next((said for item in value[:MAX_VALUES] if (said := text(item))), "")
    return ""


def first_text(node: Node, *keys: str) -> str:
    """The first text among the properties, "" if none says anything."""
    for key in keys:
        for value in values(node, key):
            if said := text(value).strip():
                return said
    return ""


def nodes(node: Node, *keys: str) -> list[Node]:
    """The values of a property that are nodes."""
    return [value for value in values(node, *keys) if isinstance(value, dict)]


def walk(value: object) -> Iterator[tuple[Node, tuple[Node, ...], str]]:
    """Every node below a value with its ancestors (nearest last) and the property it hangs on."""
    stack: list[tuple[object, tuple[Node, ...], str]] = [(value, (), "")]
    while stack:
        item, parents, key = stack.pop()
        if len(parents) > MAX_DEPTH:
            continue
        if isinstance(item, dict):
            yield item, parents, key
            below = (*parents, item)
            stack.extend((child, below, name) for name, child in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend((child, parents, key) for child in reversed(item))


def find_events(graph: object, syntax: str) -> list[Found]:
    """The event nodes of a graph; a mere mention of an event without a date is none."""
    events = [
        (node, tuple(parent for parent in parents if "@type" in parent))
        for node, parents, key in walk(graph)
        if is_event(node) and not _is_mention(node, key)
    ]
    return [
        Found(node, parents, syntax, f"{syntax} event {number}")
        for number, (node, parents) in enumerate(events, start=1)
    ]


def index_by_id(graph: object) -> dict[str, Node]:
    """The nodes of a graph by `@id`; a node that says nothing but its id is none."""
    found: dict[str, Node] = {}
    for node, _, _ in walk(graph):
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(found.get(name, {"@id": 0})):
            found[name] = node
    return found


def completed(found: Found, index: dict[str, Node]) -> Node:
    """The node with its references resolved, and what it leaves to the nodes it hangs under."""
    node: Node = {}
    for parent in found.parents:
        node |= _inherited(parent)
    node |= filled(found.node)
    for key in _REFERRING & node.keys():
        node[key] = [_resolved(value, index) for value in values(node, key)]
    return node


def _resolved(value: object, index: dict[str, Node]) -> object:
    """The node that a bare reference (`{"@id": …}`) points to, one step only; else the value."""
    if isinstance(value, dict) and len(value) <= 2 and isinstance(name := value.get("@id"), str):
        return index.get(name, value)
    return value


def _inherited(parent: Node) -> Node:
    """An event listed by a place happens there; one listed by a band or a club is theirs."""
    names = types_of(parent)
    known = filled(parent)
    if is_event(parent) or "EventSeries" in names:
        return {key: known[key] for key in ("location", "organizer", "image") if key in known}
    bare = {key: known[key] for key in ("@type", "name", "url", "address", "geo") if key in known}
    if "MusicGroup" in names or "Person" in names or "PerformingGroup" in names:
        return {"performer": bare}
    if "Organization" in names:
        return {"organizer": bare}
    return {"location": bare} if {"address", "geo"} & bare.keys() else {}


def _is_mention(node: Node, key: str) -> bool:
    dated = any(name in node for name in ("startDate", "eventSchedule", "endDate"))
    return not dated and (key in _REFERENCES or not node.keys() - {"@id", "@type", "url"})


def merged(found: list[Found]) -> list[Found]:
    """The distinct events of a page, each as rich as its page tells it.

    Nodes of one syntax are equal if name, start, address (URL) and place are. Across syntaxes the
    same start with the same name or URL is the same event: what the richer node does not say is
    taken from the poorer one.
    """
    distinct: dict[tuple[str, ...], Found] = {}
    for item in found:
        key = (item.syntax, *_identity(item.node), _place_name(item.node))
        kept = distinct.get(key)
        distinct[key] = _union(kept, item) if kept else item
    result: list[Found] = []
    known: dict[tuple[str, str], int] = {}
    for item in distinct.values():
        own, other = _keys_across(item.node)
        twin = next((known[key] for key in other if key in known), None)
        if twin is not None and result[twin].syntax != item.syntax:
            result[twin] = _union(result[twin], item)
        else:
            twin = len(result)
            result.append(item)
        for across in own:
            known.setdefault(across, twin)
    return result


def _identity(node: Node) -> tuple[str, str, str]:
    return (
        one_line(first_text(node, "name")).casefold(),
        first_text(node, "startDate"),
        first_text(node, "url"),
    )


def _place_name(node: Node) -> str:
    return one_line(text(node.get("location"))).casefold()


def _keys_across(node: Node) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Under what a node is known to other syntaxes, and under what it looks for itself there.

    The minute must be the same, unless one of the two tells only the day.
    """
    name, start, url = _identity(node)
    moment = read_moment(start, _CLOCK)
    if moment is None:
        return [], []
    day, timed = f"{moment.at:%Y-%m-%d}", not moment.all_day
    minutes = [(f"{moment.at:%Y-%m-%d %H:%M}", key) for key in (name, url) if key and timed]
    days = [(day, key) for key in (name, url) if key]
    bare = [(f"{day} day", key) for _, key in days]
    return (minutes + days, minutes + bare) if timed else (days + bare, days)


def _union(one: Found, two: Found) -> Found:
    rich, poor = (two, one) if len(two.node) > len(one.node) else (one, two)
    node = filled(poor.node) | filled(rich.node)
    return Found(node, rich.parents or poor.parents, one.syntax, one.place)
