"""Decisions on events over HTTP."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.api.conftest import Caller
from tests.services.publisher import TWELVE, Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    with found.server:
        yield found


def names(robin: Caller, query: str = "") -> set[str]:
    return {item["name"] for item in robin.json(f"/api/v1/events?km=20000{query}")["items"]}


def test_an_event_is_hidden_corrected_and_shown_again(robin: Caller, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    robin("POST", "/api/v1/sources", json={"url": publisher.server.url("/feed.ics")})
    items = robin.json("/api/v1/events?km=20000")["items"]
    event, other = items[0], items[1]
    path = f"/api/v1/events/{event['id']}/curation"
    chosen = robin("PUT", f"/api/v1/choices/{event['id']}", json={"state": "chosen"})
    assert chosen.status_code == 200
    decided = robin("POST", path, json={"act": "hide"})
    assert decided.status_code == 201
    decision = decided.json()
    assert (decision["event_name"], decision["by"]) == (event["name"], "Robin")
    assert event["name"] not in names(robin)
    assert names(robin, f"&q={event['name']}") == set()
    assert [item["event_id"] for item in robin.json("/api/v1/choices")["items"]] == [event["id"]]
    assert robin.json(f"/api/v1/events/{event['id']}")["name"] == event["name"]
    right = {"act": "correct", "correction": {"name": "Better name"}}
    assert robin("POST", path.replace(event["id"], other["id"]), json=right).status_code == 201
    assert "Better name" in names(robin)
    undone = f"/api/v1/curation/{decision['id']}"
    assert [robin("DELETE", undone).status_code for _ in range(2)] == [204, 204]
    assert event["name"] in names(robin)
    newest = robin.json("/api/v1/curation")["items"]
    assert {item["act"]: item["undone_at"] is None for item in newest} == {
        "hide": False,
        "correct": True,
    }


def test_what_makes_no_decision_is_refused(robin: Caller) -> None:
    nowhere = f"/api/v1/events/{uuid4()}/curation"
    assert robin("POST", nowhere, json={"act": "hide"}).status_code == 404
    assert robin("POST", nowhere, json={"act": "delete"}).status_code == 422
    assert robin("POST", nowhere, json={"act": "hide", "hours": 1e9}).status_code == 422
    assert robin("DELETE", f"/api/v1/curation/{uuid4()}").status_code == 404


def test_two_events_are_made_one_and_parted_again(robin: Caller, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    robin("POST", "/api/v1/sources", json={"url": publisher.server.url("/feed.ics")})
    one, other, *_ = robin.json("/api/v1/events?km=20000")["items"]
    path = f"/api/v1/events/{one['id']}/curation"
    assert robin("POST", path, json={"act": "merge"}).status_code == 422
    merged = robin("POST", path, json={"act": "merge", "other_id": other["id"]})
    assert merged.status_code == 201
    assert other["name"] not in names(robin)
    listings = robin.json(f"/api/v1/events/{one['id']}")["listings"]
    assert {each["name"] for each in listings} == {one["name"], other["name"]}
    (number,) = [each["id"] for each in listings if each["name"] == other["name"]]
    assert robin("POST", path, json={"act": "split"}).status_code == 422
    assert robin("POST", path, json={"act": "split", "listing_id": 2**31 - 1}).status_code == 404
    assert robin("POST", path, json={"act": "split", "listing_id": 2**40}).status_code == 422
    parted = robin("POST", path, json={"act": "split", "listing_id": number})
    assert parted.status_code == 201
    assert {one["name"], other["name"]} <= names(robin)
    assert robin("DELETE", f"/api/v1/curation/{parted.json()['id']}").status_code == 204
    assert other["name"] not in names(robin)
    assert robin("DELETE", f"/api/v1/curation/{merged.json()['id']}").status_code == 204
    assert {one["name"], other["name"]} <= names(robin)
