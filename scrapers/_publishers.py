r"""Addresses of platforms that publish an open format: a line for each, and no reader of their own.

A rule names what the platform documents, or what its feeds in the wild are seen to have. Where a
page's address alone tells its feed, the rule leads there; `confidence` under a half means "worth a
try", never "add it". Patterns have no two open repetitions side by side, so that a hostile address
costs time in proportion to its length.

`_PAGE` is host and path, `_QUERY` everything up to the beginning of one parameter of the query.
"""

from scrapers.base import AddressRule

_HOST = r"([^/?#]+)"
_PAGE = r"([^?#]*)"
_QUERY = r"[^?#]*\?(?:[^#]*&)?"
_END = r"(?:[&#]|$)"
_COMMUNICO = (  # {"feedType":"ical","filters":{…"all"…,"days":365}}: every branch, a year ahead
    "eyJmZWVkVHlwZSI6ImljYWwiLCJmaWx0ZXJzIjp7ImxvY2F0aW9uIjpbImFsbCJdLCJhZ2VzIjpbImFsbCJdLCJ0eX"
    "BlcyI6WyJhbGwiXSwidGFncyI6W10sInRlcm0iOiIiLCJkYXlzIjozNjV9fQ"
)

OPEN_FORMATS = (
    AddressRule("iCalendar", r"[^?#]+\.ics(?:[?#].*)?$", "ical", confidence=0.95),
    AddressRule("iCalendar", rf"{_PAGE}/(?:ical|ics)/?(?:[?#].*)?$", "ical", confidence=0.75),
    AddressRule("iCalendar", rf"{_QUERY}(?:format|view|type)=ic(?:al|s){_END}", "ical", "", 0.8),
    AddressRule("RSS", r"[^?#]+\.(?:rss|atom)(?:[?#].*)?$", "rss", confidence=0.7),
)

# Plug-ins of WordPress: theeventscalendar.com/knowledgebase (iCal export), webnus.net/dox (MEC),
# docs.joedolson.com/my-calendar, time.ly, wp-events-plugin.com, and WordPress's own feeds
# (wordpress.org/documentation/article/wordpress-feeds).
WORDPRESS = (
    AddressRule("The Events Calendar", rf"{_QUERY}ical=1{_END}", "ical", confidence=0.95),
    AddressRule(
        "The Events Calendar",
        rf"{_PAGE}\?(?:[^#]*&)?post_type=tribe_events{_END}",
        "ical",
        r"\1?post_type=tribe_events&ical=1&eventDisplay=list",
        0.8,
    ),
    AddressRule(
        "The Events Calendar",
        r"([^?#]+?)/wp-json/tribe/events/v1(?:[/?#]|$)",
        "ical",
        r"\1/?post_type=tribe_events&ical=1&eventDisplay=list",
        0.8,
    ),
    AddressRule(
        "The Events Calendar",
        r"([^?#]+?/events?)/(?:list|month|day|week|map|photo|summary|today|category)(?:[/?#]|$)",
        "ical",
        r"\1/?ical=1",
        0.45,
    ),
    AddressRule("Modern Events Calendar", rf"{_QUERY}mec-ical-feed=1{_END}", "ical", "", 0.9),
    AddressRule(
        "Modern Events Calendar",
        r"([^?#]+?)/wp-json/wp/v2/mec-events(?:[/?#]|$)",
        "rss",
        r"\1/feed/?post_type=mec-events",
        0.6,
    ),
    AddressRule("My Calendar", rf"{_PAGE}/(?:feed/)?my-calendar-ics(?:[/?#]|$)", "ical", "", 0.9),
    AddressRule("My Calendar", rf"{_QUERY}feed=my-calendar-ics{_END}", "ical", "", 0.9),
    AddressRule(
        "My Calendar",
        r"([^?#]+?)/wp-json/wp/v2/mc_event(?:[/?#]|$)",
        "ical",
        r"\1/?feed=my-calendar-ics",
        0.6,
    ),
    AddressRule(
        "All-in-One Event Calendar", rf"{_QUERY}plugin=all-in-one-event-calendar{_END}", "ical", "", 0.8
    ),
    AddressRule("WordPress", r"([^?#]+?)/wp-json/wp/v2/posts(?:[/?#]|$)", "rss", r"\1/feed/", 0.5),
    AddressRule(
        "WordPress",
        r"([^?#]+?)/wp-json/wp/v2/(?!posts\b|mec-events\b|mc_event\b)([\w-]+)",
        "rss",
        r"\1/feed/?post_type=\2",
        0.5,
    ),
    AddressRule(
        "WordPress", r"[^?#]*?/(?:events?|calendar|shows?|concerts)/feed/?(?:[?#].*)?$", "rss", "", 0.75
    ),
    AddressRule("WordPress", rf"{_PAGE}/feed/events?/?(?:[?#].*)?$", "rss", "", 0.7),
    AddressRule("WordPress", rf"{_HOST}(?:/[\w-]+)?/feed/?(?:[?#].*)?$", "rss", "", 0.4),
)  # fmt: skip

