"""Small calendars for tests, and reading them at a fixed time."""

from datetime import UTC, datetime

from scrapers import ical
from scrapers.base import Document, Listing, Parsed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CITY = "America/Chicago"


def calendar(*events: str, header: str = "") -> str:
    """A VCALENDAR of VEVENTs, each given by its lines; indentation does not count."""
    bodies = "".join(f"BEGIN:VEVENT\n{lines(event)}END:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{lines(header)}{bodies}END:VCALENDAR\n"


def lines(text: str) -> str:
    return "".join(f"{line.strip()}\n" for line in text.strip().split("\n") if line.strip())


def document(content: str | bytes, zone: str = CITY, **fields: object) -> Document:
    raw = content.encode() if isinstance(content, str) else content
    given = {"url": "https://feed.example/a.ics", "retrieved_at": NOW, "time_zone": zone} | fields
    return Document(content=raw, **given)  # type: ignore[arg-type]


def read(content: str | bytes, zone: str = CITY, **fields: object) -> Parsed:
    return ical.parse(document(content, zone, **fields))


def listings(content: str | bytes, zone: str = CITY, **fields: object) -> list[Listing]:
    return sorted(read(content, zone, **fields).listings, key=lambda listing: listing.start)


def only(content: str | bytes, zone: str = CITY, **fields: object) -> Listing:
    (listing,) = read(content, zone, **fields).listings
    return listing


def walls(found: list[Listing]) -> list[str]:
    """Wall times as a person reads them: "2026-03-10 19:00"."""
    return [listing.start.strftime("%Y-%m-%d %H:%M") for listing in found]
