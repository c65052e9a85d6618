"""A publisher and a service for the tests of polling."""

from collections.abc import Iterator

import pytest

from app.services.resources import Resources
from tests.services.publisher import Publisher, Service


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    with found.server:
        yield found


@pytest.fixture
def service(world: Resources, publisher: Publisher) -> Service:
    return Service(world, publisher)
