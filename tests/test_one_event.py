"""The whole path of one event, as a story: read this first.

Somebody publishes a calendar. We fetch it, read it, make one event of its listing and work out how
good the chance is to meet people there who hire. Robin looks at the list, asks why, chooses the
event; and from then on it stands in the calendar on Robin's phone, wherever it moves. Each step is
the real thing at its real place; only the town is invented, and the clock stands still.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import icalendar
import pytest

from app.api import deps
from app.main import create_app
from app.model.user import Profile
from app.services import accounts, ingest, sources
from app.services.resources import Resources
from tests.kinds import embedded
from tests.servers import Server, reply

# It is a Tuesday morning in Harbor Falls, a town on the east coast.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

# The Gull Room has a calendar on its web site, as iCalendar (RFC 5545). Times are local times of
# the town, and the text is what its people wrote.
FEED = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Gull Room//Calendar//EN
BEGIN:VEVENT
UID:4711@gullroom.example
DTSTAMP:20261120T090000Z
DTSTART;TZID=America/New_York:20261202T{hour}0000
DTEND;TZID=America/New_York:20261202T210000
SUMMARY:Harbor Falls Tech Mixer
DESCRIPTION:An evening for software people of the town: an hour of talk over
  a drink\\, name tags at the door. Hiring managers of four companies come.
LOCATION:Gull Room\\, 12 Wharf St\\, Harbor Falls
GEO:41.931;-70.521
URL:https://gullroom.example/mixer
{status}END:VEVENT
END:VCALENDAR
"""


def published(hour: str = "18", status: str = "") -> bytes:
    """The calendar as it is today."""
    return FEED.format(hour=hour, status=status).replace("\n", "\r\n").encode()


class Phone:
    """What Robin holds in a hand: it speaks HTTP, and knows a token."""

    def __init__(self, world: Resources, token: str, loop: asyncio.Runner) -> None:
        self.app = create_app(world)
        self.app.dependency_overrides[deps.clock] = self._clock
        self.loop = loop
        self.headers = {"Authorization": f"Bearer {token}"}

    @staticmethod
    async def _clock() -> datetime:
        return NOW

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request and its answer."""
        return self.loop.run(self._send(method, path, more))

    async def _send(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://gomeet.test", headers=self.headers
        ) as client:
            return await client.request(method, path, **more)

    def get(self, path: str) -> Any:
        """The JSON of a good answer."""
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def gull_room() -> Iterator[Server]:
    """The web site of the Gull Room, on this machine."""
    with Server({"/events.ics": reply(published(), content_type="text/calendar")}) as server:
        yield server


def republish(server: Server, content: bytes) -> None:
    """Let the Gull Room change its calendar."""
    server.routes = {"/events.ics": reply(content, content_type="text/calendar")}


@pytest.fixture
def phone(world: Resources) -> Iterator[Phone]:
    """Robin, a software engineer who looks for work, has an account and a device with a token."""
    profile = Profile(
        home_name="Harbor Falls",
        latitude=41.93,
        longitude=-70.52,
        time_zone="America/New_York",
        field="software engineering",
    )
    with world.database.write() as session:
        robin = accounts.create(
            session,
            world.keys,
            name="Robin",
            email="robin@harborfalls.example",
            profile=profile,
            now=NOW,
        )
        token = accounts.issue_token(session, world.keys, robin, label="phone", now=NOW)
    with asyncio.Runner() as loop:
        yield Phone(world, token, loop)


def calendar_entry(phone: Phone) -> icalendar.Event:
    """The one entry that a calendar program finds at Robin's secret address."""
    address = phone.get("/api/v1/me/calendar")["url"]
    assert address.startswith("http://gomeet.test/calendar/gmp_feed_")
    answer = phone("GET", address.removeprefix("http://gomeet.test"))
    (entry,) = icalendar.Calendar.from_ical(answer.content).events
    return entry


