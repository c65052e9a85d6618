"""RSS 0.9x, 1.0 and 2.0 and Atom, read for the events in them.

lxml rather than feedparser: every event module is an extension, and feedparser flattens those
(attributes, repetition and nesting are lost) and reads a string as the name of a file.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from scrapers._dates import read_moment
from scrapers._event import Page, read_events
from scrapers._feed_dates import Said, from_elements, from_markup, from_text, from_title, on_day
from scrapers._html import absolute, is_cut, local_name, root_name, xml_text, xml_tree
from scrapers._nodes import Found, Node
from scrapers._opening_news import News, read_news
from scrapers._openings import timely
from scrapers._text import one_line, parts_of, plain
from scrapers.base import Document, Parsed, ParseError, Problem, Request

MAX_ITEMS = 5000
MAX_FOLLOW = 100

_MODULE = re.compile(
    r"event|calendar|xcal|\bical|libcal|trumba|/mec/|bibliocommons|base\.google|schemas\.google"
)
_SAYS_EVENTS = re.compile(
    r"\b(?:events?|calendar|what'?s on|agenda|veranstaltungen|termine|eventos|évènements|événements)\b",
    re.IGNORECASE,
)
_EVENT_POST = re.compile(r"[?&]post_type=[\w-]*events?\b", re.IGNORECASE)
_EVENT_PATH = re.compile(r"/(?:events?|calendar)(?:/|$)", re.IGNORECASE)
_EVENT_FIELDS = frozenset({
    "dtstart", "dtend", "startdate", "enddate", "start_date", "end_date", "event_date_range",
    "when", "eventdates", "eventtimes", "starthour", "endhour", "localstart", "ends", "localend",
    "eventstartdate", "eventenddate",
})  # fmt: skip
_POINTS = frozenset({"point", "lat", "long"})  # GeoRSS, W3C geo: news have them too
_RANGES = frozenset({"event_date_range", "when"})
_BODIES = ("encoded", "content", "description", "summary")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000}


def recognizes(document: Document) -> bool:
    """RSS and Atom by their root element."""
    name = root_name(document)
    return name in ("rss", "feed") or (name == "rdf" and b"purl.org/rss/1.0" in document.content)


def parse(document: Document) -> Parsed:
    """The events of a feed. Items that are no events count for nothing.

    An item about an event that does not say when the event is, is a problem `no_event_date`, and
    its page a further request: the time of publication is never taken for the start, not even
    where a platform writes the start there (The Events Calendar), since nothing in the feed tells
    the two apart. Raises ParseError if the document is no feed.
    """
    root = xml_tree(document)
    if local_name(root) not in ("rss", "feed", "rdf"):
        raise ParseError("This is not an RSS or Atom feed.")
    channel = next((child for child in root if local_name(child) == "channel"), root)
    about_events = _is_about_events(channel, document)
    items = list(_items(root))
    dated: list[Found] = []
    undated: list[Problem] = []
    links: list[str] = []
    news: list[News] = []
    for number, element in enumerate(items[:MAX_ITEMS], start=1):
        item = Item.read(element, document)
        said = item.when(about_events=about_events)
        if said is None and (told := item.news()) is not None:
            news.append(told)
            said = _celebration(told)
        if said is not None:
            dated.append(Found(item.node(said), place=f"item {number}", notes=said.notes))
        elif about_events or item.is_about_event():
            undated.append(_no_date(f"item {number} '{item.title[:60]}'"))
            links.append(item.link)
    page = Page(document, document.url)
    return replace(
        read_events(dated, page, problems=undated, title=_title(channel), follow=_pages(links)),
        refresh_seconds=_refresh_seconds(channel),
        truncated=len(items) > MAX_ITEMS or is_cut(document),
        complete=_is_complete(document),
        openings=timely((each.opening for each in news), document),
    )


def _celebration(news: News) -> Said | None:
    """When a grand opening is held, if the item says at what time: then it is an event too."""
    day = news.opening.opens
    return on_day(day.isoformat(), news.time) if day and news.time else None


@dataclass(frozen=True, slots=True)
class Item:
    """One item or entry: its elements' texts by lower-case local name, modules told apart."""

    title: str
    link: str
    description: str
    published: datetime
    core: dict[str, list[str]]
    module: dict[str, str]

    @classmethod
    def read(cls, element: etree._Element, document: Document) -> "Item":
        """Take an item apart; nothing in it is trusted, nothing in it can fail."""
        core: dict[str, list[str]] = {}
        module: dict[str, str] = {}
        for child in element:
            name, said = local_name(child), _said(child)
            if _is_module(child):
                module.setdefault(name, "" if len(child) else said)
                module |= {key: text for key, text in _parts(child) if key not in module}
            elif said:
                core.setdefault(name, []).append(said)
        description = max(
            (text for key in _BODIES for text in core.get(key, ())), key=len, default=""
        )
        return cls(
            title=one_line("".join(core.get("title", ())[:1])),
            link=_first_link(core.get("link", []), document.url),
            description=description,
            published=_published(core, document),
            core=core,
            module={key: text for key, text in module.items() if text},
        )

    def when(self, *, about_events: bool) -> Said | None:
        """When the item's event is, by its elements, else by a date its words vouch for."""
        said = from_elements(self.module) or from_markup(self.description)
        if said is None and (about_events or self.is_about_event()):
            said = from_title(self.title, self.published) or from_text(plain(self.description))
        return said

    def news(self) -> News | None:
        """The new place that the item tells of, if it does."""
        key = "".join(self.core.get("guid", self.core.get("id", ()))[:1])
        return read_news(self.title, plain(self.description), self.published, self.link, key)

    def is_about_event(self) -> bool:
        """Whether the item itself says that it is an event: its module, its post type, its path."""
        guid = "".join(self.core.get("guid", ())[:1])
        marked = self.module.keys() & _EVENT_FIELDS
        return bool(marked or _EVENT_POST.search(guid) or _EVENT_POST.search(self.link))

    def node(self, said: Said) -> Node:
        """The item as a schema.org Event node."""
        module = self.module
        status = module.get("is_cancelled", "").lower() == "true" and "EventCancelled"
        online = module.get("is_virtual", "").lower() == "true"
        price = " ".join(
            filter(None, (module.get("cost") or module.get("price"), module.get("currency")))
        )
        return {
            "@type": "Event",
            "name": said.title or self.title or module.get("summary", ""),
            "startDate": said.start,
            "endDate": said.end,
            "description": self.description or module.get("description", ""),
            "url": self.link,
            "identifier": module.get("uid")
            or "".join(self.core.get("guid", self.core.get("id", ()))[:1]),
            "location": [{"@type": "VirtualLocation"}] if online else self._places(said),
            "organizer": module.get("organizer", ""),
            "image": module.get("image_link", ""),
            "offers": price,
            "keywords": [
                *self.core.get("category", ()),
                module.get("type", module.get("category", "")),
            ],
            "eventStatus": status or module.get("status", ""),
        }

    def _places(self, said: Said) -> list[object]:
        name = self.module.get("location.name") or self.module.get("location") or said.place
        latitude, _, longitude = self.module.get("point", "").strip().partition(" ")
        latitude = latitude or self.module.get("lat", "")
        longitude = longitude or self.module.get("long", "")
        place: Node = {"@type": "Place", "name": name, "latitude": latitude, "longitude": longitude}
        if not name:
            return []
        return [place] if latitude and longitude else [name]


