"""Nobody sees or changes what is another's (SECURITY.md A08, A12-A18): walked over every route."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.services import accounts
from app.services.resources import Resources
from app.store import busy, check_ins, choices, users
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_person, add_source, listing, tell, token_of

# What each route of the API concerns. A new route fails the tests below until it is listed here.
OWN = {  # acts on what belongs to the caller alone
    ("get", "/api/v1/choices"),
    ("put", "/api/v1/choices/{event_id}"),
    ("delete", "/api/v1/choices/{event_id}"),
    ("get", "/api/v1/check-ins"),
    ("put", "/api/v1/check-ins/{event_id}"),
    ("delete", "/api/v1/check-ins/{event_id}"),
    ("get", "/api/v1/insights"),
    ("get", "/api/v1/weeks/{week}"),
    ("get", "/api/v1/me"),
    ("get", "/api/v1/me/profile"),
    ("put", "/api/v1/me/profile"),
    ("get", "/api/v1/me/calendar"),
    ("post", "/api/v1/me/calendar/rotate"),
    ("get", "/api/v1/me/busy"),
    ("post", "/api/v1/me/busy"),
    ("delete", "/api/v1/me/busy/{calendar_id}"),
}
SHARED = {  # the town's events and the install's sources, for everybody with an account
    ("get", "/api/v1/events"),
    ("get", "/api/v1/events/{event_id}"),
    ("post", "/api/v1/events/{event_id}/curation"),
    ("get", "/api/v1/curation"),
    ("delete", "/api/v1/curation/{curation_id}"),
    ("get", "/api/v1/openings"),
    ("get", "/api/v1/venues"),
    ("patch", "/api/v1/venues/{venue_id}"),
    ("get", "/api/v1/cities"),
    ("put", "/api/v1/cities/{name}"),
    ("get", "/api/v1/sources"),
    ("post", "/api/v1/sources"),
    ("post", "/api/v1/sources/discover"),
    ("get", "/api/v1/sources/{source_id}"),
    ("patch", "/api/v1/sources/{source_id}"),
    ("delete", "/api/v1/sources/{source_id}"),
    ("post", "/api/v1/sources/{source_id}/poll"),
}
PUBLIC = {  # public facts of one event, of one new place
    ("get", "/api/v1/events/{event_id}.ics"),
    ("get", "/api/v1/openings/{opening_id}.ics"),
}

BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("put", "/api/v1/choices/{event_id}"): {"state": "dismissed"},
    ("put", "/api/v1/check-ins/{event_id}"): {"went": False},
    ("put", "/api/v1/me/profile"): {"home_name": "Sam's home"},
    ("post", "/api/v1/events/{event_id}/curation"): {"act": "hide"},
    ("post", "/api/v1/me/busy"): {"url": "http://127.0.0.1:1024/sams.ics"},
    ("post", "/api/v1/sources"): {"url": "https://other.example/feed.ics"},
    ("post", "/api/v1/sources/discover"): {"url": "https://other.example/"},
    ("patch", "/api/v1/sources/{source_id}"): {"name": "Other"},
    ("patch", "/api/v1/venues/{venue_id}"): {"name": "Other"},
}


@pytest.fixture
def event(world: Resources) -> UUID:
    return tell(world, add_source(world), [listing()])[0]


@pytest.fixture
def sam(api: Api) -> Caller:
    """Another person."""
    return api.as_user(add_person(api.world, "sam@harborfalls.example"))


def routes(api: Api) -> set[tuple[str, str]]:
    document = api.anonymous.json("/openapi.json")
    return {(method, path) for path, found in document["paths"].items() for method in found}


@embedded
def test_A12_every_route_is_known_to_these_tests(api: Api) -> None:
    assert routes(api) == OWN | SHARED | PUBLIC


@embedded
def test_A12_every_route_asks_who_is_there(api: Api, event: UUID) -> None:
    for method, path in sorted(OWN | SHARED):
        other = dict.fromkeys(("source_id", "curation_id", "venue_id", "calendar_id"), uuid4())
        whole = path.format(event_id=event, name="davis", week="2026-W48", **other)
        for token in ("", "gmp_api_", "Zm9v", token_of(api.world, add_stranger(api))[:-1]):
            headers = {"authorization": f"Bearer {token}"} if token else {}
            answer = api.anonymous(
                method.upper(), whole, headers=headers, json=BODIES.get((method, path))
            )
            assert answer.status_code == 401, (method, path, token)


def add_stranger(api: Api) -> UUID:
    return add_person(api.world, f"{uuid4().hex}@harborfalls.example")


def state_of(world: Resources, user_id: UUID) -> dict[str, Any]:
    """All that is kept of a person."""
    with world.database.read() as session:
        row = users.row(session, user_id)
        return {
            "account": (row.name, row.email, row.profile, row.feed_epoch, row.feed_token_hash),
            "choices": [
                (choice.event_id, choice.state, choice.sequence, choice.chosen_at)
                for choice in choices.of_user(session, user_id)
            ],
            "check-ins": check_ins.of_user(session, user_id),
            "busy": [(row.id, row.address, row.times) for row in busy.of_user(session, user_id)],
        }


def test_A12_nothing_that_another_does_changes_what_is_mine(
    api: Api, robin: Caller, sam: Caller, person: UUID, event: UUID
) -> None:
    assert robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"}).status_code == 200
    api.now += timedelta(days=3)  # it is over, and told of
    assert robin("PUT", f"/api/v1/check-ins/{event}", json={"went": True}).status_code == 200
    busy_at = {"url": "http://127.0.0.1:1024/robins.ics"}
    calendar = robin("POST", "/api/v1/me/busy", json=busy_at).json()["id"]
    before = state_of(api.world, person)
    mine = {
        path: robin.get(path).content for _, path in OWN if "{" not in path and "rotate" not in path
    }
    for method, path in sorted(OWN):
        answer = sam(
            method.upper(),
            path.format(event_id=event, week="2026-W48", calendar_id=calendar),
            json=BODIES.get((method, path)),
        )
        assert answer.status_code in (200, 201, 204), (method, path)
        for word in ("robin", "Robin", str(person)):
            assert word not in answer.text, (method, path)
    assert state_of(api.world, person) == before
    assert {path: robin.get(path).content for path in mine} == mine


def test_A12_choices_of_others_are_not_seen(robin: Caller, sam: Caller, event: UUID) -> None:
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    assert sam.json("/api/v1/choices")["items"] == []
    assert sam.json("/api/v1/events")["items"][0]["choice"] is None
    assert sam.json(f"/api/v1/events/{event}")["choice"] is None
    assert robin.json("/api/v1/events")["items"][0]["choice"] == "chosen"
    sam("DELETE", f"/api/v1/choices/{event}")
    assert robin.json(f"/api/v1/events/{event}")["choice"] == "chosen"


def test_A16_removing_a_shared_source_leaves_what_was_chosen(
    robin: Caller, sam: Caller, event: UUID
) -> None:
    robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    source = sam.json("/api/v1/sources")["items"][0]["id"]
    assert sam("DELETE", f"/api/v1/sources/{source}").status_code == 204
    (kept,) = robin.json("/api/v1/choices")["items"]
    assert kept["event"]["name"] == "Harbor Falls Tech Mixer"
    assert kept["gone_since"]
    assert kept["note"]
    assert robin.json("/api/v1/events")["items"] == []
    assert robin.get(f"/api/v1/events/{event}").status_code == 200


@pytest.mark.parametrize("field", ["user_id", "id", "is_admin", "created_at", "name"])
@embedded
def test_A13_fields_that_are_not_the_callers_are_refused(
    robin: Caller, event: UUID, field: str
) -> None:
    more = {field: "x"}
    assert robin("PUT", "/api/v1/me/profile", json=more).status_code == 422
    choice = robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"} | more)
    assert choice.status_code == 422
    source = {"url": "https://other.example/f.ics"}
    if field != "name":
        assert robin("POST", "/api/v1/sources", json=source | more).status_code == 422
        one = robin.json("/api/v1/sources")["items"][0]["id"]
        assert robin("PATCH", f"/api/v1/sources/{one}", json=more).status_code == 422


def test_A07_tokens_are_long_and_only_their_hashes_are_kept(api: Api, person: UUID) -> None:
    tokens = {token_of(api.world, person) for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= len("gmp_api_") + 43 for token in tokens)
    with api.world.database.read() as session:
        dump = str(
            [
                tuple(row)
                for table in ("token", "user_account")
                for row in session.connection().exec_driver_sql(f"SELECT * FROM {table}")
            ]
        )
        feed = accounts.feed_token(session, api.world.keys, person)
    for secret in (*tokens, feed):
        assert secret not in dump
        assert secret.split("_")[-1][:20] not in dump


def test_A08_no_token_stands_in_for_another(api: Api, person: UUID) -> None:
    world = api.world
    with world.database.write() as session:
        feed = accounts.feed_token(session, world.keys, person)
        expired = accounts.issue_token(
            session, world.keys, person, label="old", now=NOW, expires_at=NOW
        )
        fresh = accounts.issue_token(
            session, world.keys, person, label="new", now=NOW, expires_at=NOW + timedelta(hours=1)
        )
    mail = world.keys.unsubscribe_token(person, "digest")
    good = api.anonymous.get("/api/v1/me", headers={"authorization": f"Bearer {fresh}"})
    assert good.status_code == 200
    answers = [
        api.anonymous.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
        for token in (feed, expired, mail, fresh.upper(), fresh + "x", fresh[:-1], "ü")
        if token.isascii()
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1, "no hint at what is wrong"
    for token in (fresh, mail):
        assert api.anonymous.get(f"/calendar/{token}.ics").status_code == 404
        assert api.anonymous.get(f"/unsubscribe/{feed}").status_code == 404


def test_A10_signing_out_ends_every_token_at_once(api: Api, robin: Caller, person: UUID) -> None:
    other = api.as_user(person)
    assert robin.get("/api/v1/me").status_code == other.get("/api/v1/me").status_code == 200
    with api.world.database.write() as session:
        users.revoke_tokens(session, person, NOW)
    assert robin.get("/api/v1/me").status_code == other.get("/api/v1/me").status_code == 401


def test_A26_a_deleted_account_leaves_nothing(
    api: Api, robin: Caller, sam: Caller, person: UUID, event: UUID
) -> None:
    for caller in (robin, sam):
        caller("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    feed = robin.json("/api/v1/me/calendar")["url"]
    kept = sam.get("/api/v1/choices").content
    with api.world.database.write() as session:
        users.delete(session, person)
    assert robin.get("/api/v1/me").status_code == 401
    assert robin.get(feed.removeprefix("http://gomeet.test")).status_code == 404
    with api.world.database.read() as session:
        for table in ("choice", "token", "outbox", "digest"):
            rows = session.connection().exec_driver_sql(f"SELECT user_id FROM {table}").all()
            assert not {row for row in rows if UUID(str(row[0])) == person}
    assert sam.get("/api/v1/choices").content == kept


@embedded
def test_A23_other_sites_are_given_nothing(robin: Caller) -> None:
    for origin in ("https://evil.example", "null", "http://gomeet.test.evil.example"):
        headers = {"origin": origin, "access-control-request-method": "PUT"}
        for answer in (
            robin("OPTIONS", "/api/v1/me/profile", headers=headers),
            robin.get("/api/v1/me", headers=headers),
        ):
            assert not [name for name in answer.headers if name.startswith("access-control")]
