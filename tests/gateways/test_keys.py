"""The operator's keys at the door: where they go, and everywhere that they do not (CASES A15)."""

import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

from app.gateways.addresses import Policy
from app.gateways.http import Client, Fetched
from app.gateways.keys import SLOTS, keyless_address
from app.gateways.urls import read_url
from app.settings import Settings
from tests.gateways.fetching import client, fetch, refusal
from tests.servers import Behaviour, Names, Server, redirect, reply

KEY = "k3y-of/the operator"
ENCODED = "k3y-of%2Fthe%20operator"
OTHER = "other.test"
ANSWER = reply(b"{}", content_type="application/json")
SETTINGS = {host: slot.setting.removeprefix("GOMEET_").lower() for host, slot in SLOTS.items()}
IN_QUERY = {host: slot.parameter for host, slot in SLOTS.items() if slot.parameter}
Serving = Callable[..., Any]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def platform(
    authority: trustme.CA, answers: Behaviour | dict[str, Behaviour], **changes: Any
) -> Iterator[tuple[Server, Client]]:
    """A server that is every keyed host and one other, over https, and a client with all keys."""
    hosts = [*SLOTS, OTHER]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(tls)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    names = Names({host: ["127.0.0.1"] for host in hosts})
    keys = dict.fromkeys(SETTINGS.values(), KEY)
    with (
        Server(answers, tls) as server,
        client(server, names=names, options={"ssl_context": trusting}, **(keys | changes)) as built,
    ):
        yield server, built


def said(found: Fetched) -> str:
    """All that a fetch tells, its hidden fields too."""
    return f"{found!r} {found.url} {found.permanent_url}"


def test_every_slot_has_a_setting() -> None:
    assert set(SETTINGS.values()) <= set(Settings.model_fields)


