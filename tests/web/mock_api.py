"""A small server that serves the page and plays its API, for the page's own tests.

`python -m tests.web.mock_api --now 2026-11-24T15:00:00+00:00 --port 8123` serves it for a look by
hand; any token but "wrong" signs in.
"""

import argparse
import hashlib
import json
import mimetypes
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.web.world import Refused, World, answer

WEB = Path(__file__).resolve().parents[2] / "app" / "web"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


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
    wbufsize = -1  # head and body in one packet: two wait for a delayed acknowledgement

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keeps tests quiet."""

    def handle_one(self) -> None:
        """Answers from the API or the folder."""
        parts = urlsplit(self.path)
        if parts.path.startswith("/api/v1/"):
            self.api(parts.path.removeprefix("/api/v1/"), parts.query)
        else:
            self.file(parts.path)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method of HTTP goes the same way."""
        if name.startswith("do_"):
            return self.handle_one
        raise AttributeError(name)

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
        self.reply(200, target.read_bytes(), kind, "max-age=60")

    def reply(self, status: int, body: bytes, kind: str, cache: str = "private, no-cache") -> None:
        """Writes an answer, 304 where the client has these bytes already."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == HTTPStatus.OK and self.headers.get("If-None-Match") == tag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("ETag", tag),
            ("Cache-Control", cache),
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
