"""Pasting any address over HTTP: candidates with a preview, nothing stored."""

from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

import pytest

from app.errors import Unavailable
from app.services.discover import IN_ALL, PER_PERSON, asking
from app.services.resources import Resources
from tests.api.conftest import Api, Caller
from tests.seed import add_source
from tests.servers import Server, redirect, reply

CALENDAR = b"""BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Harbor Falls Guild
BEGIN:VEVENT
UID:1@guild.example
DTSTART:20261203T180000
DTEND:20261203T200000
SUMMARY:Guild supper
LOCATION:Mariners' Hall
END:VEVENT
BEGIN:VEVENT
UID:2@guild.example
DTSTART:
SUMMARY:Nobody knows when
END:VEVENT
END:VCALENDAR
"""
PAGE = b'<!doctype html><html><link rel="alternate" type="text/calendar" href="/a.ics"></html>'
ROUTES = {
    "/": reply(PAGE, content_type="text/html"),
    "/a.ics": reply(CALENDAR),
    "/old.ics": redirect("/a.ics"),
}


def test_a_pasted_address_gives_candidates_with_a_preview(robin: Caller, world: Resources) -> None:
    with Server(ROUTES) as server:
        answer = robin("POST", "/api/v1/sources/discover", json={"url": f" {server.url()} hi"})
        address = server.url("/a.ics")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["message"], body["platforms"]) == ("Found 1 coming event.", [])
    (best,) = body["candidates"]
    assert (best["url"], best["scraper"], best["title"]) == (address, "ical", "Harbor Falls Guild")
    assert (best["events"], best["lost"], best["source_id"]) == (1, 1, None)
    assert "Nobody knows when" in best["problems"][0]["place"]
    assert [one["cause"] for one in body["tried"]] == ["No events were found on this page."]
    assert robin.json("/api/v1/sources")["items"] == []


def test_B15_the_preview_shows_the_instant_that_the_api_will_show(robin: Caller) -> None:
    with Server(ROUTES) as server:
        asked = robin("POST", "/api/v1/sources/discover", json={"url": server.url("/a.ics")})
        (best,) = asked.json()["candidates"]
        added = {key: best[key] for key in ("url", "scraper", "time_zone")} | {
            "name": best["title"]
        }
        assert robin("POST", "/api/v1/sources", json=added).status_code == 201
    (event,) = robin.json("/api/v1/events?km=20000")["items"]
    (shown,) = best["preview"]
    same = ("name", "time_zone", "local_start", "local_end", "all_day")
    assert {key: shown[key] for key in same} == {key: event[key] for key in same}
    assert datetime.fromisoformat(shown["start"]) == datetime.fromisoformat(event["start"])
    assert (shown["local_start"], shown["time_zone"], shown["place"]) == (
        "2026-12-03T18:00:00",
        "America/New_York",
        "Mariners' Hall",
    )


def test_A7_an_address_that_leads_to_a_source_of_ours_is_told_as_such(
    robin: Caller, world: Resources
) -> None:
    with Server(ROUTES) as server:
        source_id = add_source(world, "Guild", url=server.url("/a.ics"))
        answer = robin(
            "POST", "/api/v1/sources/discover", json={"url": server.url("/old.ics")}
        ).json()
    (best,) = answer["candidates"]
    assert (best["source_id"], best["source_name"]) == (str(source_id), "Guild")


def test_what_may_not_be_fetched_is_refused_beside_its_field(robin: Caller) -> None:
    for url in ("http://10.0.0.1/", "ftp://guild.example/", "http://u:p@guild.example/"):
        answer = robin("POST", "/api/v1/sources/discover", json={"url": url})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "url"
    zone = robin(
        "POST", "/api/v1/sources/discover", json={"url": "guild.example", "time_zone": "Moon"}
    )
    assert zone.status_code == 422


def test_only_so_many_addresses_are_looked_at_at_once(robin: Caller, world: Resources) -> None:
    asked = {"url": "https://a.example:8443/"}
    with ExitStack() as stack:
        me = UUID(robin.json("/api/v1/me")["id"])
        for _ in range(PER_PERSON):
            stack.enter_context(asking(world, me))
        mine = robin("POST", "/api/v1/sources/discover", json=asked)
        for number in range(IN_ALL - PER_PERSON):
            stack.enter_context(asking(world, UUID(int=number)))
        with pytest.raises(Unavailable):
            stack.enter_context(asking(world, UUID(int=IN_ALL)))
    assert (mine.status_code, mine.headers["Retry-After"]) == (503, "5")
    assert world.discoveries == []


def test_discovery_is_for_whoever_is_signed_in(api: Api) -> None:
    stranger = api.anonymous
    assert stranger("POST", "/api/v1/sources/discover", json={"url": "x"}).status_code == 401
