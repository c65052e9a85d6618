"""The application as a client sees it, without a socket between."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.api import deps
from app.main import create_app
from app.services.resources import Resources
from tests.conftest import NOW
from tests.seed import token_of


class Caller:
    """Sends requests with one token, or none."""

    def __init__(self, app: FastAPI, runner: asyncio.Runner, token: str = "") -> None:
        self.app, self.runner, self.token = app, runner, token

    def __call__(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """The answer; background tasks have ended when it is given."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        return self.runner.run(self._send(method, path, sent, more))

    async def _send(
        self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gomeet.test") as client:
            return await client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self("GET", path, **more)

    def json(self, path: str, **more: Any) -> Any:
        """The body of a good answer."""
        answer = self.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


class Api:
    """The application with a clock that stands, and callers to talk to it."""

    def __init__(self, world: Resources, runner: asyncio.Runner) -> None:
        self.world, self.runner = world, runner
        self.now = NOW
        self.app = create_app(world)
        self.app.dependency_overrides[deps.clock] = self._clock

    async def _clock(self) -> datetime:
        return self.now

    def as_user(self, user_id: UUID) -> Caller:
        return Caller(self.app, self.runner, token_of(self.world, user_id))

    @property
    def anonymous(self) -> Caller:
        return Caller(self.app, self.runner)


@pytest.fixture
def api(world: Resources) -> Iterator[Api]:
    with asyncio.Runner() as runner:
        yield Api(world, runner)
        runner.run(_shut_down_executor())


async def _shut_down_executor() -> None:
    await asyncio.get_running_loop().shutdown_default_executor()


@pytest.fixture
def robin(api: Api, person: UUID) -> Caller:
    """Signed in as the person."""
    return api.as_user(person)
