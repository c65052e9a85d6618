"""Routes that are asked most, on short ways; what each saves stands in bench/README.md.

Answers are kept: the same question of the same person at the same revisions has the same bytes.
"""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from app.api.conditional import answer, etag_of
from app.api.deps import identified
from app.store.users import Caller

STEP = timedelta(minutes=15)  # how long one answer to "from now on" stays the same
KEPT = 500  # answers, each good for one revision of catalog and person

Key = tuple[object, ...]


class Answers:
    """The last answers with their tags; the one kept longest makes room."""

    def __init__(self, size: int = KEPT) -> None:
        self._size = size
        self._answers: OrderedDict[Key, tuple[bytes, str]] = OrderedDict()

    def get(self, key: Key) -> tuple[bytes, str] | None:
        """Bytes and tag, if they are kept."""
        return self._answers.get(key)

    def put(self, key: Key, content: bytes) -> tuple[bytes, str]:
        """Keep an answer and give it with its tag."""
        kept = self._answers[key] = (content, etag_of(content))
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)
        return kept


def key_of(request: Request, me: Caller, now: datetime) -> Key:
    """All that an answer depends on."""
    step = int(now.timestamp() // STEP.total_seconds())
    where = (request.url.path, request.scope["query_string"])
    return (me.user_id, me.user_revision, me.catalog_revision, step, *where)


class PlainRoute(APIRoute):
    """A route whose function takes the request alone and wants nothing else of FastAPI."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function itself."""
        return self.endpoint


class KeptRoute(APIRoute):
    """A route that gives a kept answer before FastAPI reads the question.

    Reading a question of seventeen filters costs more than all the rest of a kept answer. The
    route itself looks nothing up and puts its answers into `app.state.answers`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the look-up before it; who asks is made sure of first, as ever."""
        ask = super().get_route_handler()

        async def handle(request: Request) -> Response:
            kept = request.app.state.answers.get(key_of(request, *await identified(request)))
            return answer(request, *kept) if kept else await ask(request)

        return handle
