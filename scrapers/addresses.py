"""Which feeds an address leads to, by its form alone: nothing is fetched.

A platform that needs a reader of its own says its addresses in its module, as `ADDRESSES`; one that
publishes an open format needs nothing but a line here.
"""

import re
from functools import cache

from scrapers.base import AddressRule, Feed

OPEN_FORMATS = (
    AddressRule("iCalendar", r"[^?#]+\.ics(?:[?#].*)?$", "ical", confidence=0.95),
    AddressRule("RSS", r"[^?#]+\.(?:rss|atom)(?:[?#].*)?$", "rss", confidence=0.7),
)

RULES: tuple[AddressRule, ...] = (*OPEN_FORMATS,)


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


@cache
def _compiled() -> tuple[tuple[AddressRule, re.Pattern[str]], ...]:
    return tuple((rule, re.compile(rule.pattern)) for rule in RULES)