# Calendars that people keep and publish: support.google.com/calendar/answer/37083,
# support.microsoft.com (publish a calendar), calendar.teamup.com/kb (iCalendar feeds),
# tockify.com/i/docs, trumba.com/help/api/customfeedurls.aspx, docs.nextcloud.com (groupware).
CALENDARS = (
    AddressRule(
        "Google Calendar",
        r"(?:calendar|www)\.google\.com/calendar/ical/[^/?#]+/public/",
        "ical",
        confidence=0.95,
    ),
    AddressRule(
        "Google Calendar",
        r"(?:calendar|www)\.google\.com/calendar/(?:u/\d+/|b/\d+/)?(?:html)?embed\?(?:[^#]*?&)?src=([^&#]+)",
        "ical",
        r"calendar.google.com/calendar/ical/\1/public/basic.ics",
    ),
    AddressRule(
        "Outlook",
        r"(outlook\.(?:office365?|live)\.com/owa/calendar/[^/?#]+/[^/?#]+(?:/[^/?#]+)?)/(?:calendar|index)\.html",
        "ical",
        r"\1/calendar.ics",
    ),
    AddressRule("iCloud", r"p\d+-cal\w+\.icloud\.com/published/2/", "ical", confidence=0.95),
    AddressRule(
        "Nextcloud",
        r"([^/?#]+(?:/index\.php)?)/apps/calendar/(?:p|embed)/([\w-]+)",
        "ical",
        r"\1/remote.php/dav/public-calendars/\2?export",
        0.85,
    ),
    AddressRule("Nextcloud", rf"{_PAGE}/remote\.php/dav/public-calendars/[\w-]+/?\?export", "ical"),
    AddressRule("Teamup", r"ics\.teamup\.com/feed/", "ical", confidence=0.95),
    AddressRule("Teamup", r"ics\.teamup\.com/(ks\w{14,})/?$", "ical", r"ics.teamup.com/feed/\1/0.ics"),
    AddressRule(
        "Teamup", r"(?:www\.)?teamup\.com/(?:c/)?(ks\w{14,})", "ical", r"ics.teamup.com/feed/\1/0.ics"
    ),
    AddressRule("Tockify", r"(?:www\.)?tockify\.com/api/feeds/ics/[^/?#]+", "ical", "", 0.95),
    AddressRule(
        "Tockify",
        r"(?:www\.)?tockify\.com/(?!(?:api|i|blog|tkf2|auth|login|public)(?:[/?#]|$))([\w.-]+)",
        "ical",
        r"tockify.com/api/feeds/ics/\1",
        0.85,
    ),
    AddressRule(
        "Trumba",
        r"(?:www\.)?trumba\.com/calendars/([\w-]+)(?:\.(?:ics|rss|xml|json|csv))?",
        "ical",
        r"www.trumba.com/calendars/\1.ics",
        0.95,
    ),
    AddressRule(
        "Trumba",
        r"(?:www\.)?trumba\.com/s\.aspx\?(?:[^#]*?&)?calendar=([\w-]+)",
        "ical",
        r"www.trumba.com/calendars/\1.ics",
        0.85,
    ),
    AddressRule("Gancio", rf"{_PAGE}/feed/ics(?:[/?#]|$)", "ical", confidence=0.9),
    AddressRule("Gancio", r"([^/?#]+)/feed/rss(/[^?#]*)?$", "ical", r"\1/feed/ics\2", 0.6),
    AddressRule(
        "Mobilizon", r"([^/?#]+/@[\w.@-]+)/(?:events|feed)(?:[/?#]|$)", "ical", r"\1/feed/ics", 0.85
    ),
    AddressRule(
        "Squarespace", rf"{_PAGE}\?(?:[^#]*&)?format=json{_END}", "squarespace", r"\1", 0.75
    ),
)  # fmt: skip