@embedded
def test_one_event_from_the_publisher_to_the_phone(
    world: Resources, gull_room: Server, phone: Phone
) -> None:
    # 1. The operator adds the calendar. A source is data: an address, a name, a zone, how far we
    #    trust it. What format it has is found out by looking.
    with world.database.write() as session:
        source = sources.add(
            session,
            world,
            url=gull_room.url("/events.ics"),
            name="Gull Room",
            time_zone="America/New_York",
            trust=90,
            now=NOW,
        )

    # 2. A poll: fetch politely, parse in a throw-away process, clean, decide what it means, store.
    #    (app/services/ingest.py reads like this sentence.)
    report = ingest.poll_one(world, source.id, NOW)
    assert report is not None
    assert (report.outcome, report.listings, report.new) == ("ok", 1, 1)

    # 3. Robin's list: what lies ahead, most promising first. The listing has become an event with
    #    an identity of our own, in its own zone, with a place and a distance from home.
    (event,) = phone.get("/api/v1/events")["items"]
    assert event["name"] == "Harbor Falls Tech Mixer"
    assert event["local_start"] == "2026-12-02T18:00:00"
    assert event["start"] == "2026-12-02T23:00:00Z"
    assert event["location"]["name"] == "Gull Room"
    assert event["distance_km"] < 1
    assert event["kind"] == "business_mixer"
    assert event["price"]["free"] is None, "nobody said what it costs: unknown, not free"

    # 4. Why? The chance is a sum of reasons, each with the words of the listing that caused it.
    #    The parts add up exactly; there is no second formula that could say something else.
    detail = phone.get(f"/api/v1/events/{event['id']}")
    points = sum(reason["points"] for reason in detail["reasons"])
    assert detail["start_points"] + points == pytest.approx(100 * detail["score"]["any_field"])
    phrases = " ".join(reason["phrase"] for reason in detail["reasons"]).casefold()
    assert "hiring managers" in phrases
    assert detail["score"]["your_field"] > 0.2, "an evening of Robin's own trade"

    # 5. Robin chooses it. That is a decision of Robin's: it keeps a copy of the event, so that no
    #    feed can take it away; and to say it twice is to say it once.
    for _ in range(2):
        answer = phone("PUT", f"/api/v1/choices/{event['id']}", json={"state": "chosen"})
        assert answer.status_code == 200

    # 6. The very next look of the calendar program finds it, at the right time.
    entry = calendar_entry(phone)
    assert entry["SUMMARY"] == "Harbor Falls Tech Mixer"
    assert entry.start == datetime(2026, 12, 2, 23, 0, tzinfo=UTC)
    assert entry["SEQUENCE"] == 0
    uid = str(entry["UID"])

    # 7. The Gull Room moves the evening to 19:00. The entry moves: the same entry (its UID stays),
    #    and a newer one (its SEQUENCE rises), which is how calendar programs know.
    republish(gull_room, published(hour="19"))
    ingest.poll_one(world, source.id, NOW + timedelta(hours=6))
    entry = calendar_entry(phone)
    assert entry.start == datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
    assert (str(entry["UID"]), entry["SEQUENCE"]) == (uid, 1)

    # 8. One night the web site is broken and answers with an error page. Nothing happens.
    republish(gull_room, b"<html><body>Database error</body></html>")
    report = ingest.poll_one(world, source.id, NOW + timedelta(hours=12))
    assert report is not None
    assert report.outcome == "suspicious"
    assert calendar_entry(phone) == entry

    # 9. And in the end it is called off. The entry stays, and says so; it is suggested no more.
    republish(gull_room, published(hour="19", status="STATUS:CANCELLED\n"))
    ingest.poll_one(world, source.id, NOW + timedelta(hours=18))
    entry = calendar_entry(phone)
    assert entry["STATUS"] == "CANCELLED"
    assert (str(entry["UID"]), entry["SEQUENCE"]) == (uid, 2)
    assert phone.get("/api/v1/events")["items"] == []
