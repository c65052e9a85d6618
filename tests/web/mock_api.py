"""A small server that plays the API of docs/api-contract.md from memory, for the page's own tests.

`python -m tests.web.mock_api --now 2026-11-24T15:00:00+00:00 --port 8123` serves it for a look by
hand; any token but "wrong" signs in.
"""

import argparse
import hashlib
import io
import json
import mimetypes
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import segno

from tests.web.sample_events import CITY_ZONE, SAMPLES, Json, detail, instant, summary

WEB = Path(__file__).resolve().parents[2] / "app" / "web"
CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
PROFILE: Json = {
    "home_name": "Harbor Falls", "latitude": 41.88, "longitude": -87.63, "time_zone": CITY_ZONE, "reach_km": 25.0,
    "interests": ["live music", "cycling", "cooking"], "dislikes": ["golf"], "field": "software engineering",
    "seniority": "senior", "weekly_hours": 8.0, "weekly_budget": 6000, "currency": "USD",
    "digest_enabled": True, "digest_weekday": 1, "digest_hour": 8,
}  # fmt: skip
CLIENTS: list[Json] = [
    {"name": "Apple Calendar", "url": None, "steps": ["Tap “Open in my calendar app” above.", "Tap Subscribe.", "Choose how often it is refreshed; every hour is kind."], "delay": "5 minutes to a day"},
    {"name": "Google Calendar", "url": "https://calendar.example.org/r", "steps": ["On a computer, open Google Calendar.", "Beside “Other calendars” press +, then “From URL”.", "Paste your address and press “Add calendar”."], "delay": "up to 24 hours"},
    {"name": "Outlook", "url": None, "steps": ["Open Outlook on the web.", "“Add calendar”, then “Subscribe from web”.", "Paste your address."], "delay": "about 3 hours"},
]  # fmt: skip


class Refused(Exception):
    """An answer other than 2xx."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.body: Json = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
        }


class World:
    """What the API remembers; `now` is fixed."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        midnight = now.astimezone(ZoneInfo(CITY_ZONE)).replace(
            hour=0, minute=0, second=0, microsecond=0, tzinfo=None
        )
        events = [summary(number, sample, midnight) for number, sample in enumerate(SAMPLES)]
        self.events = {str(event["id"]): event for event in events}
        self.samples = dict(zip(self.events, SAMPLES, strict=True))
        self.choices: dict[str, Json] = {}
        self.profile = dict(PROFILE)
        self.feed = "first"
        self.sources = {str(source["id"]): source for source in sources(now)}

    def choose(self, event: str, state: str) -> Json:
        """Stores a choice with its snapshot."""
        if event not in self.events:
            raise Refused(404, "No such event")
        at = instant(self.now)
        self.events[event]["choice"] = state
        choice: Json = {
            "event_id": event,
            "state": state,
            "chosen_at": at,
            "updated_at": at,
            "event": self.events[event],
            "gone_since": None,
            "note": "",
        }
        self.choices[event] = choice
        return choice

    def withdraw(self, event: str) -> None:
        """Forgets a choice."""
        self.choices.pop(event, None)
        self.events[event]["choice"] = None

    def list_events(self, query: dict[str, str]) -> Json:
        """Filtered, sorted, paged."""
        found = [event for event in self.events.values() if matches(event, query)]
        found.sort(key=order(query.get("sort", "score")))
        first, limit = int(query.get("cursor", "0")), int(query.get("limit", "50"))
        more = str(first + limit) if first + limit < len(found) else None
        return {"items": found[first : first + limit], "next_cursor": more, "total": len(found)}

    def calendar(self) -> Json:
        """The subscription."""
        url = f"https://meet.example.org/calendar/gm_feed_{self.feed}_k3v9x2m7q4w8z1.ics"
        out = io.BytesIO()
        segno.make(url, micro=False).save(out, kind="svg", xmldecl=False, scale=4, border=0)
        return {
            "url": url,
            "webcal_url": url.replace("https", "webcal"),
            "qr_svg": out.getvalue().decode(),
            "clients": CLIENTS,
        }


def sources(now: datetime) -> list[Json]:
    """Four sources in different health."""

    def one(name: str, state: str, message: str = "", **more: object) -> Json:
        host = name.lower().replace(" ", "-")
        return {
            "id": host, "name": name, "url": f"https://{host}.example.org/calendar.ics", "scraper": "ical",
            "time_zone": CITY_ZONE, "trust": 1.0, "state": state, "paused": False, "last_ok_at": instant(now - timedelta(hours=2)),
            "last_polled_at": instant(now - timedelta(hours=2)), "next_due_at": instant(now + timedelta(hours=4)),
            "outcome": "ok", "message": message, "events": 42, "problems": [],
        } | more  # fmt: skip

    return [
        one("Harbor Falls Chamber", "ok"),
        one("Public Library", "ok", events=118, problems=[{"place": "VEVENT 7", "code": "bad_date", "cause": "Its start “2026-13-40” is not a date."}]),
        one("Copper Kettle", "temporary", "503 Service Unavailable", events=9),
        one("Old Theatre", "gone", "404 for nine days", events=3, last_ok_at=instant(now - timedelta(days=9))),
    ]  # fmt: skip


def matches(event: Json, query: dict[str, str]) -> bool:
    """Whether an event passes the filters that the page uses."""
    score, price, km = event["score"], event["price"], event["distance_km"]
    assert isinstance(score, dict)
    assert isinstance(price, dict)
    return (
        str(event["start"]) < query.get("to", "9").replace(".000Z", "Z")
        and str(event["end"]) > query.get("from", "0").replace(".000Z", "Z")
        and query.get("kind", event["kind"]) == event["kind"]
        and query.get("q", "").lower() in str(event["name"]).lower()
        and ("free" not in query or price["free"] is True)
        and ("km" not in query or (isinstance(km, float) and km <= float(query["km"])))
        and (score["circle"] < 0.6 or "include_circles" in query)
    )


