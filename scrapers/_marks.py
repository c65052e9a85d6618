"""What a site is built with, by the marks that it leaves in every page, and where its feed then is.

The path of a feed hangs on the site; for WordPress that is where its plug-ins lie, maybe a folder.
Sources: the platforms' manuals named in `_publishers`; for the marks, pages of the wild.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """A path to a feed of a platform, the scraper that reads it, and how sure we are (0 to 1)."""

    path: str
    scraper: str = "ical"
    confidence: float = 0.7


@dataclass(frozen=True, slots=True)
class Mark:
    """A platform, the pattern (of bytes) that gives it away, and the ways to its events.

    A platform without ways shows its events on its pages, or names its feeds there. A group
    `root` of the pattern is where the site begins.
    """

    platform: str
    pattern: re.Pattern[bytes]
    ways: tuple[Way, ...] = ()


def _plugin(names: str) -> re.Pattern[bytes]:
    """A file of one of the WordPress plug-ins, with the address before it."""
    pattern = rf"[\"'(](?P<root>[^\"'()\s<>]{{0,200}}?)/wp-content/plugins/(?:{names})/"
    return re.compile(pattern.encode())


def _generator(name: str) -> str:
    return rf"<meta\s[^>]*\bcontent=[\"']{name}"


def _markup(*patterns: str) -> re.Pattern[bytes]:
    return re.compile("|".join(patterns).encode(), re.IGNORECASE)


MARKS = (
    Mark(
        "The Events Calendar",
        _plugin(r"(?:the-)?events-calendar(?:-pro)?"),
        (
            Way("/?post_type=tribe_events&ical=1&eventDisplay=list", confidence=0.8),
            Way("/events/?ical=1", confidence=0.75),
        ),
    ),
    Mark(
        "Modern Events Calendar",
        _plugin(r"modern-events-calendar(?:-lite)?"),
        (Way("/?mec-ical-feed=1", confidence=0.6),),
    ),
    Mark("My Calendar", _plugin(r"my-calendar(?:-pro)?"), (Way("/?feed=my-calendar-ics"),)),
    Mark("Events Manager", _plugin("events-manager(?:-pro)?"), (Way("/events.ics"),)),
    Mark("Event Organiser", _plugin("event-organiser"), (Way("/?feed=eo-events"),)),
    Mark(
        "All-in-One Event Calendar",
        _plugin("all-in-one-event-calendar"),
        (
            Way(
                "/?plugin=all-in-one-event-calendar&controller=ai1ec_exporter_controller"
                "&action=export_events&no_html=true"
            ),
        ),
    ),
    Mark("EventON", _plugin("eventon[a-z-]*|eventON")),
    Mark("Squarespace", _markup(r"static1?\.squarespace\.com", "<!-- This is Squarespace")),
    Mark("Wix", _markup(_generator(r"Wix\.com"), r"static\.parastorage\.com")),
    Mark(
        "LiveWhale",
        _markup(_generator("LiveWhale"), r"/live/resource/(?:css|js)/"),
        (Way("/live/ical/events", confidence=0.85),),
    ),
    Mark(
        "Localist",
        _markup(r"\.localist\.com/", r"localist-images\.azureedge\.net"),
        (Way("/calendar.ics", confidence=0.8),),
    ),
    Mark("LibCal", _markup(r"(?:springshare|libcal)\.com/")),
    Mark(
        "CivicPlus",
        _markup(r"civicplus\.com", r"/Common/Modules/(?:iCalendar|Calendar)/", "CivicEngage"),
        (
            Way("/common/modules/iCalendar/iCalendar.aspx?catID=14&feed=calendar", confidence=0.6),
            Way("/RSSFeed.aspx?ModID=58&CID=All-calendar.xml", "rss", 0.55),
        ),
    ),
    Mark("GrowthZone", _markup(r"chambermaster\.com|growthzone(?:app)?\.com|chambermaster\.blob")),
    Mark("MembershipWorks", _markup(r"cdn\.membershipworks\.com")),
    Mark(
        "Wild Apricot",
        _markup(r"wildapricot\.(?:com|org)", "WaGadget"),
        (Way("/events/RSS", "rss", 0.6),),
    ),
    Mark("ClubRunner", _markup(r"clubrunner\.(?:ca|blob)")),
    Mark("Trumba", _markup(r"trumba\.com/scripts|25livepub\.collegenet\.com")),
    Mark("Tockify", _markup(r"public\.tockify\.com")),
    Mark("Drupal", _markup(_generator("Drupal"), "drupal-settings-json")),
    Mark("Joomla", _markup(_generator("Joomla!"))),
    Mark("WordPress", _markup(_generator("WordPress"), "/wp-content/(?:themes|plugins)/")),
)
