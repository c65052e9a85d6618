"""Listings of an invented town, for the tests of app.find."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapers.base import Listing, Place

NEW_YORK = "America/New_York"
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
HALL = Place("Harbor Hall", "12 Quay St, Harbor Falls, NY 12345")


def listing(name: str = "Lantern Parade", /, **changes: Any) -> Listing:
    """A listing of 18:00 to 20:00 in New York on 10 September 2026, with some fields changed."""
    base = Listing(
        name=name,
        start=datetime(2026, 9, 10, 22, tzinfo=UTC),
        end=datetime(2026, 9, 11, 0, tzinfo=UTC),
        time_zone=NEW_YORK,
        location=HALL,
    )
    return replace(base, **changes)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of September 2026 by the clock of New York (UTC-4)."""
    hours = hour + 4
    return datetime(2026, 9, day + hours // 24, hours % 24, minute, tzinfo=UTC)
