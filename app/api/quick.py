"""Routes that are asked most, on short ways; what each saves stands in bench/README.md.

Answers are kept: the same question of the same person at the same revisions has the same bytes.
"""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from app.api.conditional import answer
from app.api.deps import identified
from app.services.catalog import Catalog
from app.store.users import Caller

STEP = timedelta(minutes=15)  # how long one answer to "from now on" stays the same
ANSWERS = 500  # of some 60 KB, each good for one revision of catalog and person
ITEMS = 20_000  # of about 1 KB

Key = tuple[object, ...]
V = TypeVar("V")


class Kept(Generic[V]):
    """The last values by their keys; the one kept longest makes room."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Key, V] = OrderedDict()

    def get(self, key: Key) -> V | None:
        """The value, if it is kept."""
        return self._values.get(key)

    def put(self, key: Key, value: V) -> V:
        """Keep a value and give it."""
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)
        return value


@dataclass(frozen=True)
class Memory:
    """What the list keeps: whole answers with their tags, and single events as they stand in it.

    A choice, or another filter, makes another list, of events that were mostly shown before.
    """

    answers: Kept[tuple[bytes, str]] = field(default_factory=lambda: Kept(ANSWERS))
    items: Kept[bytes] = field(default_factory=lambda: Kept(ITEMS))


def key_of(request: Request, me: Caller, now: datetime) -> Key:
    """All that an answer depends on."""
    catalog: Catalog = request.app.state.resources.catalog
    step = int(now.timestamp() // STEP.total_seconds())
    where = (request.url.path, request.scope["query_string"])
    return (me.user_id, me.user_revision, catalog.seen(me.catalog_revision), step, *where)


class PlainRoute(APIRoute):
    """A route whose function takes the request alone and wants nothing else of FastAPI."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function itself."""
        return self.endpoint


class KeptRoute(APIRoute):
    """A route that gives a kept answer before FastAPI reads the question.

    Reading a question of seventeen filters costs more than all the rest of a kept answer. The
    route itself looks nothing up and puts its answers into `app.state.memory`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the look-up before it; who asks is made sure of first, as ever."""
        ask = super().get_route_handler()

        async def handle(request: Request) -> Response:
            kept = request.app.state.memory.answers.get(key_of(request, *await identified(request)))
            return answer(request, *kept) if kept else await ask(request)

        return handle
