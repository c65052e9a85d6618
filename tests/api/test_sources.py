"""Adding and changing feeds over HTTP; they are read at once, in the background."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.services.catalog import Catalog
from app.services.resources import Resources
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_source, listing, tell
from tests.servers import reply
from tests.services.publisher import TWELVE, Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    with found.server:
        yield found


def test_a_feed_that_is_added_is_read_at_once(robin: Caller, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    url = publisher.server.url("/feed.ics")
    answer = robin("POST", "/api/v1/sources", json={"url": f"  {url}  see our site"})
    assert answer.status_code == 201
    added = answer.json()
    assert (added["url"], added["name"], added["state"]) == (url, "127.0.0.1", "new") or added[
        "name"
    ].startswith("127.0.0.1")
    found = robin.json(f"/api/v1/sources/{added['id']}")
    assert (found["state"], found["outcome"], found["events"]) == ("ok", "ok", 12)
    assert found["scraper"] == "ical"
    assert robin.json("/api/v1/events?km=20000")["total"] > 0
    again = robin("POST", "/api/v1/sources", json={"url": url})
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/conflict"


@pytest.mark.parametrize("path", ["sources", "sources/{id}", "cities"])
def test_events_of_a_source_that_is_said_to_be_polled_are_in_the_list(
    world: Resources, robin: Caller, path: str
) -> None:
    source, clock = add_source(world), replace(world, catalog=Catalog())  # in a process of its own
    with world.catalog.followed():  # by somebody who has not looked since
        assert robin.json("/api/v1/events?km=20000")["total"] == 0
        tell(clock, source, [listing("Evening", start=NOW + timedelta(days=1))], NOW)
        robin.json(f"/api/v1/{path.format(id=source)}")
        assert robin.json("/api/v1/events?km=20000")["total"] == 1


def test_S01_a_feed_on_a_forbidden_address_is_refused_unread(robin: Caller) -> None:
    for url in (
        "http://10.0.0.1/feed.ics",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://localhost:22/",
        "javascript:alert(1)",
        "",
    ):
        assert robin("POST", "/api/v1/sources", json={"url": url}).status_code == 422, url
    assert robin.json("/api/v1/sources")["items"] == []


@embedded
def test_a_feed_that_cannot_be_read_says_why_in_plain_words(
    robin: Caller, publisher: Publisher
) -> None:
    publisher.answers["/feed.ics"] = reply(b"<html>hello</html>", content_type="text/html")
    body = {"url": publisher.server.url("/feed.ics?token=canary")}
    publisher.answers["/feed.ics?token=canary"] = publisher.answers["/feed.ics"]
    added = robin("POST", "/api/v1/sources", json=body).json()
    found = robin.json(f"/api/v1/sources/{added['id']}")
    assert found["state"] in ("not_a_calendar", "quiet", "failing")
    assert found["message"]
    assert "canary" not in found["message"]


@embedded
def test_asking_for_a_poll_reads_again(robin: Caller, publisher: Publisher, api: Api) -> None:
    publisher.says(*TWELVE)
    added = robin("POST", "/api/v1/sources", json={"url": publisher.server.url("/feed.ics")}).json()
    api.now = NOW + timedelta(hours=1)
    answer = robin("POST", f"/api/v1/sources/{added['id']}/poll")
    assert answer.status_code == 202
    assert len(publisher.asked()) == 2
    assert robin("POST", f"/api/v1/sources/{uuid4()}/poll").status_code == 404


def test_only_what_is_given_changes(robin: Caller, world: Resources) -> None:
    path = f"/api/v1/sources/{add_source(world)}"
    before = robin.json(path)
    assert robin("PATCH", path, json={}).json() | {"history": []} == before
    changed = robin("PATCH", path, json={"paused": True}).json()
    assert changed["paused"] is True
    assert "Paused" in changed["message"]
    assert (changed["name"], changed["trust"]) == (before["name"], before["trust"])
    resumed = robin("PATCH", path, json={"paused": False, "trust": 5}).json()
    assert (resumed["paused"], resumed["trust"]) == (False, 5)
    assert resumed["next_due_at"] == NOW.isoformat().replace("+00:00", "Z")
    for wrong in ({"trust": 101}, {"time_zone": "Mars/Base"}, {"url": "https://x.example/"}):
        assert robin("PATCH", path, json=wrong).status_code == 422


def test_removing_a_source_twice(robin: Caller, world: Resources) -> None:
    source = add_source(world)
    tell(world, source, [listing()])
    path = f"/api/v1/sources/{source}"
    assert robin("DELETE", path).status_code == 204
    assert robin("DELETE", path).status_code == 404
    assert robin.json("/api/v1/events")["items"] == []


@embedded
def test_there_is_an_end_to_sources(robin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.sources.MAX_SOURCES", 1)
    urls = ["http://127.0.0.1:1024/a", "http://127.0.0.1:1024/b"]
    codes = [robin("POST", "/api/v1/sources", json={"url": url}).status_code for url in urls]
    assert codes == [201, 422]


@embedded
def test_a_source_tells_since_when_it_is_so_and_how_it_was_before(
    api: Api, robin: Caller, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    url = publisher.server.url("/feed.ics")
    path = f"/api/v1/sources/{robin('POST', '/api/v1/sources', json={'url': url}).json()['id']}"
    publisher.answers["/feed.ics"] = reply(b"oops", 500)
    for hours in (5, 6):
        api.now = NOW + timedelta(hours=hours)
        robin("POST", f"{path}/poll")
    found = robin.json(path)
    assert (found["state"], found["since"]) == ("failing", "2026-11-24T20:00:00Z")
    assert [(item["state"], item["since"], item["until"]) for item in found["history"]] == [
        ("failing", "2026-11-24T20:00:00Z", None),
        ("ok", "2026-11-24T15:00:00Z", "2026-11-24T20:00:00Z"),
    ]
    assert robin.json("/api/v1/sources")["items"][0]["since"] == found["since"]