def _is_module(element: etree._Element) -> bool:
    """Whether the element belongs to an extension that tells of events or places."""
    namespace = str(element.tag).rpartition("}")[0]
    known = local_name(element) in _EVENT_FIELDS | _POINTS
    return known or _MODULE.search(namespace.lower()) is not None


def _parts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """What a module's element holds below itself: nested elements and Google's attributes."""
    name = local_name(element)
    for child in element:
        inner = local_name(child)
        yield (inner if name in _RANGES else f"{name}.{inner}"), _said(child)
    for key, value in element.attrib.items():
        if name in _RANGES:
            yield str(key).lower(), str(value)


def _said(element: etree._Element) -> str:
    """The element's text; of a link or a category of Atom, what its attributes say."""
    text = xml_text(element)
    if text:
        return text
    if element.get("rel", "alternate") == "alternate":
        return element.get("href") or element.get("term") or ""
    return ""


def _items(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if local_name(element) in ("item", "entry"))


def _is_about_events(channel: etree._Element, document: Document) -> bool:
    """Whether the feed as a whole announces events, by its title or its address."""
    links = [document.url]
    for child in channel:
        if local_name(child) in ("title", "subtitle") and _SAYS_EVENTS.search(_said(child)):
            return True
        if local_name(child) == "link":
            links.append(child.get("href") or child.text or "")
    return any(_EVENT_PATH.search(parts_of(link.strip()[:2048]).path) for link in links)


def _published(core: dict[str, list[str]], document: Document) -> datetime:
    for key in ("pubdate", "published", "updated", "date"):
        for said in core.get(key, ()):
            if moment := read_moment(said, ZoneInfo("UTC")):
                return moment.at
    return document.retrieved_at


def _first_link(links: list[str], base: str) -> str:
    return next((link for said in links if (link := absolute(base, said))), "")


def _title(channel: etree._Element) -> str:
    return next((one_line(_said(child)) for child in channel if local_name(child) == "title"), "")


def _no_date(place: str) -> Problem:
    cause = "the feed does not say when the event is (its date of publication is not that)"
    return Problem(place, "no_event_date", cause, lost=True)


def _pages(links: Iterable[str]) -> tuple[Request, ...]:
    return tuple(Request(link, "detail") for link in dict.fromkeys(links) if link)[:MAX_FOLLOW]


def _refresh_seconds(channel: etree._Element) -> int | None:
    """The publisher's hint: RSS `ttl` (minutes), else the syndication module's period."""
    said = {local_name(child): _said(child) for child in channel}
    if (minutes := said.get("ttl", "")).isascii() and minutes.isdigit() and len(minutes) < 7:
        return int(minutes) * 60
    times = said.get("updatefrequency", "1")
    often = int(times) if times.isascii() and times.isdigit() and len(times) < 4 else 1
    period = _PERIODS.get(said.get("updateperiod", "").lower())
    return period // max(often, 1) if period else None


def _is_complete(document: Document) -> bool:
    """Whether the feed's root element is closed."""
    return (
        re.search(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", document.content[-2000:], re.IGNORECASE)
        is not None
    )