def order(sort: str):  # type: ignore[no-untyped-def] -- a key function of either kind
    """The sort key: best or earliest first."""
    if sort == "start":
        return lambda event: event["start"]
    return lambda event: -event["score"]["any_field"]


def answer(
    world: World, method: str, path: str, query: dict[str, str], body: Json
) -> tuple[int, Json | str | None]:
    """One request of /api/v1 as a status and a body."""
    match method, path.strip("/").split("/"):
        case "GET", ["events"]:
            return 200, world.list_events(query)
        case "GET", ["events", name] if name.endswith(".ics"):
            return 200, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        case "GET", ["events", name] if name in world.events:
            return 200, detail(world.events[name], world.samples[name])
        case "GET", ["choices"]:
            return 200, {"items": list(world.choices.values())}
        case "PUT", ["choices", name]:
            return 200, world.choose(name, str(body["state"]))
        case "DELETE", ["choices", name]:
            return 204, world.withdraw(name)
        case _, ["me", *rest]:
            return of_me(world, method, rest, body)
        case _, ["sources", *rest]:
            return of_sources(world, method, rest, body)
    raise Refused(404, "Not found", "There is nothing at this address.")


def of_me(world: World, method: str, rest: list[str], body: Json) -> tuple[int, Json]:
    """Everything under /me."""
    match method, rest:
        case "GET", []:
            digest = {
                "enabled": True,
                "weekday": 1,
                "hour": 8,
                "next_at": instant(world.now + timedelta(days=6)),
            }
            return 200, {
                "id": "u1",
                "name": "Robin Vale",
                "email": "robin@example.org",
                "digest": digest,
            }
        case "PUT", ["profile"]:
            world.profile = body
            return 200, world.profile
        case "GET", ["profile"]:
            return 200, world.profile
        case "POST", ["calendar", "rotate"]:
            world.feed = "second"
            return 200, world.calendar()
        case "GET", ["calendar"]:
            return 200, world.calendar()
    raise Refused(404, "Not found")


def of_sources(world: World, method: str, rest: list[str], body: Json) -> tuple[int, Json | None]:
    """Everything under /sources."""
    match method, rest:
        case "GET", []:
            return 200, {"items": list(world.sources.values())}
        case "POST", []:
            return 201, add_source(world, str(body["url"]), str(body.get("name") or ""))
        case "PATCH", [name]:
            world.sources[name] |= body
            return 200, world.sources[name]
        case "POST", [name, "poll"]:
            world.sources[name]["next_due_at"] = instant(world.now)
            return 202, world.sources[name]
        case "DELETE", [name]:
            del world.sources[name]
            return 204, None
    raise Refused(404, "Not found")


def add_source(world: World, url: str, name: str) -> Json:
    """A new source, unless its host is a local one."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        raise Refused(
            422, "That address is not allowed", "Only addresses on the public internet can be read."
        )
    source = sources(world.now)[0] | {
        "id": f"new-{host}",
        "name": name or host,
        "url": url,
        "state": "new",
        "last_ok_at": None,
        "events": 0,
    }
    world.sources[str(source["id"])] = source
    return source


class Server(ThreadingHTTPServer):
    """Serves the page and plays the API; `world` may be replaced between tests."""

    daemon_threads = True

    def __init__(self, now: datetime, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.world = World(now)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keeps tests quiet."""

    def handle_one(self) -> None:
        """Answers from the API or the folder."""
        parts = urlsplit(self.path)
        if parts.path.startswith("/api/v1/"):
            self.api(parts.path.removeprefix("/api/v1/"), parts.query)
        else:
            self.file(parts.path)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = handle_one

    def api(self, path: str, query: str) -> None:
        """One call of the API."""
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        flat = {name: values[0] for name, values in parse_qs(query).items()}
        try:
            if self.headers.get("Authorization") in (None, "Bearer wrong"):
                raise Refused(401, "Please sign in")
            status, found = answer(self.server.world, self.command, path, flat, body)
            kind = "application/json"
        except Refused as refused:
            status, found, kind = refused.status, refused.body, "application/problem+json"
        if isinstance(found, str):
            self.reply(status, found.encode(), "text/calendar; charset=utf-8")
        else:
            self.reply(status, b"" if found is None else json.dumps(found).encode(), kind)

    def file(self, path: str) -> None:
        """One file of the page."""
        target = (WEB / (path.lstrip("/") or "index.html")).resolve()
        if not target.is_relative_to(WEB) or not target.is_file():
            self.reply(404, b"", "text/plain")
            return
        kind = mimetypes.guess_type(target.name)[0] or "application/manifest+json"
        self.reply(200, target.read_bytes(), kind)

    def reply(self, status: int, body: bytes, kind: str) -> None:
        """Writes an answer, 304 where the client has these bytes already."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == HTTPStatus.OK and self.headers.get("If-None-Match") == tag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("ETag", tag),
            ("Cache-Control", "private, no-cache"),
            ("Content-Security-Policy", CSP),
        ):
            self.send_header(name, value)
        if status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--now", type=datetime.fromisoformat, required=True, help="aware ISO 8601 instant"
    )
    parser.add_argument("--port", type=int, default=8123)
    options = parser.parse_args()
    Server(options.now, options.port).serve_forever()
