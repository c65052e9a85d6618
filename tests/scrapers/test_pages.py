"""Where a page leads: every rule over a small page in the platform's true shape."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.base import Document, Feed, ParseError
from scrapers.pages import MAX_FEEDS, leads

URL = "https://harborfalls.example/about/"
PLUGIN = '<link rel="stylesheet" href="{}/wp-content/plugins/{}/style.css">'


def page(body: str, url: str = URL) -> Document:
    content = f"<!doctype html><html><head><title>Harbor Falls</title></head><body>{body}"
    return Document(url, content.encode(), datetime(2026, 11, 24, tzinfo=UTC))


def found(body: str, url: str = URL) -> tuple[Feed, ...]:
    return leads(page(body, url)).feeds


def first(body: str, url: str = URL) -> tuple[str, str, str]:
    feed = found(body, url)[0]
    return feed.url, feed.scraper, feed.basis


@pytest.mark.parametrize(
    ("kind", "scraper"),
    [("text/calendar", "ical"), ("application/rss+xml", "rss"), ("application/atom+xml", "rss")],
)
def test_an_alternate_is_a_feed(kind: str, scraper: str) -> None:
    link = f'<link rel="alternate" type="{kind}" title="Events" href="/feeds/1">'
    assert first(link) == ("https://harborfalls.example/feeds/1", scraper, "link")


def test_a_feed_of_comments_or_of_another_language_is_none() -> None:
    assert not found(
        '<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">'
        '<link rel="alternate" hreflang="fr" href="https://fr.eventbrite.ca/o/guild-1">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/84">'
    )


def test_a_feed_of_events_comes_before_one_of_news() -> None:
    kind = 'rel="alternate" type="application/rss+xml"'
    feeds = found(
        f'<link {kind} title="Posts" href="/feed/"><link {kind} title="Events" href="/x/feed/">'
    )
    assert [feed.url.rpartition(".example")[2] for feed in feeds] == ["/x/feed/", "/feed/"]


@pytest.mark.parametrize(
    ("link", "feed"),
    [
        ("webcal://guild.example/cal", "https://guild.example/cal"),
        ("/calendar/all.ics", "https://harborfalls.example/calendar/all.ics"),
        (
            "https://www.google.com/calendar/render?cid=webcal%3A%2F%2Fguild.example%2F%3Fical%3D1",
            "https://guild.example/?ical=1",
        ),
        (
            "https://outlook.office.com/owa?path=/calendar/action/compose&amp;url=webcal%3A%2F%2Fguild.example%2Fcal.ics",
            "https://guild.example/cal.ics",
        ),
        (
            "https://calendar.google.com/calendar/u/0?cid=" + b64encode(b"guild@group.calendar.google.com").decode(),
            "https://calendar.google.com/calendar/ical/guild%40group.calendar.google.com/public/basic.ics",
        ),
        ("https://www.meetup.com/harbor-makers/", "https://www.meetup.com/harbor-makers/events/ical/"),
    ],
)  # fmt: skip
def test_a_link_to_a_calendar_is_a_feed(link: str, feed: str) -> None:
    assert first(f'<a href="{link}">Subscribe</a>') == (feed, "ical", "link")


@pytest.mark.parametrize(
    "link",
    [
        "webcal://guild.example/\u202eslac.ics",
        "webcal://guild.example/a b.ics",
        "webcal:///a.ics",
        "https://www.google.com/calendar/render?cid=webcal%3A%2F%2Fguild.example%2F%E2%80%AEics",
    ],
)
def test_a_calendar_whose_address_may_not_be_shown_is_none(link: str) -> None:
    """A right-to-left mark turns the address around, on the page and in a terminal."""
    assert found(f'<a href="{link}">subscribe</a>') == ()


def test_a_link_that_shares_the_page_is_none() -> None:
    assert not found('<a href="https://www.facebook.com/sharer.php?url=https://x.example/">x</a>')


def test_downloads_of_single_events_come_last_and_are_few() -> None:
    links = "".join(f'<a href="/events/{n}.ics">Add</a>' for n in range(30))
    feeds = found(f'{links}<a href="/events/">All events</a>')
    assert (feeds[0].basis, len(feeds)) == ("page", 4)
    assert {feed.confidence for feed in feeds[1:]} == {0.25}


GOOGLE = "https://calendar.google.com/calendar/ical/{}%40group.calendar.google.com/public/basic.ics"


def test_every_calendar_of_a_google_iframe_is_a_feed() -> None:
    hidden = b64encode(b"two@group.calendar.google.com").decode().rstrip("=")
    feeds = found(
        '<iframe src="//calendar.google.com/calendar/embed?mode=WEEK&amp;'
        f'src=one%40group.calendar.google.com&amp;src={hidden}&amp;src=nothing&amp;ctz=America%2FChicago">'
    )
    assert [feed.url for feed in feeds] == [GOOGLE.format("one"), GOOGLE.format("two")]
    assert {(feed.platform, feed.basis) for feed in feeds} == {("Google Calendar", "embed")}


@pytest.mark.parametrize(
    ("body", "platform", "feed"),
    [
        (
            '<iframe src="https://outlook.office365.com/owa/calendar/guild@x.example/abc/calendar.html">',
            "Outlook",
            "https://outlook.office365.com/owa/calendar/guild@x.example/abc/calendar.ics",
        ),
        (
            '<iframe data-src="https://teamup.com/ks8a1b2c3d4e5f6g7h?view=a">',
            "Teamup",
            "https://ics.teamup.com/feed/ks8a1b2c3d4e5f6g7h/0.ics",
        ),
        (
            '<div data-tockify-component="calendar" data-tockify-calendar="the.guild"></div>',
            "Tockify",
            "https://tockify.com/api/feeds/ics/the.guild",
        ),
        (
            '<script>\n$Trumba.addSpud({\n webName: "harbor-falls", spudType : "main" });</script>',
            "Trumba",
            "https://www.trumba.com/calendars/harbor-falls.ics",
        ),
        (
            '<script src="https://events.college.example/widget/view?schools=college&amp;days=30"></script>',
            "Localist",
            "https://events.college.example/calendar.ics",
        ),
        (
            '<script src="https://api3.libcal.com/api_events.php?iid=335&amp;m=week&amp;cid=659"></script>',
            "LibCal",
            "https://api3.libcal.com/ical_subscribe.php?src=p&cid=659",
        ),
        (
            '<div id="SFctr" class="SF" data-org="31593" data-ini="!calendar"></div>',
            "MembershipWorks",
            "https://api.membershipworks.com/v2/events?_op=ics&org=31593",
        ),
        (
            "<script>x({events: {googleCalendarId: 'one@group.calendar.google.com'}})</script>",
            "Google Calendar",
            GOOGLE.format("one"),
        ),
        (
            '<iframe src="https://lu.ma/embed/calendar/cal-Ab12/events"></iframe>',
            "Luma",
            "https://api.lu.ma/ics/get?entity=calendar&id=cal-Ab12",
        ),
    ],
)  # fmt: skip
def test_an_embedded_calendar_is_a_feed(body: str, platform: str, feed: str) -> None:
    best = found(body)[0]
    assert (best.url, best.scraper, best.platform, best.basis) == (feed, "ical", platform, "embed")


@pytest.mark.parametrize(
    ("body", "platform", "path"),
    [
        (PLUGIN.format("", "the-events-calendar"), "The Events Calendar", "/?post_type=tribe_events&ical=1&eventDisplay=list"),
        (PLUGIN.format("", "modern-events-calendar-lite"), "Modern Events Calendar", "/?mec-ical-feed=1"),
        (PLUGIN.format("", "my-calendar"), "My Calendar", "/?feed=my-calendar-ics"),
        (PLUGIN.format("", "events-manager"), "Events Manager", "/events.ics"),
        (PLUGIN.format("", "event-organiser"), "Event Organiser", "/?feed=eo-events"),
        (PLUGIN.format("", "all-in-one-event-calendar"), "All-in-One Event Calendar", "/?plugin=all-in-one-event-calendar&controller=ai1ec_exporter_controller&action=export_events&no_html=true"),
        ('<meta name="generator" content="LiveWhale Calendar"/>', "LiveWhale", "/live/ical/events"),
        ('<img src="https://images.localist.com/a.png">', "Localist", "/calendar.ics"),
        ('<a href="https://www.civicplus.com">Government Websites by CivicPlus</a>', "CivicPlus", "/common/modules/iCalendar/iCalendar.aspx?catID=14&feed=calendar"),
        ('Powered by <a href="http://www.wildapricot.com">Wild Apricot</a>', "Wild Apricot", "/events/RSS"),
    ],
)  # fmt: skip
def test_the_software_of_a_site_tells_where_its_feed_is(
    body: str, platform: str, path: str
) -> None:
    seen = leads(page(body))
    assert seen.platforms[0] == platform
    assert (seen.feeds[0].url, seen.feeds[0].basis) == (
        f"https://harborfalls.example{path}",
        "markup",
    )


@pytest.mark.parametrize(
    ("body", "platform"),
    [
        (PLUGIN.format("", "eventon-full-cal"), "EventON"),
        ('<script src="https://static1.squarespace.com/static/a.js"></script>', "Squarespace"),
        ('<meta name="generator" content="Wix.com Website Builder"/>', "Wix"),
        ('<img src="https://chambermaster.blob.core.windows.net/a.png">', "GrowthZone"),
        ('<img src="https://clubrunner.blob.core.windows.net/logo.png">', "ClubRunner"),
        ('<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" />', "Drupal"),
        ('<meta name="generator" content="WordPress 6.5" />', "WordPress"),
    ],
)
def test_a_site_is_known_by_its_marks(body: str, platform: str) -> None:
    assert leads(page(body)).platforms[0] == platform


def test_a_plugin_in_a_folder_tells_where_the_site_begins() -> None:
    body = PLUGIN.format("https://harborfalls.example/library", "my-calendar")
    assert first(body)[0] == "https://harborfalls.example/library/?feed=my-calendar-ics"
    foreign = PLUGIN.format("https://cdn.example", "my-calendar")
    assert first(foreign)[0] == "https://harborfalls.example/?feed=my-calendar-ics"


def test_a_site_that_begins_nowhere_is_still_known_by_its_software() -> None:
    body = '<link href="https://[/wp-content/plugins/the-events-calendar/x.css">'
    assert "The Events Calendar" in leads(page(body)).platforms


def test_the_sites_own_page_of_events_is_worth_a_look() -> None:
    feeds = found(
        '<a href="/whats-on/">See</a><a href="/gather#top">Upcoming Events</a>'
        '<a href="/events/open-mic-2026/">Open mic</a><a href="https://other.example/events">x</a>'
    )
    assert {feed.url.rpartition(".example")[2] for feed in feeds} == {
        "/whats-on/",
        "/gather",
    }
    assert {feed.basis for feed in feeds} == {"page"}


def test_a_saved_page_is_where_its_canonical_link_says() -> None:
    body = f'<link rel="canonical" href="{URL}"><a href="/a.ics">x</a>'
    seen = leads(page(body, "file:///saved.html"))
    assert (seen.address, seen.feeds[0].url) == (URL, "https://harborfalls.example/a.ics")


def test_an_address_counts_once_as_its_surest_finding() -> None:
    body = '<a href="/a.ics">x</a><link rel="alternate" type="text/calendar" href="/a.ics">'
    assert [feed.confidence for feed in found(body)] == [0.95]


def test_a_hostile_page_leads_to_no_more_than_the_limit() -> None:
    many = "".join(f'<iframe src="https://tockify.com/c{n}"></iframe>' for n in range(3000))
    assert len(found(many)) == MAX_FEEDS
    assert not found('<a href="javascript:alert(1)">x</a><a href="file:///etc/passwd.ics">x</a>')
    with pytest.raises(ParseError):
        leads(Document(URL, b"BEGIN:VCALENDAR", datetime(2026, 11, 24, tzinfo=UTC)))


@given(st.text(max_size=300))
def test_any_address_in_any_attribute_is_borne(text: str) -> None:
    quoted = text.replace('"', "")
    found(
        f'<a href="{quoted}">x</a><iframe src="https://calendar.google.com/calendar/embed?src={quoted}">'
        f'<link rel="alternate" type="text/calendar" href="//{quoted}"><script src="{quoted}"></script>'
    )
