"""Where a web page leads: the feeds it names, shows or is known to have, by its markup alone.

Nothing is fetched. A page says it in five ways: a `<link rel=alternate>`, a link to a calendar
(also inside an "add to Google Calendar" link), a calendar of another site embedded in it, the
marks of the software it is built with, and a link to the site's own page of events.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urldefrag

from lxml.html import HtmlElement

from scrapers._embeds import embedded, google_calendar, google_id
from scrapers._html import MAX_BYTES, absolute, base_url, html_tree, title_of, xml_text
from scrapers._marks import MARKS, Mark
from scrapers._text import one_line, parts_of, web_link
from scrapers.addresses import SURE, Page, feeds_at, page_at
from scrapers.base import Document, Feed

MAX_FEEDS = 40
MAX_LINKS = 5000
MAX_PAGES = 5
_PER_EVENT = 3  # more calendar links than this on one page are downloads of single events
_ANY_CALENDAR = frozenset({"iCalendar", "The Events Calendar"})  # of one event or of all

_TYPES = {"text/calendar": "ical", "application/calendar+xml": "xcal"}
_SYNDICATION = {"application/rss+xml": "RSS", "application/atom+xml": "Atom"}
_FORMATS = frozenset({"ical", "xcal"})
_ABSOLUTE = re.compile(r"(?:webcals?|https?)://", re.IGNORECASE)
_ADDS_TO = re.compile(
    r"https?://(?:(?:www|calendar)\.google\.com/calendar/|outlook\.(?:live|office|office365)\.com/)"
    r"[^#]*[?&](?:cid|url)=",
    re.IGNORECASE,
)
_ABOUT_EVENTS = re.compile(
    r"event|calendar|what'?s on|agenda|termin|veranstalt|evento", re.IGNORECASE
)
_COMMENTS = re.compile(r"/comments/|\bcomments\b", re.IGNORECASE)
_EVENTS_PAGE = re.compile(
    r"(?:(?:all|upcoming|our|full|view|see|public|community|the)[\s_-]+)*"
    r"(?:(?:events?|calendars?)(?:[\s_-]+(?:and|&)[\s_-]+\w+|[\s_-]+calendar|[\s_-]+list)?"
    r"|events?[\s_-]*calendar|what[’'\s_-]?s[\s_-]+on|whats[\s_-]?on|agenda|schedule|shows?|gigs"
    r"|happenings|concerts)",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leads:
    """What a page leads to: feeds and pages worth a look, most certain first, each address once.

    `platforms` is what the site is built with, most telling first; `title` and `address` are the
    page's own, the latter from its canonical link where the document does not come from the web.
    """

    feeds: tuple[Feed, ...] = ()
    platforms: tuple[str, ...] = ()
    title: str = ""
    address: str = ""


def leads(document: Document) -> Leads:
    """Everything that a page leads to. Raises ParseError if the document is not HTML."""
    tree = html_tree(document)
    document = replace(document, url=_address(tree, document))
    base = base_url(tree, document)
    marks = list(_marks(document))
    found = (
        *_alternates(tree, base),
        *_linked(tree, base),
        *_embedded(tree, base),
        *(feed for mark, root in marks for feed in _ways(mark, absolute(base, root + "/"))),
        *_pages(tree, base),
    )
    own = urldefrag(document.url).url
    best = _best(feed for feed in found if feed.url not in (own, base))
    platforms = tuple(mark.platform for mark, _ in marks)
    return Leads(best[:MAX_FEEDS], platforms, title_of(tree), document.url)


def _address(tree: HtmlElement, document: Document) -> str:
    """Where the page is: the document's address, or the canonical link of a saved page."""
    if web_link(document.url):
        return document.url
    links = (link for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    found = (web_link(link.get("href") or "") for link in links)
    return next(filter(None, found), document.url)


def _best(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Each address once, as its surest finding; surest first, else in the page's order."""
    best: dict[str, Feed] = {}
    for feed in feeds:
        known = best.get(feed.url)
        if known is None or known.confidence < feed.confidence:
            best[feed.url] = feed
    return tuple(sorted(best.values(), key=lambda feed: -feed.confidence))


def _alternates(tree: HtmlElement, base: str) -> Iterator[Feed]:
    for link in tree.iter("link"):
        address = absolute(base, link.get("href") or "")
        if not address or "alternate" not in (link.get("rel") or "").lower().split():
            continue
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if scraper := _TYPES.get(kind):
            platform = next((feed.platform for feed in feeds_at(address)), "iCalendar")
            yield Feed(address, scraper, platform, 0.95, "link")
        elif kind in _SYNDICATION:
            said = f"{link.get('title') or ''} {address}"
            if not _COMMENTS.search(said):
                sure = 0.55 if _ABOUT_EVENTS.search(said) else 0.3
                yield Feed(address, "rss", _SYNDICATION[kind], sure, "link")
        elif not link.get("hreflang"):
            feeds = (feed for feed in feeds_at(address) if feed.scraper in _FORMATS)
            yield from (replace(feed, basis="link") for feed in feeds)


def _linked(tree: HtmlElement, base: str) -> Iterator[Feed]:
    """Calendars that the page links to; of other sites only what is surely a feed or a list."""
    host = parts_of(base).hostname
    found: dict[str, Feed] = {}
    for count, link in enumerate(tree.iter("a")):
        if count >= MAX_LINKS:
            break
        for address, meant in _meant(base, link.get("href") or ""):
            for feed in _feeds_linked(address, subscribed=meant):
                far = parts_of(feed.url).hostname != host
                if feed.confidence >= (0.8 if far and feed.scraper not in _FORMATS else SURE):
                    found.setdefault(feed.url, feed)
    yield from _without_single_events(list(found.values()))


def _feeds_linked(address: str, *, subscribed: bool) -> Iterator[Feed]:
    feeds = feeds_at(address)
    if subscribed and not feeds:
        yield Feed(address, "ical", "iCalendar", 0.9, "link")
    for feed in feeds:
        yield replace(feed, confidence=round(feed.confidence * 0.95, 3), basis="link")


def _meant(base: str, link: str) -> Iterator[tuple[str, bool]]:
    """The addresses that a link means, and whether it is one to subscribe to."""
    link = link.strip()
    if link[:9].lower().startswith(("webcal://", "webcals:/")):
        yield from _subscribed(link)
        return
    address = urldefrag(absolute(base, link)).url
    if not address:
        return
    if not _ADDS_TO.match(address):
        yield address, False
        return
    query = parse_qs(parts_of(address).query)
    for inner in (*query.get("cid", ()), *query.get("url", ())):
        if _ABSOLUTE.match(inner):
            yield from _subscribed(inner)
        elif calendar := google_id(inner):
            yield google_calendar(calendar), True


def _subscribed(link: str) -> Iterator[tuple[str, bool]]:
    """The https address of a calendar to subscribe to, if it is one that may be shown."""
    if address := web_link("https" + link[link.index(":") :]):
        yield address, True


def _without_single_events(feeds: list[Feed]) -> Iterator[Feed]:
    """The feeds; where many look like downloads of single events, few of those, put last."""
    single = [feed for feed in feeds if feed.scraper == "ical" and feed.platform in _ANY_CALENDAR]
    if len(single) <= _PER_EVENT:
        yield from feeds
        return
    yield from (feed for feed in feeds if feed not in single)
    yield from (replace(feed, confidence=0.25) for feed in single[:_PER_EVENT])


def _embedded(tree: HtmlElement, base: str) -> Iterator[Feed]:
    for address in embedded(tree, base):
        for feed in feeds_at(address):
            if feed.confidence >= SURE:
                yield replace(feed, basis="embed")


def _marks(document: Document) -> Iterator[tuple[Mark, str]]:
    """The platforms that the page gives away, each with where its site begins, if it says so."""
    content = document.content[:MAX_BYTES]
    host = parts_of(document.url).hostname
    for mark in MARKS:
        if (found := mark.pattern.search(content)) is None:
            continue
        root = (found.groupdict().get("root") or b"").decode("utf-8", "replace")
        yield mark, root if parts_of(absolute(document.url, root)).hostname == host else ""


def _ways(mark: Mark, site: str) -> Iterator[Feed]:
    for way in mark.ways:
        if address := absolute(site, way.path.lstrip("/")):
            yield Feed(address, way.scraper, mark.platform, way.confidence, "markup")


def _pages(tree: HtmlElement, base: str) -> Iterator[Feed]:
    """The site's own pages of events, shortest addresses first."""
    host = parts_of(base).hostname
    found: dict[str, Feed] = {}
    for count, link in enumerate(tree.iter("a")):
        if count >= MAX_LINKS:
            break
        address = urldefrag(absolute(base, link.get("href") or "")).url
        if not address or parts_of(address).hostname != host:
            continue
        name, _, kind = parts_of(address).path.rstrip("/").rpartition("/")[2].partition(".")
        by_text = not kind and bool(_EVENTS_PAGE.fullmatch(one_line(xml_text(link))))
        by_name = page_at(address) is not Page.OTHER and bool(_EVENTS_PAGE.fullmatch(name))
        if by_text or by_name:
            sure = 0.45 if by_text else 0.4
            found.setdefault(address, Feed(address, "schema_org", "", sure, "page"))
    yield from sorted(found.values(), key=lambda feed: len(feed.url))[:MAX_PAGES]
