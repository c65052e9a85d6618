"""Own calendars over HTTP, and what the list says of them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.services.resources import Resources
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_source, listing, tell
from tests.services.publisher import Publisher, calendar_of, vevent

PATH = "/private-3f9a/basic.ics"


@pytest.fixture
def home() -> Iterator[Publisher]:
    publisher = Publisher()
    publisher.answers[PATH] = calendar_of(
        [vevent("Oncologist", start=NOW + timedelta(days=2, hours=9))]
    )
    with publisher.server:
        yield publisher


def add(caller: Caller, home: Publisher) -> str:
    answer = caller("POST", "/api/v1/me/busy", json={"url": home.server.url(PATH)})
    assert answer.status_code == 201, answer.text
    assert "private" not in answer.text
    return str(answer.json()["id"])


def test_F15_a_calendar_is_read_at_once_and_its_address_never_shown(
    robin: Caller, home: Publisher
) -> None:
    calendar = add(robin, home)
    answer = robin.get("/api/v1/me/busy")
    (found,) = answer.json()["items"]
    assert (found["id"], found["host"], found["times"]) == (calendar, "127.0.0.1", 1)
    assert (found["problem"], found["unread"]) == ("", 0)
    assert found["looked_at"] == found["read_at"] == NOW.isoformat().replace("+00:00", "Z")
    assert "private" not in answer.text
    same = robin.get("/api/v1/me/busy", headers={"if-none-match": answer.headers["etag"]})
    assert same.status_code == 304
    again = robin("POST", "/api/v1/me/busy", json={"url": home.server.url(PATH)})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")
    assert robin("DELETE", f"/api/v1/me/busy/{calendar}").status_code == 204
    assert robin("DELETE", f"/api/v1/me/busy/{calendar}").status_code == 204
    assert robin.json("/api/v1/me/busy")["items"] == []


def test_F15_events_at_taken_times_are_marked_and_can_be_left_out(
    world: Resources, robin: Caller, home: Publisher
) -> None:
    """Also in an answer that was kept from before."""
    names = ("Tech Mixer", "Founders Tea", "Harvest Festival")
    at = [
        listing(names[0]),
        listing(names[1], days=3),
        listing(names[2], start=NOW + timedelta(days=1, hours=14), all_day=True, end=None),
    ]
    events = tell(world, add_source(world), at)

    def busy(query: str = "") -> dict[str, bool]:
        items = robin.json(f"/api/v1/events?km=20000{query}")["items"]
        return {item["name"]: item["busy"] for item in items}

    assert busy() == dict.fromkeys(names, False)
    calendar = add(robin, home)
    assert busy() == {names[0]: True, names[1]: False, names[2]: False}
    assert busy("&when_free=true") == {names[1]: False, names[2]: False}
    details = [robin.json(f"/api/v1/events/{event}")["busy"] for event in events]
    assert details == [True, False, False]
    robin("DELETE", f"/api/v1/me/busy/{calendar}")
    assert busy() == dict.fromkeys(names, False)


def test_a_calendar_that_cannot_be_read_says_so(api: Api, robin: Caller, home: Publisher) -> None:
    home.answers.clear()
    add(robin, home)
    (found,) = robin.json("/api/v1/me/busy")["items"]
    assert found["problem"] == "The source has no document at this address."
    assert found["read_at"] is None
    assert found["next_at"] == (NOW + timedelta(minutes=15)).isoformat().replace("+00:00", "Z")


@embedded
@pytest.mark.parametrize("url", ["http://10.0.0.1/a.ics", "file:///etc/passwd", "", "x" * 5000])
def test_S01_what_cannot_be_an_address_is_refused(robin: Caller, url: str) -> None:
    answer = robin("POST", "/api/v1/me/busy", json={"url": url})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "url"
