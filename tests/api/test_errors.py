"""Every failure is an RFC 9457 problem that tells a client apart and nobody a secret."""

import json
import logging
from uuid import UUID

import httpx
import pytest

from app.api.middleware import MAX_BODY
from tests.api.conftest import Api, Caller
from tests.kinds import embedded

CANARY = "hunter2-canary"
pytestmark = embedded  # the edge knows nothing of the database


def problem(answer: httpx.Response, status: int, type_: str) -> dict[str, object]:
    """The body, after a look at what every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    body: dict[str, object] = answer.json()
    assert body["type"] == f"/problems/{type_}"
    assert body["status"] == status
    assert body["title"]
    assert "Traceback" not in answer.text
    return body


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/nothing", f"/api/v1/events/{UUID(int=7)}", "/calendar/x.ics"]
)
def test_what_is_not_there(robin: Caller, path: str) -> None:
    problem(robin.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/me", {"GET"}),
        ("GET", f"/api/v1/choices/{UUID(int=7)}", {"PUT", "DELETE"}),
        ("POST", "/api/v1/events", {"GET"}),
        ("POST", "/calendar/x.ics", {"GET", "HEAD"}),
        ("PUT", "/index.html", {"GET", "HEAD"}),
    ],
)
def test_what_cannot_be_done(robin: Caller, method: str, path: str, allowed: set[str]) -> None:
    answer = robin(method, path)
    problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) <= allowed


def test_without_a_token(api: Api) -> None:
    answer = api.anonymous.get("/api/v1/events")
    problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("encoded", [True, False], ids=["with length", "in chunks"])
def test_E01_a_large_body_is_cut_off(robin: Caller, encoded: bool) -> None:
    body = b"x" * (MAX_BODY + 1)

    async def chunks() -> object:
        for start in range(0, len(body), 2**16):
            yield body[start : start + 2**16]

    answer = robin("PUT", "/api/v1/me/profile", content=body if encoded else chunks())
    problem(answer, 413, "request-entity-too-large")


def test_E01_a_packed_body_is_refused(robin: Caller) -> None:
    answer = robin("PUT", "/api/v1/me/profile", content=b"x", headers={"content-encoding": "gzip"})
    problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [
        {"weekly_hours": CANARY},
        {"currency": CANARY},
        {"seniority": CANARY},
        {"interests": [CANARY * 20]},
        {"time_zone": CANARY},
        {"user_id": CANARY},
        {"digest_hour": 99, "home_name": CANARY},
    ],
    ids=lambda body: next(iter(body)),
)
def test_E06_what_does_not_fit_is_named_and_never_repeated(
    robin: Caller, body: dict[str, object]
) -> None:
    answer = robin("PUT", "/api/v1/me/profile", json=body)
    found = problem(answer, 422, "invalid")
    errors = found["errors"]
    assert isinstance(errors, list)
    assert errors[0]["field"].split(".")[0] == next(iter(body))
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        f"?kind={CANARY}",
        f"?near={CANARY}",
        f"?cursor={CANARY}",
        f"?sort={CANARY}",
        f"?from={CANARY}",
        f"?limit={CANARY}",
        f"?canary={CANARY}",
        "?from=2026-11-24T10:00:00",
        "?limit=1000000000",
        "?limit=-1",
        "?min_score=nan",
        "?near=nan,nan",
        "?near=91,0",
        "?weekday=8",
        "?cursor=AAAA",
        "?sort=score;drop%20table%20event",
    ],
)
def test_A14_odd_questions_are_refused(robin: Caller, query: str) -> None:
    answer = robin.get(f"/api/v1/events{query}")
    problem(answer, 422, "invalid")
    assert CANARY not in answer.text


def test_E06_a_source_is_never_repeated_either(robin: Caller) -> None:
    for body in (
        {"url": f"https://robin:{CANARY}@gull.example/"},
        {"url": f"file:///{CANARY}"},
        {"url": "https://gull.example/", "scraper": CANARY},
        {"url": "https://gull.example/", "time_zone": CANARY},
    ):
        answer = robin("POST", "/api/v1/sources", json=body)
        problem(answer, 422, "invalid")
        assert CANARY not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b"\xff\xfe", b'{"weekly_hours": NaN}', b"[" * 5000, b"null"]
)
def test_E12_odd_json_is_refused(robin: Caller, body: bytes) -> None:
    answer = robin(
        "PUT", "/api/v1/me/profile", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, "invalid" if answer.status_code == 422 else "bad-request")


def test_E07_a_mistake_of_ours_has_a_number_and_no_trace(
    robin: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr("app.store.events.get", fail)
    with caplog.at_level(logging.ERROR):
        answer = robin.get(f"/api/v1/events/{UUID(int=7)}")
    body = problem(answer, 500, "error")
    assert CANARY not in answer.text
    assert "ZeroDivision" not in answer.text
    (record,) = caplog.records
    incident = str(record.args[0]) if isinstance(record.args, tuple) else ""
    assert incident
    assert incident in str(body["detail"])


def test_E08_the_reference_can_be_switched_off(api: Api) -> None:
    assert api.anonymous.get("/openapi.json").status_code == 200
    api.world.settings.docs = False
    closed = Api(api.world, api.runner).anonymous
    for path in ("/docs", "/openapi.json", "/redoc", "/metrics"):
        problem(closed.get(path), 404, "not-found")


def test_problem_types_do_not_depend_on_the_host(api: Api) -> None:
    answer = api.anonymous.get("/api/v1/me", headers={"host": "evil.example"})
    assert "evil" not in json.dumps(dict(answer.headers)) + answer.text