# Groups and tickets: help.meetup.com, indico.docs.cern.ch, docs.pretix.eu; ticket shops mark their
# lists up with schema.org.
GROUPS = (
    AddressRule(
        "Meetup",
        r"(?:www\.)?meetup\.com/(?:[a-z]{2}-[A-Z]{2}/)?"
        r"(?!(?:find|topics|cities|home|help|about|apps|blog|lp|pro|login|register|media|members"
        r"|messages|account|start|your-events|events|[a-z]{2}-[A-Z]{2})(?:[/?#]|$))([^/?#]+)",
        "ical",
        r"www.meetup.com/\1/events/ical/",
        0.95,
    ),
    AddressRule("DICE", r"(?:www\.)?dice\.fm/(?:venue|promoters?|artist|browse)/", "schema_org"),
    AddressRule("See Tickets", r"(?:www\.|wl\.)?seetickets\.(?:com|us)/", "schema_org", "", 0.7),
    AddressRule("OutSavvy", r"(?:www\.)?outsavvy\.com/(?:organiser|event)/", "schema_org"),
    AddressRule("pretix", r"pretix\.eu/([\w.-]+)/?$", "ical", r"pretix.eu/\1/events/ical/", 0.7),
    AddressRule(
        "Indico", r"(indico\.[^/?#]+)/category/(\d+)(?:[/?#]|$)", "ical", r"\1/category/\2/events.ics", 0.8
    ),
    AddressRule("CiviCRM", rf"{_PAGE}/civicrm/event/ical\?", "ical", confidence=0.9),
    AddressRule(
        "MembershipWorks",
        r"api\.membershipworks\.com/v2/events\?(?:[^#]*&)?org=(\d+)",
        "ical",
        r"api.membershipworks.com/v2/events?_op=ics&org=\1",
        0.85,
    ),
    AddressRule("MembershipWorks", r"api\.membershipworks\.com/v2/events\?(?:[^#]*&)?_op=ics", "ical"),
    AddressRule(
        "Wild Apricot", r"([^/?#]+\.wildapricot\.org)/(?:[Ee]vents?)?/?$", "rss", r"\1/events/RSS", 0.7
    ),
    AddressRule("Wild Apricot", r"[^?#]+/[Ee]vents?/RSS/?(?:[?#].*)?$", "rss", confidence=0.85),
)  # fmt: skip

