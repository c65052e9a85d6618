"""Which feeds an address leads to, by its form alone: nothing is fetched.

A platform that needs a reader of its own says its addresses in its module, as `ADDRESSES`; one that
publishes an open format needs nothing but a line in `_publishers`. Where no rule speaks, the form of
the address may still tell a page to look through from what no reading can make a source of.
"""

import re
from enum import StrEnum
from functools import cache

from scrapers import SCRAPERS
from scrapers._publishers import PUBLISHERS
from scrapers.base import AddressRule, Feed


class Page(StrEnum):
    """What an address is to discovery where no rule names its feed."""

    EVENTS = "events_page"  # it names its events: read it, any scraper may recognize it
    HOME = "home_page"  # a site's front door: where discovery begins, nothing more is known
    OTHER = "other"  # an inner page or an interface: nothing says that events are there


_EVENTS = re.compile(
    r"events?(?:\b|[_-]|calendar)|calendar|\b(?:shows?|concerts?|music|gigs|happenings|gatherings"
    r"|workshops?|classes|schedule|whats-on|performances?|screenings?|films|now-playing|agenda"
    r"|meetings?|programs|exhibitions?|tours)\b",
    re.IGNORECASE,
)
_EVENTS_HOST = re.compile(
    r"(?:events?|calendar|whatson|tickets?)\.|(?:www\.)?mobilize\.us$"
    r"|[\w-]+\.(?:ludus|thundertix|escribemeetings)\.com$"  # box offices, council meetings
)
_NO_PAGE = re.compile(
    r"/(?:api|wp-json|wp-admin|dataset|graphql)/|\.(?:xml|json|csv|pdf|php)$|/json/?$",
    re.IGNORECASE,
)

SURE = 0.5  # a feed below this is worth a try, and never added unseen


def feeds_at(address: str) -> tuple[Feed, ...]:
    """The feeds of an http(s) address, most certain first; each address once."""
    scheme, _, rest = address.partition("://")
    found: dict[str, Feed] = {}
    for rule, pattern in _compiled():
        if (match := pattern.match(rest)) is None:
            continue
        url = f"{scheme}://{match.expand(rule.feed)}" if rule.feed else address
        feed = Feed(url, rule.scraper, rule.platform, rule.confidence)
        if url not in found or found[url].confidence < feed.confidence:
            found[url] = feed
    return tuple(sorted(found.values(), key=lambda feed: -feed.confidence))


def feed_at(address: str) -> Feed | None:
    """The feed of an address that can be added unseen, or None."""
    return next((feed for feed in feeds_at(address) if feed.confidence >= SURE), None)


def page_at(address: str) -> Page:
    """What kind of page an http(s) address is, for whoever must look through it."""
    host, _, path = re.split(r"[?#]", address.partition("://")[2], maxsplit=1)[0].partition("/")
    if _NO_PAGE.search(f"/{path}"):
        return Page.OTHER
    if _EVENTS_HOST.match(host) or _EVENTS.search(path):
        return Page.EVENTS
    return Page.OTHER if path.strip("/") else Page.HOME


def rules() -> tuple[AddressRule, ...]:
    """All rules: those of the platforms with readers of their own, then the publishers'."""
    own: list[AddressRule] = []
    for scraper in SCRAPERS.values():
        own += getattr(scraper, "ADDRESSES", ())
    return (*own, *PUBLISHERS)


@cache
def _compiled() -> tuple[tuple[AddressRule, re.Pattern[str]], ...]:
    return tuple((rule, re.compile(rule.pattern)) for rule in rules())
