"""Which feeds an address leads to, by its form alone: nothing is fetched.

A platform that needs a reader of its own says its addresses in its module, as `ADDRESSES`; one that
publishes an open format needs nothing but a line here.
"""

import re
from functools import cache

from scrapers import (
    bedework,
    bibliocommons,
    campus_labs,
    confs_tech,
    elms,
    gancio,
    growthzone_api,
    legistar,
    libcal,
    livewhale,
    localist,
    mobilize,
    mobilizon,
    my_calendar,
    nyc_parks,
    tockify,
    tribe_rest,
    trumba,
)
from scrapers.base import AddressRule, Feed

OPEN_FORMATS = (
    AddressRule("iCalendar", r"[^?#]+\.ics(?:[?#].*)?$", "ical", confidence=0.95),
    AddressRule("RSS", r"[^?#]+\.(?:rss|atom)(?:[?#].*)?$", "rss", confidence=0.7),
)

# Platforms that publish an open format beside their pages, so that no module of theirs is needed.
PUBLISHERS = (
    AddressRule(
        "MembershipWorks",
        r"api\.membershipworks\.com/v2/events\?(?:[^#]*&)?org=(?P<org>\d+)",
        "ical",
        r"api.membershipworks.com/v2/events?_op=ics&org=\g<org>",
        0.95,
    ),
    AddressRule(
        "Teamup",
        r"(?:www\.)?teamup\.com/(?P<key>ks\w{16})(?:[/?].*)?$",
        "ical",
        r"ics.teamup.com/feed/\g<key>/0.ics",
    ),
    AddressRule(
        "CivicPlus",
        r"(?![^/]*\.legistar\.com)(?P<host>[^/]+)/[Cc]alendar\.aspx(?:\?.*)?$",
        "ical",
        r"\g<host>/common/modules/iCalendar/iCalendar.aspx?feed=calendar",
        0.85,
    ),
)

PLATFORMS = (
    *bedework.ADDRESSES,
    *bibliocommons.ADDRESSES,
    *campus_labs.ADDRESSES,
    *confs_tech.ADDRESSES,
    *elms.ADDRESSES,
    *gancio.ADDRESSES,
    *growthzone_api.ADDRESSES,
    *legistar.ADDRESSES,
    *libcal.ADDRESSES,
    *livewhale.ADDRESSES,
    *localist.ADDRESSES,
    *mobilize.ADDRESSES,
    *mobilizon.ADDRESSES,
    *my_calendar.ADDRESSES,
    *nyc_parks.ADDRESSES,
    *tockify.ADDRESSES,
    *tribe_rest.ADDRESSES,
    *trumba.ADDRESSES,
)

RULES: tuple[AddressRule, ...] = (*OPEN_FORMATS, *PUBLISHERS, *PLATFORMS)


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
