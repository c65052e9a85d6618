"""What the tests of the HTTP gateway share: clients with a fake resolver, one fetch, its failure."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import FetchError
from app.gateways.http import Client, Fetched, FetchRequest
from app.settings import Settings
from tests.servers import Names, Server

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOOPBACK = ["127.0.0.0/8"]


def settings(*servers: Server, **changes: Any) -> Settings:
    """Settings that admit loopback and the servers' ports; no robots.txt unless asked for."""
    values: dict[str, Any] = {
        "allow_networks": LOOPBACK,
        "allow_ports": [80, 443, *(server.port for server in servers)],
        "respect_robots": False,
        "fetch_deadline": 5.0,
    }
    return Settings(_env_file=None, **(values | changes))


@contextmanager
def client(
    *servers: Server, names: Names | None = None, options: Any = None, **changes: Any
) -> Iterator[Client]:
    """A client for the servers; `options` go to Client, `changes` to Settings."""
    resolver = names or Names({})
    built = Client(settings(*servers, **changes), resolver=resolver, **(options or {}))
    try:
        yield built
    finally:
        built.close()


def fetch(built: Client, url: str, **request: Any) -> Fetched:
    """Fetch once, in a fresh event loop."""
    return asyncio.run(built.fetch(FetchRequest(url, NOW, **request)))


def refusal(built: Client, url: str, **request: Any) -> FetchError:
    """The error that a fetch ends with."""
    with pytest.raises(FetchError) as caught:
        fetch(built, url, **request)
    return caught.value
