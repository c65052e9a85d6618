from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.model.event import Event
from scrapers.base import Organization, Place

Make = Callable[..., Event]


@pytest.fixture(scope="session")
def make() -> Make:
    """An event from a title and whatever else matters to the test."""

    def event(name: str, **more: Any) -> Event:
        venue, organizer = more.pop("venue", ""), more.pop("organizer", "")
        defaults: dict[str, Any] = {
            "id": UUID(int=1),
            "start": datetime(2026, 9, 17, tzinfo=UTC),
            "time_zone": "UTC",
            "all_day": "start" not in more,
            "location": Place(name=venue) if venue else None,
            "organizer": Organization(name=organizer) if organizer else None,
        }
        return Event(name=name, **(defaults | more))

    return event
