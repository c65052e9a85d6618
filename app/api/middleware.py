"""What every exchange passes: a limit on the body, security headers, our own access log."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from time import perf_counter
from typing import Any

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem, unexpected

log = logging.getLogger("app.access")

MAX_BODY = 2**20

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


class Refused(HTTPException):
    """The request's body is too large, or encoded, so that it could unfold without limit.

    FastAPI lets its own exception pass while it reads a body, and turns any other into a 400.
    """

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status


class Edge:
    """Pure ASGI, because it stands before every request, also the cheapest."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY) -> None:
        self.app = app
        self.max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            _refuse_encoded(scope)
            await self.app(scope, self._counted(receive), exchange.send)
        except Refused as refused:
            if not exchange.status:
                type_ = refused.status.phrase.lower().replace(" ", "-")
                answer = problem(refused.status, type_, refused.detail)
                await answer(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001 -- the last stop before the server
            failure = unexpected(error)
            if not exchange.status:
                await failure(scope, receive, exchange.send)
        finally:
            exchange.log()

    def _counted(self, receive: Receive) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self.max_body:
                detail = f"The body may have at most {self.max_body} bytes."
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
            return message

        return counted


class _Exchange:
    """The answer on its way: adds our headers and remembers what to log."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self._send = send
        self.status = 0
        self.begun = perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(header for header in HEADERS if header[0] not in present),
            ]
        await self._send(message)

    def log(self) -> None:
        # The route's template, never the path itself: paths hold secret tokens.
        if log.isEnabledFor(logging.INFO):
            route = self.scope.get("route")
            took = (perf_counter() - self.begun) * 1000
            template = getattr(route, "path", "-")
            log.info("%s %s %s %.1f ms", self.scope["method"], template, self.status, took)


def _refuse_encoded(scope: Scope) -> None:
    for name, value in scope["headers"]:
        if name == b"content-encoding" and value != b"identity":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must not be encoded.")
