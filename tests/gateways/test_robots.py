"""robots.txt (RFC 9309): asked once a day, honoured, never a reason to lose a source for good."""

import asyncio
from typing import Any

import pytest

from app.errors import FetchError
from app.gateways.http import FetchRequest
from app.gateways.robots import LIFETIME, Robots
from tests.gateways.fetching import NOW, client, fetch, refusal
from tests.servers import Names, Server, head, raw, redirect, reply

FEED = reply(b"BEGIN:VCALENDAR")


def rules(text: str) -> Any:
    return reply(text.encode(), content_type="text/plain")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /private", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: GoMeetPeople\nDisallow: /feed.ics", False),
        ("User-agent: gomeetpeople\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: GoMeetPeople\nAllow: /", True),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*.ics$", False),
        ("", True),
        ("<html>not robots at all</html>", True),
        ("\x00\xff garbage: :", True),
    ],
)
def test_rules_are_honoured(text: str, allowed: bool) -> None:
    with (
        Server({"/robots.txt": rules(text), "/feed.ics": FEED}) as server,
        client(server, respect_robots=True) as built,
    ):
        if allowed:
            assert fetch(built, server.url("/feed.ics")).status == "ok"
        else:
            error = refusal(built, server.url("/feed.ics"))
            assert error.outcome == "blocked"
            assert "robots.txt" in str(error)
    assert server.paths == ["/robots.txt", "/feed.ics"][: 1 + allowed]


def test_the_setting_switches_it_off() -> None:
    routes = {"/robots.txt": rules("User-agent: *\nDisallow: /"), "/feed.ics": FEED}
    with Server(routes) as server, client(server, respect_robots=False) as built:
        fetch(built, server.url("/feed.ics"))
    assert server.paths == ["/feed.ics"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_missing_robots_allows_all(status: int) -> None:
    with (
        Server({"/robots.txt": reply(status=status), "/feed.ics": FEED}) as server,
        client(server, respect_robots=True) as built,
    ):
        assert fetch(built, server.url("/feed.ics")).status == "ok"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failing_robots_is_temporary_and_asked_again(status: int) -> None:
    with (
        Server({"/robots.txt": reply(status=status), "/feed.ics": FEED}) as server,
        client(server, respect_robots=True) as built,
    ):
        for _ in range(2):
            assert refusal(built, server.url("/feed.ics")).outcome == "temporary"
    assert server.paths == ["/robots.txt"] * 2


def test_it_is_fetched_once_for_many_sources_of_an_origin() -> None:
    async def many(urls: list[str]) -> None:
        await asyncio.gather(*(built.fetch(FetchRequest(url, NOW)) for url in urls))

    routes = {"/robots.txt": raw(head(404, [("content-length", "0")]), pause=0.05)}
    with (
        Server({**routes, **{f"/{n}": FEED for n in range(8)}}) as server,
        client(server, respect_robots=True) as built,
    ):
        asyncio.run(many([server.url(f"/{n}") for n in range(8)]))
    assert server.paths.count("/robots.txt") == 1


def test_it_goes_through_the_same_door() -> None:
    names = Names({"a.test": ["127.0.0.1"], "b.test": ["10.0.0.1"]})
    with (
        Server({"/robots.txt": redirect("http://b.test/robots.txt"), "/": FEED}) as server,
        client(server, names=names, respect_robots=True) as built,
    ):
        error = refusal(built, server.url(host="a.test"))
    assert error.outcome == "temporary"
    assert "10.0.0.1" in error.detail


def test_every_hop_is_asked_for() -> None:
    forbidding = {"/robots.txt": rules("User-agent: *\nDisallow: /"), "/": FEED}
    names = Names({"b.test": ["127.0.0.1"]})
    with (
        Server(forbidding) as second,
        Server({"/": redirect(second.url(host="b.test"))}) as first,
        client(first, second, names=names, respect_robots=True) as built,
    ):
        assert refusal(built, first.url()).outcome == "blocked"
    assert second.paths == ["/robots.txt"]


def test_rules_are_kept_a_day() -> None:
    now, loads = [0.0], []

    async def load(url: str) -> bytes:
        loads.append(url)
        return b"User-agent: *\nDisallow: /x"

    async def ask(robots: Robots) -> bool:
        return await robots.allow("https://a.test", "https://a.test/x", load)

    robots = Robots(clock=lambda: now[0])
    for instant in (0.0, LIFETIME - 1, LIFETIME):
        now[0] = instant
        assert not asyncio.run(ask(robots))
    assert loads == ["https://a.test/robots.txt"] * 2


def test_hostile_rules_cost_little() -> None:
    async def load(url: str) -> bytes:
        return b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*b$\n" * 100_000

    async def ask() -> bool:
        url = "https://a.test/" + "a" * 2000
        return await asyncio.wait_for(Robots().allow("https://a.test", url, load), 5)

    assert asyncio.run(ask())


def test_refused_robots_of_a_broken_server_is_no_rule() -> None:
    async def load(url: str) -> bytes:
        raise FetchError("too_large", "too large")

    assert asyncio.run(Robots().allow("https://a.test", "https://a.test/", load))