# Campus, library, town, school and chamber: developer.localist.com, ask.springshare.com/libcal,
# support.livewhale.com, engage support (CampusLabs), civicplus.help (iCalendar, RSS), Granicus,
# SIDEARM, Finalsite, GrowthZone.
INSTITUTIONS = (
    AddressRule("LiveWhale", r"[^/?#]+/live/ical/events(?:[/?#]|$)", "ical", confidence=0.95),
    AddressRule(
        "LiveWhale",
        r"([^/?#]+)/live/(?:rss|json(?:/v\d)?|calendar)/events([^?#]*)",
        "ical",
        r"\1/live/ical/events\2",
        0.85,
    ),
    AddressRule(
        "Localist",
        r"(?:calendar|events?)\.[^/?#]+/(?:calendar(?:/\d+)?|[\w/-]+/calendar|search/events(?:\.ics)?)\.ics",
        "ical",
        confidence=0.95,
    ),
    AddressRule("Localist", r"([^/?#]+)/calendar\.xml(?:[?#].*)?$", "ical", r"\1/calendar.ics", 0.8),
    AddressRule("Localist", r"([^/?#]+\.localist\.com)(?:[/?#]|$)", "ical", r"\1/calendar.ics", 0.85),
    AddressRule(
        "LibCal", r"(?:[\w-]+\.)?libcal\.[^/?#]+/ical_(?:subscribe|featured)\.php", "ical", confidence=0.95
    ),
    AddressRule("LibCal", r"(?:[\w-]+\.)?libcal\.[^/?#]+/rss\.php", "rss", confidence=0.85),
    AddressRule(
        "LibCal",
        r"((?:[\w-]+\.)?libcal\.[^/?#]+)/(?:calendars?|rss\.php)[^?#]*\?(?:[^#]*?&)?cid=(\d+)",
        "ical",
        r"\1/ical_subscribe.php?src=p&cid=\2",
    ),
    AddressRule(
        "BiblioCommons",
        r"gateway\.bibliocommons\.com/v2/libraries/([\w-]+)/(?:rss/)?events",
        "rss",
        r"gateway.bibliocommons.com/v2/libraries/\1/rss/events",
        0.8,
    ),
    AddressRule(
        "BiblioCommons",
        r"(?!gateway\.)([\w-]+)\.bibliocommons\.com/(?:v2/)?events",
        "rss",
        r"gateway.bibliocommons.com/v2/libraries/\1/rss/events",
        0.8,
    ),
    AddressRule(
        "Communico", r"[^/?#]+/feeds\?data=eyJmZWVkVHlwZSI6ImljYWwi", "ical", confidence=0.95
    ),
    AddressRule("Communico", r"[^/?#]+/feeds\?data=eyJmZWVkVHlwZSI6InJzcyI", "rss", "", 0.9),
    AddressRule(
        "Communico", r"([\w-]+\.libnet\.info)(?:/events?)?/?$", "ical", rf"\1/feeds?data={_COMMUNICO}", 0.85
    ),
    AddressRule(
        "CampusLabs Engage",
        r"([^/?#]+\.campuslabs\.com)/engage(?:[/?#]|$)",
        "ical",
        r"\1/engage/events.ics",
        0.95,
    ),
    AddressRule(
        "CivicPlus", r"[^?#]+/(?i:iCalendar\.aspx)\?(?:[^#]*&)?(?i:feed=calendar)", "ical", "", 0.95
    ),
    AddressRule(
        "CivicPlus",
        r"([^/?#]+)/(?i:calendar\.aspx)\?(?:[^#]*?&)?(?i:CID)=(\d+)",
        "ical",
        r"\1/common/modules/iCalendar/iCalendar.aspx?catID=\2&feed=calendar",
        0.85,
    ),
    AddressRule(
        "CivicPlus",
        r"([^/?#]+)/(?i:calendar\.aspx)/?$",
        "rss",
        r"\1/RSSFeed.aspx?ModID=58&CID=All-calendar.xml",
        0.85,
    ),
    AddressRule("CivicPlus", r"[^?#]+/(?i:RSSFeed\.aspx)\?(?:[^#]*&)?ModID=58", "rss", "", 0.85),
    AddressRule("Legistar", r"[\w-]+\.legistar\.com/Feed\.ashx\?", "rss", confidence=0.7),
    AddressRule("eGov", r"[^?#]+/calendar\.egov\?(?:[^#]*&)?view=ical", "ical", "", 0.95),
    AddressRule("Finalsite", rf"{_HOST}/fs/calendar-manager/events\.ics", "ical", "", 0.95),
    AddressRule(
        "SIDEARM", r"[^/?#]+/api/v2/Calendar/subscribe\?(?:[^#]*&)?type=ics", "ical", "", 0.95
    ),
    AddressRule(
        "SIDEARM",
        r"([^/?#]+)/calendar\.ashx(?:[/?#]|$)",
        "ical",
        r"\1/calendar.ashx/calendar.ics",
        0.95,
    ),
    AddressRule("BoardDocs", r"[^?#]+/Board\.nsf/XML-", "boarddocs", confidence=0.9),
    AddressRule("Ticketsolve", r"([\w-]+\.ticketsolve\.com)(?:[/?#]|$)", "ticketsolve", r"\1/shows.xml"),
    AddressRule(
        "GrowthZone", r"((?:business|members?|chamber|web)\.[^/?#]+)/api/events", "growthzone", r"\1/events", 0.6
    ),
    AddressRule(
        "GrowthZone", r"(?:business|members?|chamber)\.[^/?#]+/events", "growthzone", "", 0.6
    ),
    AddressRule("WebLink", r"[^?#]+\.aspx\?(?:[^#]*&)?rss=true", "rss", confidence=0.75),
)  # fmt: skip

# Of equally certain rules the first names the platform, so the bare formats come last.
PUBLISHERS = (*WORDPRESS, *CALENDARS, *GROUPS, *INSTITUTIONS, *OPEN_FORMATS)
