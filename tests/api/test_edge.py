"""What every exchange passes, whoever watches the service, and the document of the API."""

import json
import logging
import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from openapi_spec_validator import validate

from app.errors import Unavailable
from app.services import heartbeat
from app.services.resources import Resources
from app.store import leases, migrate
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_source, listing, tell


@embedded
def test_the_document_of_the_api_is_valid(api: Api) -> None:
    document = api.anonymous.json("/openapi.json")
    validate(document)
    operations = [each for found in document["paths"].values() for each in found.values()]
    assert all(each.get("summary") for each in operations)
    assert len({each["operationId"] for each in operations}) == len(operations)


@embedded
def test_every_answer_has_the_headers_of_safety(api: Api, robin: Caller) -> None:
    for answer in (
        robin.get("/api/v1/me"),
        api.anonymous.get("/"),
        api.anonymous.get("/healthz"),
        api.anonymous.get("/nothing"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers


@embedded
def test_E03_the_host_header_flows_into_no_link(api: Api, robin: Caller) -> None:
    event = tell(api.world, add_source(api.world), [listing()])[0]
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    feed = robin.json("/api/v1/me/calendar")["url"].removeprefix("http://gomeet.test")
    forged = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "forwarded": "host=evil.example",
    }
    for path in (
        "/api/v1/events",
        f"/api/v1/events/{event}",
        f"/api/v1/events/{event}.ics",
        "/api/v1/choices",
        "/api/v1/me",
        "/api/v1/me/calendar",
        feed,
        "/",
        "/css",
        "/css/",
        "/api/v1/events/",
    ):
        answer = robin.get(path, headers=forged)
        assert "evil" not in answer.text + str(answer.headers), path


@embedded
def test_A20_secrets_stay_out_of_the_log(
    api: Api, robin: Caller, person: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    feed = robin.json("/api/v1/me/calendar")["url"].removeprefix("http://gomeet.test")
    mail = api.world.keys.unsubscribe_token(person, "digest")
    with caplog.at_level(logging.DEBUG, logger="app"):
        robin.get("/api/v1/events?q=canary-question")
        robin.get(feed)
        robin.get(f"{feed}/")
        api.anonymous.get(f"/unsubscribe/{mail}")
        api.anonymous("POST", f"/unsubscribe/{mail}")
        robin("POST", "/api/v1/sources", json={"url": "https://u:canary-pass@gull.example/"})
        robin("PUT", "/api/v1/me/profile", json={"home_name": "canary-home"})
    lines = caplog.text
    assert "GET /calendar/{token}.ics 200" in lines
    token = feed.removeprefix("/calendar/").removesuffix(".ics")
    for secret in (token, mail, robin.token, "canary", "robin@", str(person)):
        assert secret not in lines


@embedded
def test_the_client_is_served_at_the_root(api: Api) -> None:
    answer = api.anonymous.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert api.anonymous("HEAD", "/").status_code == 200
    for path in ("/../settings.py", "/%2e%2e/settings.py", "/..%2fsettings.py", "/%00"):
        assert api.anonymous.get(path).status_code == 404


@pytest.fixture
def watched(api: Api) -> Api:
    """A service whose clock is to tick."""
    api.world.settings.clock = True
    heartbeat.beat(api.world, NOW)
    return api


def test_E09_alive_and_ready(watched: Api) -> None:
    for path in ("/healthz", "/readyz"):
        answer = watched.anonymous.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_E09_a_clock_that_has_stopped(watched: Api) -> None:
    watched.now = NOW + timedelta(seconds=3 * watched.world.settings.tick_seconds)
    assert watched.anonymous.get("/readyz").status_code == 200
    watched.now += leases.TTL + timedelta(seconds=1)
    assert watched.anonymous.get("/readyz").status_code == 503
    assert watched.anonymous.get("/healthz").status_code == 200


def test_E09_a_clock_that_never_began(api: Api) -> None:
    api.world.settings.clock = True
    answer = api.anonymous.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    api.world.settings.clock = False  # another process ticks, and is watched there
    assert api.anonymous.get("/readyz").status_code == 200


@embedded
def test_E09_a_locked_database(watched: Api) -> None:
    path = watched.world.database.writer.url.database or ""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert watched.anonymous.get("/readyz").status_code == 503
        assert watched.anonymous.get("/healthz").status_code == 200
    assert watched.anonymous.get("/readyz").status_code == 200


@embedded
def test_X07_a_write_to_a_locked_database_is_asked_to_come_again(
    api: Api, robin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = tell(api.world, add_source(api.world), [listing()])[0]
    monkeypatch.setattr("app.store.database.BUSY_TIMEOUT_MS", 50)
    api.world.database.dispose()
    path = api.world.database.writer.url.database or ""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]
        assert robin.get("/api/v1/events").status_code == 200, "reading goes on"
    answer = robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    assert answer.status_code == 200


def test_E09_a_migration_that_is_pending(watched: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def pending(_: object) -> None:
        raise Unavailable("older")

    monkeypatch.setattr(migrate, "check", pending)
    answer = watched.anonymous.get("/readyz")
    assert answer.status_code == 503
    assert "version" not in json.dumps(answer.json())


@embedded
def test_E11_odd_characters_are_cleaned_alike(robin: Caller, world: Resources) -> None:
    odd = "a\u0000b\u202ec\u2028d"
    profile = {"home_name": odd, "field": odd, "interests": [odd]}
    answer = robin("PUT", "/api/v1/me/profile", json=profile)
    assert answer.status_code == 200
    cleaned = answer.json()["home_name"]
    assert cleaned.isprintable()
    assert answer.json()["interests"] == [cleaned]
    assert robin("PUT", "/api/v1/me/profile", json={"interests": ["\u0000"]}).status_code == 422


def test_E11_a_source_with_an_odd_name(robin: Caller, world: Resources) -> None:
    source = add_source(world)
    path = f"/api/v1/sources/{source}"
    assert robin("PATCH", path, json={"name": "\u0000"}).status_code == 422
    assert robin("PATCH", path, json={"name": "Gull\u0000 Room"}).json()["name"] == "Gull Room"
    surrogate = b'{"name": "\\ud800"}'
    answer = robin("PATCH", path, content=surrogate, headers={"content-type": "application/json"})
    assert answer.status_code == 422
