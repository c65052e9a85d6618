"""The loopback server that plays the city's publishers: validators, gzip, robots.txt, 404.

It never reads the clock: the day is set by its owner, and `Last-Modified` counts from that day.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, unquote, urlsplit

from app.errors import NotFound
from app.sample_city.city import SourceRow, documents, not_found, sources, upcoming
from app.sample_city.cycle import Change
from app.sample_city.write_html import HTML
from app.sample_city.write_troubles import TROUBLES

CACHE_CONTROL = "max-age=60"
IDLE_SECONDS = 5  # a client that says nothing is let go, so that closing never waits for it
FORM_LIMIT = 1000  # bytes
_STATUS = {f"/{each.path}": each.status for each in TROUBLES}
_LATER = {f"/{each.path}": f"/{each.later}" for each in TROUBLES if each.later}


@dataclass(frozen=True, slots=True)
class Resource:
    """What one path answers, with its validators."""

    content_type: str
    body: bytes
    last_modified: datetime

    @property
    def etag(self) -> str:
        """Strong validator of the identity representation."""
        return hashlib.sha256(self.body).hexdigest()[:32]


class Server:
    """The city on one day, with the changes its publishers have made; safe between threads."""

    def __init__(self, url: str, today: date) -> None:
        self.url = url
        self._lock = Lock()
        self._today = today
        self._changes: dict[str, Change] = {}
        self._resources: dict[str, Resource] = {}
        self._revision = 0
        self._answered: set[str] = set()
        self._publish()

    @property
    def sources(self) -> list[SourceRow]:
        """The rows to add to a service that polls this server."""
        return sources(self.url)

    def turn_to(self, today: date) -> None:
        """Let it be another day: events pass by and new ones are announced."""
        with self._lock:
            if today != self._today:
                self._today, self._revision = today, 0
                self._publish()

    def move(self, event: str, by: timedelta = timedelta(days=1)) -> str:
        """Move the next date of an event (a slug, or the uid of a date) and give its uid.

        Raises NotFound if nothing of that name is announced.
        """
        return self._change(event, by=by)

    def cancel(self, event: str) -> str:
        """Cancel the next date of an event, named as in `move`, and give its uid."""
        return self._change(event, cancelled=True)

    def undo(self, uid: str = "") -> None:
        """Take back the change to one date, or without a uid all of them."""
        with self._lock:
            self._changes = {key: val for key, val in self._changes.items() if uid and key != uid}
            self._publish()

    def resource(self, path: str) -> Resource | None:
        """What a path answers now, None if it is not in the city."""
        with self._lock:
            shown = _LATER.get(path, path) if path in self._answered else path
            self._answered.add(path)
            return self._resources.get(shown)

    def _change(self, event: str, *, by: timedelta = timedelta(0), cancelled: bool = False) -> str:
        with self._lock:
            announced = upcoming(self._today, frozenset(self._changes.values()))
            found = (each for _, each in announced)
            uid = next((each.uid for each in found if event in {each.uid, each.event.slug}), None)
            if uid is None:
                msg = f"No event {event!r} is announced in Harbor Falls; use a slug of its data."
                raise NotFound(msg)
            self._changes[uid] = Change(uid, self._today, by, cancelled)
            self._publish()
            return uid

    def _publish(self) -> None:
        """Write all documents anew; those whose bytes stay keep their `Last-Modified`."""
        midnight = datetime.combine(self._today, time(), UTC)
        now = midnight + timedelta(seconds=self._revision)
        self._revision += 1
        written = documents(self._today, frozenset(self._changes.values()), self.url)
        previous = self._resources
        self._resources = {
            path: _resource(previous.get(path), content_type, body, now)
            for path, (content_type, body) in written.items()
        }


@contextmanager
def serve(host: str, port: int, today: date) -> Iterator[Server]:
    """Play the city on `host`:`port` (0: any free port) until the block ends.

    Everything is closed on leaving: the socket, and the threads of clients still connected.
    """
    with _Http((host, port), _Handler) as http:
        city = Server(f"http://{host}:{http.server_address[1]}", today)
        http.city = city
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield city
        finally:
            http.shutdown()
            thread.join()


def _resource(old: Resource | None, content_type: str, body: bytes, now: datetime) -> Resource:
    unchanged = old is not None and old.body == body
    return old if old and unchanged else Resource(content_type, body, now)


class _Http(ThreadingHTTPServer):
    daemon_threads = False  # joined on close
    city: Server


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    server_version = "HarborFalls/1.0"
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        """Answer with a document, 304 or the 404 page."""
        path = unquote(urlsplit(self.path).path)
        found = self.server.city.resource(path)
        if found is None:
            status = _STATUS.get(path, HTTPStatus.NOT_FOUND)
            self._send(status, {"Content-Type": HTML}, not_found())
            return
        body, headers = self._representation(found)
        if self._is_current(found, headers["ETag"]):
            self._send(HTTPStatus.NOT_MODIFIED, headers, None)
        else:
            self._send(HTTPStatus.OK, headers, body)

    do_HEAD = do_GET  # noqa: N815 -- the name http.server looks for

    def do_POST(self) -> None:
        """`/changes`: move, cancel or undo, as the buttons of the pages ask."""
        city = self.server.city
        form = self._form()
        actions: dict[str, Callable[[str], object]] = {
            "move": city.move,
            "cancel": city.cancel,
            "undo": city.undo,
        }
        verb = next((name for name in actions if name in form), "")
        if self.path != "/changes" or not verb:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": HTML}, not_found())
            return
        try:
            actions[verb](form[verb][0])
        except NotFound:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": HTML}, not_found())
            return
        back = urlsplit(self.headers.get("Referer", "")).path.lstrip("/")
        self._send(HTTPStatus.SEE_OTHER, {"Location": f"/{back}"}, b"")

    def _form(self) -> dict[str, list[str]]:
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(min(int(length), FORM_LIMIT)) if length.isdecimal() else b""
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)

    def _representation(self, found: Resource) -> tuple[bytes, dict[str, str]]:
        """The bytes as the client accepts them, with the headers that describe them."""
        headers = {
            "Content-Type": found.content_type,
            "ETag": f'"{found.etag}"',
            "Last-Modified": format_datetime(found.last_modified, usegmt=True),
            "Cache-Control": CACHE_CONTROL,
            "Vary": "Accept-Encoding",
        }
        if "gzip" not in self.headers.get("Accept-Encoding", ""):
            return found.body, headers
        headers |= {"Content-Encoding": "gzip", "ETag": f'"{found.etag}-gz"'}
        return gzip.compress(found.body, mtime=0), headers

    def _is_current(self, found: Resource, etag: str) -> bool:
        """RFC 9110 13.2.2: If-None-Match decides; If-Modified-Since counts only without it."""
        if tags := self.headers.get("If-None-Match"):
            wanted = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return bool(wanted & {etag, "*"})
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since.tzinfo is not None and found.last_modified <= since

    def _send(self, code: HTTPStatus, headers: dict[str, str], body: bytes | None) -> None:
        """One answer for each connection; `body` None for 304, which has no length of its own."""
        self.send_response(code)
        for name, value in headers.items():
            if body is not None or not name.startswith("Content-"):
                self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Stay silent: a demo's terminal belongs to the service."""
