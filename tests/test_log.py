"""What may never stand in a log (CASES A15, SECURITY.md 4.12), whoever writes it."""

import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest

from app.log import QUIET, configure, redact

SECRET = "s3cr3t-t0ken"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.mark.parametrize(
    "text",
    [
        f"GET /calendar/{SECRET}.ics HTTP/1.1",
        f"GET /unsubscribe/{SECRET}",
        f"https://calendar.example.com/calendar/ical/me%40x/private-{SECRET}/basic.ics failed",
        f"see https://example.com/feed?sig={SECRET}&x=1 there",
        f"webcal://example.com/feed?{SECRET}",
        f"http://me:{SECRET}@example.com/feed",
        f"http://{SECRET}@example.com",
        f"postgresql+psycopg://gomeet:{SECRET}@db/gomeet",
        f"Authorization: Bearer {SECRET}",
        f"authorization: basic {SECRET}==",
        f"token={SECRET}",
        f"/#token={SECRET}",
        f"{{'token': '{SECRET}'}}",
        f"access_token={SECRET}",
        f'"password": "{SECRET}"',
        f"secret: {SECRET}",
    ],
)
def test_A15_redacted(text: str) -> None:
    assert SECRET not in redact(text)
    assert "[…]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "polled 12 sources in 3.2 s: 10 ok, 2 not modified",
        "https://example.com/feed.ics: status 404",
        "the calendar / the token was fine",
        "what now? nothing",
        "mail to me@example.com went out",
        "GET /api/v1/events/0190 200",
    ],
)
def test_ordinary_lines_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("as_json", [False, True])
def test_messages_arguments_and_tracebacks_are_redacted(as_json: bool) -> None:
    stream = io.StringIO()
    configure("info", as_json=as_json, stream=stream)
    try:
        raise ValueError(f"https://me:{SECRET}@example.com/?{SECRET}")
    except ValueError:
        logging.getLogger("other.library").exception("failed at %s", f"/calendar/{SECRET}.ics")
    logging.getLogger("app").info("Bearer %s", SECRET)
    written = stream.getvalue()
    assert SECRET not in written
    assert "ValueError" in written
    assert "other.library" in written
    if as_json:
        first, second = map(json.loads, written.splitlines())
        assert set(first) == {"time", "level", "logger", "message", "traceback"}
        assert (second["level"], second["message"]) == ("INFO", "Bearer […]")
        assert second["time"].endswith("Z")


def test_http_libraries_are_quiet_below_warning() -> None:
    stream = io.StringIO()
    configure("debug", stream=stream)

    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(respond)) as client:
        client.get(f"https://example.com/{SECRET}")
    assert stream.getvalue() == ""
    logging.getLogger("sqlalchemy.engine").info("SELECT %s", SECRET)
    assert stream.getvalue() == ""
    logging.getLogger("httpcore").warning("heard")
    assert "WARNING httpcore: heard" in stream.getvalue()


def test_configuring_twice_writes_once() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    configure(stream=stream)
    logging.getLogger("app").warning("once")
    assert stream.getvalue().count("once") == 1
