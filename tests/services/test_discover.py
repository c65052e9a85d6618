"""Discovery over the network: what is asked of a site, and what is believed of its answers."""

import asyncio
import gc
import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.find.discover import PER_SITE
from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services import discover as module
from app.services.discover import MAX_REQUESTS, Discovery, discover, known_source, look_through
from app.services.resources import Resources
from app.settings import Settings
from scrapers.base import Document
from tests.conftest import NOW
from tests.seed import add_source
from tests.servers import (
    Behaviour,
    Names,
    Request,
    Send,
    Server,
    endless,
    head,
    redirect,
    reply,
    silent,
)


def calendar(*names: str, zone: str = "America/New_York") -> bytes:
    """A calendar with an event a day for each name, at seven in the evening."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{name}@harborfalls.example\r\nDTSTAMP:20261101T000000Z\r\n"
        f"DTSTART;TZID={zone}:{NOW + timedelta(days=n):%Y%m%d}T190000\r\nSUMMARY:{name}\r\n"
        "END:VEVENT\r\n"
        for n, name in enumerate(names, 1)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


def page(body: str = "", *names: str) -> Behaviour:
    """A page, with an event in JSON-LD for each name."""
    events = "".join(
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Event",'
        f'"name":"{name}","startDate":"{NOW + timedelta(days=n):%Y-%m-%d}T19:00:00-05:00"}}</script>'
        for n, name in enumerate(names, 1)
    )
    return reply(f"<!doctype html><html><body>{body}{events}".encode(), content_type="text/html")


ICAL = reply(calendar("Mixer", "Guild supper", "Open mic"), content_type="text/calendar")
LINK = '<link rel="alternate" type="text/calendar" href="{}">'


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    found = Client(settings.model_copy(update={"fetch_connect_timeout": 1}))
    yield found
    found.close()


def ask(client: Client, sandbox: Sandbox, address: str, **more: Any) -> Discovery:
    return asyncio.run(discover(client, sandbox, address, now=NOW, **more))


def paths(found: Discovery) -> list[str]:
    return ["/" + trial.lasting_url.split("/", 3)[3] for trial in found.found]


def test_a_page_leads_to_the_feed_it_names(client: Client, sandbox: Sandbox) -> None:
    with Server({"/club": page(LINK.format("/all.ics")), "/all.ics": ICAL}) as server:
        found = ask(client, sandbox, server.url("/club"))
    assert paths(found) == ["/all.ics"]
    best = found.found[0]
    assert (best.scraper, len(best.listings), best.title) == ("ical", 3, "")
    assert [trial.refused for trial in found.tried] == ["No events were found on this page."]
    assert found.message == "Found 3 coming events."


def test_B15_the_preview_stands_on_the_clock_of_the_place(client: Client, sandbox: Sandbox) -> None:
    floating = calendar("Mixer").replace(b";TZID=America/New_York", b"")
    with Server({"/a.ics": reply(floating)}) as server:
        found = ask(client, sandbox, server.url("/a.ics"), time_zone="America/Chicago")
    shown = found.found[0].preview[0]
    assert f"{shown.start:%H:%M %Z}" == "19:00 CST"


def test_a_feed_is_found_at_once_and_nothing_else_is_asked(
    client: Client, sandbox: Sandbox
) -> None:
    with Server({"/a.ics": ICAL}) as server:
        found = ask(client, sandbox, server.url("/a.ics"))
    assert server.paths == ["/robots.txt", "/a.ics"]
    assert found.found[0].feed.platform == "iCalendar"


@pytest.mark.parametrize("typed", ["  {} ", "<{}>", "{} our calendar", "({})", "{}."])
def test_A9_an_address_is_taken_as_it_was_pasted(
    client: Client, sandbox: Sandbox, typed: str
) -> None:
    with Server({"/a.ics": ICAL}) as server:
        found = ask(client, sandbox, typed.format(server.url("/a.ics")))
    assert (paths(found), found.address) == (["/a.ics"], server.url("/a.ics"))


def test_an_address_without_a_scheme_is_tried_without_tls_too(
    client: Client, sandbox: Sandbox
) -> None:
    with Server({"/a.ics": ICAL}) as server:
        found = ask(client, sandbox, server.url("/a.ics").removeprefix("http://"))
    gc.collect()
    assert (paths(found), found.address) == (["/a.ics"], server.url("/a.ics"))


def test_a_site_that_does_not_answer_is_asked_once(client: Client, sandbox: Sandbox) -> None:
    with Server({"/robots.txt": reply(status=503)}) as server:
        found = ask(client, sandbox, server.url("/about"))
    assert (server.paths, found.message) == (["/robots.txt"], "The site did not answer.")


def test_A10_feeds_that_differ_in_the_query_alone_are_two(client: Client, sandbox: Sandbox) -> None:
    async def by_query(request: Any, send: Any) -> None:
        name = request.path[-1]
        await reply(calendar(f"Concert {name}", f"Play {name}"))(request, send)

    links = LINK.format("/cal.ics?id=1") + LINK.format("/cal.ics?id=2")
    with Server({"/": page(links), "/cal.ics": by_query}) as server:
        found = ask(client, sandbox, server.url())
    assert sorted(paths(found)) == ["/cal.ics?id=1", "/cal.ics?id=2"]
    assert {trial.same_as for trial in found.found} == {""}


def test_the_sites_own_page_of_events_is_followed_to_its_calendar(
    client: Client, sandbox: Sandbox
) -> None:
    inner = page('<iframe src="/embed/all.ics"></iframe>')
    routes = {"/": page('<a href="/gather">Events</a>'), "/gather": inner, "/embed/all.ics": ICAL}
    with Server(routes) as server:
        found = ask(client, sandbox, server.url())
    assert paths(found) == ["/embed/all.ics"]


def test_a_page_without_events_says_so_and_what_was_tried(client: Client, sandbox: Sandbox) -> None:
    with Server({"/": page("Nothing here.")}) as server:
        found = ask(client, sandbox, server.url())
    assert not found.found
    assert found.message.startswith("No events were found: 5 addresses")
    assert found.tried[0].feed.url == server.url()
    assert len(server.requests) <= PER_SITE


def test_no_site_is_asked_more_than_eight_times(client: Client, sandbox: Sandbox) -> None:
    links = "".join(LINK.format(f"/{n}.ics") for n in range(30))
    with Server({"/": page(links)}) as server:
        found = ask(client, sandbox, server.url())
    assert len(server.requests) == PER_SITE
    assert "asked often enough" in found.tried[-1].refused


def test_redirects_count_as_requests(client: Client, sandbox: Sandbox) -> None:
    links = "".join(LINK.format(f"/{n}.ics") for n in range(30))
    routes = {"/": page(links), **{f"/{n}.ics": redirect(f"/{n}") for n in range(30)}}
    with Server(routes) as server:
        ask(client, sandbox, server.url())
    assert len(server.requests) == PER_SITE


def test_many_hosts_are_one_question(settings: Settings, sandbox: Sandbox) -> None:
    """A page names as many hosts as it likes, each of which leads to a further one."""
    numbers = itertools.count()

    async def everywhere(request: Request, send: Send) -> None:
        host = f"h{next(numbers)}.harborfalls.example:{server.port}"
        links = "".join(LINK.format(f"http://l{n}.{host}/a.ics") for n in range(40))
        answers = {"/": page(links), "/robots.txt": reply(status=404)}
        await answers.get(request.path, redirect(f"http://{host}/b.ics"))(request, send)

    async def anywhere(host: str) -> list[str]:
        return ["127.0.0.1"] if host else []

    client = Client(settings, resolver=anywhere)
    with Server(everywhere) as server:
        found = ask(client, sandbox, server.url("/", "harborfalls.example"))
    client.close()
    assert len(server.requests) == MAX_REQUESTS
    assert found.found == ()
    assert any("of all sites together" in trial.refused for trial in found.tried)


def test_a_site_without_tls_leaves_no_socket_open(client: Client, sandbox: Sandbox) -> None:
    """Its server waits for the rest of what it takes for a request; a leak fails every test run."""
    with Server({}) as server:
        found = ask(client, sandbox, server.url("/").replace("http:", "https:"))
    gc.collect()
    assert found.message == "The site did not answer."


def test_robots_are_respected(client: Client, sandbox: Sandbox) -> None:
    rules = reply(b"User-agent: *\nDisallow: /private", content_type="text/plain")
    routes = {
        "/": page(LINK.format("/private.ics")),
        "/private.ics": ICAL,
        "/robots.txt": rules,
    }
    with Server(routes) as server:
        found = ask(client, sandbox, server.url())
    assert "/private.ics" not in server.paths
    assert "robots.txt" in found.tried[1].refused


def test_A8_a_home_page_behind_every_path_is_no_feed(client: Client, sandbox: Sandbox) -> None:
    home = page("Welcome", "Mixer", "Open mic")

    async def catch_all(request: Any, send: Any) -> None:
        known = request.path in ("/", "/about")
        answer = home if request.path == "/" else page() if known else redirect("/")
        await answer(request, send)

    with Server(catch_all) as server:
        found = ask(client, sandbox, server.url("/about"))
    assert [trial.url for trial in found.found] == [server.url()]


def test_A8_the_same_page_with_200_behind_every_path_is_no_feed(
    client: Client, sandbox: Sandbox
) -> None:
    with Server(page(LINK.format("/cal.ics") + '<a href="/gather">Events</a>', "Mixer")) as server:
        found = ask(client, sandbox, server.url())
    assert [trial.url for trial in found.found] == [server.url()]
    assert "A web page answers there, not a feed." in {trial.refused for trial in found.tried}


def test_A7_two_addresses_that_lead_to_one_feed_are_one(client: Client, sandbox: Sandbox) -> None:
    links = LINK.format("/all.ics") + LINK.format("/old.ics")
    routes = {"/": page(links), "/all.ics": ICAL, "/old.ics": redirect("/all.ics", 301)}
    with Server(routes) as server:
        found = ask(client, sandbox, server.url())
    assert paths(found) == ["/all.ics"]
    assert "read already" in found.tried[1].refused


def test_A7_a_feed_that_moved_to_a_known_source_is_that_source(
    world: Resources, person: object
) -> None:
    routes = {"/all.ics": ICAL, "/old.ics": redirect("/all.ics")}
    with Server(routes) as server:
        source_id = add_source(world, url=server.url("/all.ics"))
        found = ask(world.client, world.sandbox, server.url("/old.ics"))
        with world.database.read() as session:
            row = known_source(session, found.found[0])
    assert row is not None
    assert row.id == source_id


def test_a_failing_candidate_costs_itself_alone(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_DEADLINE", 0.5)
    bomb = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + "&a;" * 999
    billion = (bomb + '">]><rss><channel><item><title>&b;</title></item></channel></rss>').encode()
    paths_ = ("/slow.ics", "/gone.ics", "/laughs.ics", "/all.ics")
    routes = {
        "/": page("".join(map(LINK.format, paths_))),
        "/slow.ics": silent(),
        "/gone.ics": reply(status=410),
        "/laughs.ics": reply(billion, content_type="application/rss+xml"),
        "/all.ics": ICAL,
    }
    with Server(routes) as server:
        found = ask(client, sandbox, server.url())
    assert paths(found) == ["/all.ics"]
    refused = {trial.feed.url.rpartition("/")[2]: trial.refused for trial in found.tried}
    assert refused["slow.ics"] == "The site did not answer."
    assert "gone for good" in refused["gone.ics"]
    assert refused["laughs.ics"].startswith("This is not an event document")


def test_a_huge_page_is_given_up(settings: Settings, sandbox: Sandbox) -> None:
    small = Client(settings.model_copy(update={"fetch_wire_limit": 200_000}))
    start = head(200, [("content-type", "text/html")]) + b"<html>"
    try:
        with Server({"/": endless(start, b"<p>x" * 4096)}) as server:
            found = ask(small, sandbox, server.url())
    finally:
        small.close()
    assert "too large" in found.tried[0].refused


def test_what_is_known_counts_when_the_time_is_up(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DEADLINE", 1.5)
    links = LINK.format("/all.ics") + LINK.format("/slow.ics")
    with Server({"/": page(links), "/all.ics": ICAL, "/slow.ics": silent()}) as server:
        found = ask(client, sandbox, server.url())
    assert paths(found) == ["/all.ics"]
    assert "ended early" in found.message


def test_S01_an_address_that_may_not_be_fetched_is_refused(
    client: Client, sandbox: Sandbox
) -> None:
    for text in ("http://10.0.0.1/", "file:///etc/passwd", "http://intranet/", ""):
        with pytest.raises(Invalid):
            ask(client, sandbox, text)


def test_S14_a_page_cannot_send_us_into_the_network_behind(
    settings: Settings, sandbox: Sandbox
) -> None:
    names = Names({"inside.example": ["10.0.0.7"], "site.example": ["127.0.0.1"]})
    guarded = Client(settings, resolver=names)
    links = LINK.format("http://169.254.169.254/latest.ics") + LINK.format(
        "http://inside.example/a.ics"
    )
    try:
        with Server({"/": page(links)}) as server:
            found = ask(guarded, sandbox, server.url("/", "site.example"))
    finally:
        guarded.close()
    assert not found.found
    assert len(found.tried) >= 3


def test_S33_the_addresses_that_events_carry_are_not_fetched(
    client: Client, sandbox: Sandbox
) -> None:
    body = (
        '<script type="application/ld+json">{"@type":"Event","name":"Mixer","url":"/secret",'
        '"image":"/secret.png","startDate":"2026-12-01T19:00:00-05:00"}</script>'
    )
    with Server({"/": page(body)}) as server:
        ask(client, sandbox, server.url())
    assert not [path for path in server.paths if "secret" in path]


SAVED = f"<!doctype html><html><body>{LINK.format('/all.ics')}".encode()


def test_a_saved_page_is_looked_through_without_the_network(sandbox: Sandbox) -> None:
    found = look_through(sandbox, Document("https://club.example/events", SAVED, NOW))
    assert [(each.url, each.scraper, each.checked) for each in found.found] == [
        ("https://club.example/all.ics", "ical", False)
    ]
    assert found.tried[0].refused == "No events were found on this page."


def test_a_saved_feed_is_a_feed(sandbox: Sandbox, tmp_path: Path) -> None:
    url = (tmp_path / "a.ics").as_uri()
    found = look_through(sandbox, Document(url, calendar("Mixer"), NOW))
    assert (found.found[0].scraper, len(found.found[0].listings)) == ("ical", 1)
