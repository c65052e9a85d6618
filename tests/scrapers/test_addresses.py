import re

import pytest

from scrapers import SCRAPERS
from scrapers.addresses import RULES, feeds_at

SEARCH = "api/discovery/event/search?orderByField=endsOn&orderByDirection=ascending&status=Approved"


def test_an_address_of_a_calendar_file_is_its_own_feed() -> None:
    [feed] = feeds_at("https://town.example/events/calendar.ics?category=music")
    assert (feed.url, feed.scraper) == (
        "https://town.example/events/calendar.ics?category=music",
        "ical",
    )


def test_an_address_that_says_nothing_leads_nowhere() -> None:
    assert feeds_at("https://town.example/about?file=calendar.ics") == ()


@pytest.mark.parametrize(
    ("address", "scraper", "feed"),
    [
        ("lake.libcal.com/calendar/main", "libcal",
         "lake.libcal.com/ajax/calendar/list?c=-1&date=0000-00-00&perpage=35&page=1"),
        ("lake.bibliocommons.com/events/search/index", "bibliocommons",
         "gateway.bibliocommons.com/v2/libraries/lake/events?limit=100&page=1"),
        ("gateway.bibliocommons.com/v2/libraries/lake/rss/events?locations=9", "rss",
         "gateway.bibliocommons.com/v2/libraries/lake/rss/events?locations=9"),
        ("uni.campuslabs.com/engage/events", "campus_labs",
         f"uni.campuslabs.com/engage/{SEARCH}&take=100&skip=0"),
        ("laketon.legistar.com/Calendar.aspx", "legistar",
         "webapi.legistar.com/v1/laketon/events?$orderby=EventDate+desc&$top=200"),
        ("www.trumba.com/calendars/uni-events", "trumba",
         "www.trumba.com/calendars/uni-events.json?days=120"),
        ("tockify.com/harbor.market/agenda", "ical", "tockify.com/api/feeds/ics/harbor.market"),
        ("uni.localist.com/calendar", "localist",
         "uni.localist.com/api/2/events?days=90&pp=100"),
        ("calendar.uni.example/live/json/events/group/Main", "livewhale",
         "calendar.uni.example/live/json/events/group/Main"),
        ("town.example/Calendar.aspx?CID=14", "ical",
         "town.example/common/modules/iCalendar/iCalendar.aspx?feed=calendar"),
        ("members.harborchamber.example/events/calendar", "growthzone_api",
         "members.harborchamber.example/api/events"),
        ("teamup.com/ks1abc2def3ghi4jkl?view=l", "ical",
         "ics.teamup.com/feed/ks1abc2def3ghi4jkl/0.ics"),
        ("api.membershipworks.com/v2/events?sdp=1&org=15", "ical",
         "api.membershipworks.com/v2/events?_op=ics&org=15"),
    ],
)  # fmt: skip
def test_an_address_of_a_platform_leads_to_its_feed(address: str, scraper: str, feed: str) -> None:
    first = feeds_at(f"https://{address}")[0]
    assert (first.url, first.scraper) == (f"https://{feed}", scraper)


def test_every_rule_leads_to_a_scraper_and_an_address() -> None:
    for rule in RULES:
        assert rule.scraper in SCRAPERS
        assert 0 < rule.confidence <= 1
        groups = dict.fromkeys(re.compile(rule.pattern).groupindex, "x")
        assert all(f"\\g<{name}>" in rule.feed for name in groups if rule.feed)
