"""What answers mean: outcomes, validators, freshness, challenges (CASES A6, A11, SECURITY 4.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.gateways import challenges, fields
from app.gateways.http import Fetched
from app.gateways.politeness import OwnPaces
from tests.gateways.fetching import NOW, client, fetch, refusal
from tests.servers import Server, redirect, reply

DATE = "Sun, 01 Mar 2026 10:00:00 GMT"


def test_a_document_with_everything() -> None:
    feed = reply(
        b"BEGIN:VCALENDAR",
        content_type="text/calendar; charset=utf-8",
        etag='W/"1"',
        last_modified=DATE,
        cache_control="public, max-age=3600",
    )
    with Server({"/f": feed}) as server, client(server) as built:
        found = fetch(built, server.url("/f?a=1"))
    assert found.retrieved_at - NOW < timedelta(seconds=5)
    assert found == Fetched(
        status="ok",
        url=server.url("/f?a=1"),
        retrieved_at=found.retrieved_at,
        content=b"BEGIN:VCALENDAR",
        content_type="text/calendar; charset=utf-8",
        etag='W/"1"',
        last_modified=DATE,
        max_age=3600,
        wire_bytes=15,
    )
    assert server.requests[0].path == "/f?a=1"


def test_conditional_request_and_304() -> None:
    with Server({"/": reply(status=304, etag='"2"')}) as server, client(server) as built:
        found = fetch(built, server.url(), etag='"1"', last_modified=DATE)
        assert (found.status, found.content, found.etag) == ("not_modified", b"", '"2"')
        assert refusal(built, server.url()).outcome == "broken"  # 304 that nobody asked for
    sent = server.requests[0].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"1"', DATE)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, "blocked"),
        (402, "blocked"),
        (403, "blocked"),
        (451, "blocked"),
        (404, "not_found"),
        (410, "gone"),
        (408, "temporary"),
        (429, "temporary"),
        (500, "temporary"),
        (503, "temporary"),
        (599, "temporary"),
        (400, "broken"),
        (204, "broken"),
        (206, "broken"),
        (300, "broken"),
        (302, "broken"),
    ],
)
def test_A1_statuses_and_their_outcomes(status: int, outcome: str) -> None:
    with Server(reply(b"", status)) as server, client(server) as built:
        error = refusal(built, server.url())
    assert error.outcome == outcome
    assert error.detail == f"127.0.0.1: status {status}"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 60),
        ("5", 60),
        ("99999999999", 604800),
        ("9" * 5000, 604800),
        ("Mon, 02 Mar 2026 13:00:00 GMT", 3600),
        ("Monday, 02-Mar-26 13:00:00 GMT", 3600),
        ("Mon, 02 Mar 2026 12:00:10 GMT", 60),
        ("Mon, 02 Mar 2096 12:00:00 GMT", 604800),
        ("-5", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("soon", None),
        ("１２０", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_A6_R12_retry_after(value: str | None, seconds: float | None) -> None:
    assert fields.retry_after(value, NOW) == seconds


def test_A6_429_carries_retry_after_and_the_host_is_left_alone() -> None:
    routes = {"/": reply(b"", 429, retry_after="120"), "/other": reply(b"x")}
    with Server(routes) as server, client(server) as built:
        assert refusal(built, server.url()).retry_after == 120
        neighbour = refusal(built, server.url("/other"))
    assert neighbour.outcome == "temporary"
    assert 100 < (neighbour.retry_after or 0) <= 120
    assert server.paths == ["/"]


def test_R12_garbage_retry_after_is_ignored() -> None:
    with Server(reply(b"", 503, retry_after="later")) as server, client(server) as built:
        assert refusal(built, server.url()).retry_after is None
        refusal(built, server.url())
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("control", "expires", "seconds"),
    [
        ("max-age=60", None, 60),
        ("public, MAX-AGE=60", DATE, 60),
        (f"max-age={10 * 365 * 86400}", None, 604800),
        ("max-age=" + "9" * 5000, None, 604800),
        ("s-maxage=60", None, None),
        ("no-cache, max-age=60", None, 0),
        ("private, no-store", None, 0),
        ("max-age=-1", None, None),
        (None, "Mon, 02 Mar 2026 13:00:00 GMT", 3600),
        (None, DATE, 0),
        (None, "0", None),
        (None, None, None),
    ],
)
def test_A6_freshness_is_read_and_capped(
    control: str | None, expires: str | None, seconds: int | None
) -> None:
    assert fields.max_age(control, expires, NOW) == seconds


def test_http_dates_are_instants_in_utc() -> None:
    assert fields.http_date(DATE) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert fields.http_date("Sun, 01 Mar 2026 10:00:00 -0000") == datetime(
        2026, 3, 1, 10, tzinfo=UTC
    )
    assert fields.http_date("nonsense") is None


@pytest.mark.parametrize("name", ["cf-mitigated", "sg-captcha", "x-vercel-mitigated"])
def test_A11_announced_challenges_are_blocked_whatever_the_status(name: str) -> None:
    for status in (200, 202, 429, 503):
        challenge = reply(b"<html>", status, **{name: "challenge"})
        with Server(challenge) as server, client(server) as built:
            error = refusal(built, server.url())
        assert error.outcome == "blocked"
        assert error.retry_after is None


PAGE = b"<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"


def test_A11_a_challenge_page_with_200_is_blocked_not_a_document() -> None:
    with Server(reply(PAGE, content_type="text/html")) as server, client(server) as built:
        assert refusal(built, server.url()).outcome == "blocked"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (
            b"<title>Events</title><script src=/cdn-cgi/challenge-platform/x.js></script>",
            "text/html",
        ),
        (PAGE, "text/calendar"),
        (b"<p>" * 50_000 + PAGE, "text/html"),
        (b"", "text/html"),
    ],
)
def test_A11_ordinary_documents_are_no_challenges(content: bytes, content_type: str) -> None:
    assert not challenges.in_page(content, content_type)


@pytest.mark.parametrize("value", ["text/html\x7f", "x" * 201, "\xe9", "", None])
def test_a_content_type_that_cannot_be_one_is_empty(value: str | None) -> None:
    assert fields.media_type(value) == ""


def test_retrieved_at_is_the_callers_time_plus_what_passed() -> None:
    ticks = iter([100.0, 107.5])
    options: dict[str, Any] = {
        "clock": lambda: next(ticks, 107.5),
        "paces": OwnPaces(lambda: 0.0),
    }
    with Server(reply(b"x")) as server, client(server, options=options) as built:
        assert fetch(built, server.url()).retrieved_at == NOW + timedelta(seconds=7.5)


def test_A7_two_addresses_that_redirect_to_one_have_one_final_url() -> None:
    routes = {"/a": redirect("/feed"), "/b": redirect("/feed", 301), "/feed": reply(b"x")}
    with Server(routes) as server, client(server) as built:
        assert len({fetch(built, server.url(path)).url for path in ("/a", "/b", "/feed")}) == 1
