"""Invented events of Harbor Falls for the tests of what goes out."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.model.event import Event
from app.model.score import Reason, Score
from app.publish.digest import Digest, Pick
from app.publish.ical import Entry
from app.publish.links import event_links
from scrapers.base import AttendanceMode, Offer, Organization, Place

NEW_YORK = ZoneInfo("America/New_York")
CREATED = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
MODIFIED = datetime(2026, 11, 20, 7, 15, 30, tzinfo=UTC)
BASE = "https://meet.example"

MIXER = Event(
    id=UUID("01939a00-0000-7000-8000-000000000001"),
    name="Chamber After-Hours, at the Malt House",
    start=datetime(2026, 12, 8, 23, 0, tzinfo=UTC),
    end=datetime(2026, 12, 9, 1, 0, tzinfo=UTC),
    time_zone="America/New_York",
    description="Meet members over a first drink; name badges at the door.\nNo talks.",
    url="https://harborchamber.example/after-hours?id=8",
    location=Place("The Malt House", "12 Mill Street, Harbor Falls", 42.9012, -72.5561),
    organizer=Organization("Harbor Falls Chamber of Commerce"),
    offers=(Offer(1000, 2500, "USD"),),
    categories=("Networking", "Food, drink"),
)
SCORE = Score(
    any_field=0.78,
    your_field=0.34,
    low=0.67,
    high=0.85,
    confidence="good",
    kind="business_mixer",
    circle=0.01,
    reasons=(
        Reason("time", "evening", 1.4, "Weekday evening"),
        Reason("kind", "mixer", 33.2, "Mixers let you talk with about 7 new people"),
        Reason("audience", "owners", 19.1, "Draws people who run businesses", "members"),
        Reason("organizer", "chamber", 9.3, "Run by the chamber of commerce"),
        Reason("access", "door", -2.0, "Name badges at the door"),
    ),
    advice="Arrive in the first half hour, and go alone.",
)
TASTING = replace(
    MIXER,
    id=UUID("01939a00-0000-7000-8000-000000000002"),
    name="Cider & cheese with the growers of Upper Falls",
    start=datetime(2026, 12, 10, 23, 30, tzinfo=UTC),
    end=datetime(2026, 12, 11, 5, 0, tzinfo=UTC),
    description="",
    url="https://www.orchardhall.example/cider",
    location=Place("Orchard Hall", "3 Orchard Lane, Upper Falls"),
    offers=(Offer(0, 0, "USD"),),
    categories=(),
)
WALK = replace(
    MIXER,
    id=UUID("01939a00-0000-7000-8000-000000000003"),
    name="Winter Light Festival",
    start=datetime(2026, 12, 12, tzinfo=NEW_YORK).astimezone(UTC),
    end=datetime(2026, 12, 14, tzinfo=NEW_YORK).astimezone(UTC),
    all_day=True,
    description="Lanterns along the river.",
    url="",
    location=Place("River Walk"),
    offers=(),
    categories=(),
)
TALK = replace(
    TASTING,
    id=UUID("01939a00-0000-7000-8000-000000000004"),
    name="How small factories buy software: an evening with three plant managers",
    start=datetime(2026, 12, 9, 17, 0, tzinfo=UTC),
    end=datetime(2026, 12, 9, 18, 30, tzinfo=UTC),
    url="https://makers.example/talks/42",
    location=None,
    virtual_location="https://makers.example/live/42",
    event_attendance_mode=AttendanceMode.ONLINE,
)
WEAK = Score(
    any_field=0.22,
    your_field=0.05,
    low=0.08,
    high=0.41,
    confidence="thin",
    kind="food_drink",
    circle=0.0,
    reasons=(
        Reason("kind", "tasting", 7.6, "People stand and talk at tastings"),
        Reason("venue", "rural", -2.8, "A small hall, so few new faces"),
    ),
)


def event(**changes: Any) -> Event:
    return replace(MIXER, **changes)


def entry(of: Event = MIXER, **changes: Any) -> Entry:
    base = Entry(f"{of.id}@meet.example", of, CREATED, MODIFIED, details_url=f"{BASE}/#e/{of.id}")
    return replace(base, **changes)


def pick(of: Event = MIXER, score: Score = SCORE, distance_km: float | None = 1.23) -> Pick:
    links = event_links(of, f"{BASE}/api/v1/events/{of.id}.ics")
    return Pick(of, score, links, f"{BASE}/#e/{of.id}", distance_km)


def digest(*picks: Pick, **changes: Any) -> Digest:
    base = Digest(
        recipient_name="Ada",
        week="2026-W50",
        picks=picks or (pick(), pick(TASTING, WEAK, 14.2), pick(TALK, SCORE, None)),
        preferences_url=f"{BASE}/#preferences",
        unsubscribe_url=f"{BASE}/unsubscribe/q7Tz-example",
        others=31,
        list_url=f"{BASE}/#week",
    )
    return replace(base, **changes)