@pytest.mark.parametrize("host", IN_QUERY)
def test_key_joins_the_query_on_the_wire_alone(
    authority: trustme.CA, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with platform(authority, ANSWER) as (server, built):
        found = fetch(built, server.url("/2/events?city=Davis", host))
        fetch(built, server.url("/2/events", host))
    expected = f"{IN_QUERY[host]}={ENCODED}"
    assert server.paths == [f"/2/events?city=Davis&{expected}", f"/2/events?{expected}"]
    assert found.url == server.url("/2/events?city=Davis", host)
    assert "k3y" not in said(found)
    assert "k3y" not in caplog.text


@pytest.mark.parametrize("host", sorted(SLOTS.keys() - IN_QUERY.keys()))
def test_bearer_key_goes_into_its_field(authority: trustme.CA, host: str) -> None:
    with platform(authority, ANSWER) as (server, built):
        found = fetch(built, server.url("/v3/events", host))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert server.paths == ["/v3/events"]
    assert "k3y" not in said(found)


@pytest.mark.parametrize("host", SLOTS)
def test_redirect_to_another_host_gets_no_key(authority: trustme.CA, host: str) -> None:
    answers = {"/away": ANSWER}
    with platform(authority, answers) as (server, built):
        answers["/"] = redirect(server.url("/away", OTHER), 301)
        found = fetch(built, server.url("/", host))
    first, second = server.requests
    assert "k3y" in f"{first.raw!r}"
    assert "k3y" not in f"{second.raw!r}"
    assert second.headers["host"].startswith(OTHER)
    assert found.permanent_url == server.url("/away", OTHER)


@pytest.mark.parametrize("host", SLOTS)
def test_redirect_from_another_host_gets_no_key(authority: trustme.CA, host: str) -> None:
    answers = {"/events": ANSWER}
    with platform(authority, answers) as (server, built):
        answers["/"] = redirect(server.url("/events", host))
        fetch(built, server.url("/", OTHER))
    assert "k3y" not in "".join(f"{request.raw!r}" for request in server.requests)


def test_redirect_that_repeats_the_key_has_it_taken_out(authority: trustme.CA) -> None:
    answers = {"/moved": ANSWER}
    host = "app.ticketmaster.com"
    with platform(authority, answers) as (server, built):
        answers["/"] = redirect(server.url(f"/moved?seen={ENCODED}&a=1", OTHER), 301)
        found = fetch(built, server.url("/", host))
        answers["/"] = redirect(server.url(f"/{ENCODED}/moved", OTHER))
        error = refusal(built, server.url("/", host))
    assert found.permanent_url == server.url("/moved?a=1", OTHER)
    assert (error.outcome, "k3y" in f"{error} {error.detail}") == ("broken", False)
    assert [path for path in server.paths if "moved" in path] == ["/moved?a=1"]


def test_redirect_within_the_platform_keeps_the_key_and_says_so_to_nobody(
    authority: trustme.CA,
) -> None:
    host = "api.seatgeek.com"
    answers = {"/2/events": ANSWER}
    with platform(authority, answers) as (server, built):
        answers["/"] = redirect("/2/events", 301)
        found = fetch(built, server.url("/", host))
    assert server.paths == [f"/?client_id={ENCODED}", f"/2/events?client_id={ENCODED}"]
    assert found.permanent_url == server.url("/2/events", host)
    assert "k3y" not in said(found)


def test_key_is_for_its_own_host_alone(authority: trustme.CA) -> None:
    with platform(authority, ANSWER) as (server, built):
        fetch(built, server.url("/2/events", OTHER))
    assert "k3y" not in f"{server.requests[0].raw!r}"


def test_key_never_goes_over_http() -> None:
    names = Names({"api.seatgeek.com": ["127.0.0.1"]})
    with Server(ANSWER) as server, client(server, names=names, seatgeek_key=KEY) as built:
        error = refusal(built, server.url("/2/events", "api.seatgeek.com"))
    assert (error.outcome, server.connections) == ("keyless", 0)
    assert "https" in str(error)


@pytest.mark.parametrize("host", SLOTS)
def test_missing_key_is_told_by_the_name_of_its_setting_and_nobody_is_asked(
    authority: trustme.CA, host: str
) -> None:
    with platform(authority, ANSWER, **{SETTINGS[host]: " "}) as (server, built):
        error = refusal(built, server.url("/events?secret=1", host))
    assert error.outcome == "keyless"
    assert str(error).endswith(f"wants a key of yours: set {SLOTS[host].setting}.")
    assert error.detail == f"{host}: no good key"
    assert server.connections == 0


def test_key_that_the_platform_does_not_accept_is_told_by_its_setting(
    authority: trustme.CA,
) -> None:
    with platform(authority, reply(b"who are you?", 401)) as (server, built):
        error = refusal(built, server.url("/2/events", "api.seatgeek.com"))
        foreign = refusal(built, server.url("/2/events", OTHER))
    assert (error.outcome, str(error)) == (
        "keyless",
        "SeatGeek does not accept the key in GOMEET_SEATGEEK_KEY.",
    )
    assert foreign.outcome == "blocked"


def test_key_in_the_address_is_used_as_it_is(authority: trustme.CA) -> None:
    with platform(authority, ANSWER) as (server, built):
        fetch(built, server.url("/2/events?client_id=mine", "api.seatgeek.com"))
    assert server.paths == ["/2/events?client_id=mine"]


def test_page_of_a_foreign_source_gets_no_key(authority: trustme.CA) -> None:
    with platform(authority, ANSWER) as (server, built):
        fetch(built, server.url("/2/events", "api.seatgeek.com"), keyed=False)
    assert server.paths == ["/2/events"]


def test_who_gives_a_key_is_not_asked_for_robots(authority: trustme.CA) -> None:
    with platform(authority, ANSWER, respect_robots=True) as (server, built):
        fetch(built, server.url("/2/events", "api.seatgeek.com"))
        fetch(built, server.url("/feed", OTHER))
    assert server.paths == [f"/2/events?client_id={ENCODED}", "/robots.txt", "/feed"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (
            "app.ticketmaster.com/x?apikey=S&city=Davis&b=%20",
            "app.ticketmaster.com/x?city=Davis&b=%20",
        ),
        ("app.ticketmaster.com/x?APIKEY=S", "app.ticketmaster.com/x"),
        ("www.eventbriteapi.com/v3/x/?token=S&page=2", "www.eventbriteapi.com/v3/x/?page=2"),
        (
            "rest.bandsintown.com/artists/a/events?app%5Fid=S",
            "rest.bandsintown.com/artists/a/events",
        ),
        ("api.seatgeek.com/2/events", "api.seatgeek.com/2/events"),
        ("venue.example/feed?token=mine", "venue.example/feed?token=mine"),
    ],
)
def test_A15_key_pasted_with_the_address_of_a_platform_is_taken_off(
    address: str, kept: str
) -> None:
    assert keyless_address(f"https://{address}") == f"https://{kept}"


def test_slots_are_canonical_hosts() -> None:
    for host in SLOTS:
        assert read_url(f"https://{host}/", Policy()).host == host
