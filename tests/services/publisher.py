"""A publisher whose calendar a test writes, on a real server, and a service that polls it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.model.event import Event
from app.publish import ical
from app.services import calendar, choose, ingest
from app.services.ingest import Report
from app.services.resources import Resources
from app.store import choices, counters, events, sources
from app.store.codec import decode
from tests.conftest import NOW
from tests.seed import ZONE
from tests.servers import Behaviour, Request, Send, Server, reply

STEP = timedelta(hours=6)


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def vevent(name: str, *, days: float = 3, start: datetime | None = None, **more: str) -> str:
    """One component: an evening `days` from NOW; `more` replaces or adds properties."""
    begin = start or NOW + timedelta(days=days, hours=8)
    uid = f"{name.lower().replace(' ', '-')}@gull.example"
    properties = {
        "UID": uid,
        "DTSTAMP": stamp(NOW),
        "DTSTART": stamp(begin),
        "DTEND": stamp(begin + timedelta(hours=2)),
        "SUMMARY": name,
        "LOCATION": "Gull Room\\, 12 Wharf St",
        **more,
    }
    lines = [f"{key}:{value}" for key, value in properties.items() if value]
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def ics(components: Iterable[str]) -> bytes:
    """A whole calendar."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Gull//EN\r\n"
    return (head + "".join(components) + "END:VCALENDAR\r\n").encode()


def calendar_of(components: Iterable[str], **fields: str) -> Behaviour:
    """A calendar as it is answered."""
    return reply(ics(components), 200, content_type="text/calendar", **fields)


TWELVE = tuple(
    vevent(f"{word} Meetup", days=day)
    for day, word in enumerate(
        [
            "Alder",
            "Birch",
            "Cedar",
            "Dogwood",
            "Elm",
            "Fir",
            "Ginkgo",
            "Hazel",
            "Ironwood",
            "Juniper",
            "Kapok",
            "Larch",
        ],
        2,
    )
)


@dataclass
class Publisher:
    """One server; what each path answers may change between two requests."""

    answers: dict[str, Behaviour] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = Server(self._answer)

    def says(self, *components: str, path: str = "/feed.ics", **fields: str) -> None:
        """Publish a calendar of these components."""
        self.answers[path] = calendar_of(components, **fields)

    async def _answer(self, request: Request, send: Send) -> None:
        found = self.answers.get(request.path, reply(b"nothing here", 404))
        await found(request, send)

    def asked(self, path: str = "/feed.ics") -> list[Request]:
        """The requests for a path, in order."""
        return [request for request in self.server.requests if request.path == path]


@dataclass
class Service:
    """Polls on its own time, and tells what is in its store."""

    world: Resources
    publisher: Publisher
    now: datetime = NOW

    def add(self, path: str = "/feed.ics", *, name: str = "Gull Room", trust: int = 60) -> UUID:
        """A source for a path of the publisher."""
        with self.world.database.write() as session:
            return sources.add(
                session,
                url=self.publisher.server.url(path),
                name=name,
                time_zone=ZONE,
                scraper=None,
                trust=trust,
                now=self.now,
            ).id

    def poll(self, source_id: UUID, *, after: timedelta = STEP) -> Report:
        """One poll, `after` the last."""
        self.now += after
        report = ingest.poll_one(self.world, source_id, self.now)
        assert report is not None
        return report

    def poll_due(self) -> list[Report]:
        return asyncio.run(ingest.poll_due(self.world, lambda: self.now))

    def listed(self) -> dict[str, UUID]:
        """Name to id of what is suggested: the events ahead that a source lists."""
        with self.world.database.read() as session:
            named = [
                (decode(row.payload, Event).name, row.id)
                for row in events.scored(session, self.shown())
            ]
        assert len(dict(named)) == len(named), "two events of one name"
        return dict(named)

    def shown(self) -> list[UUID]:
        """The events ahead that a source lists, two of one name too."""
        with self.world.database.read() as session:
            found = self.world.catalog.at(session, self.now)
        return [id_ for id_, yes in zip(found.ids, found.columns.listed, strict=True) if yes]

    def choose(self, user_id: UUID, event_id: UUID, state: str = "chosen") -> UUID:
        """Decide on an event; its id."""
        with self.world.database.write() as session:
            choose.choose(session, user_id, event_id, state, self.now)
        return event_id

    def event(self, event_id: UUID) -> Event:
        with self.world.database.read() as session:
            return calendar.event_of(events.get(session, event_id))

    def revision(self) -> int:
        """The catalog's number: it moves with every change."""
        with self.world.database.read() as session:
            return counters.current(session)

    def feed(self, user_id: UUID) -> str:
        """The subscribed calendar of a person, unfolded."""
        with self.world.database.read() as session:
            rows = choices.published(session, user_id)
        entries = (calendar.entry(row, "http://gomeet.test") for row in rows)
        return ical.feed(entries, "Go meet people").content.decode().replace("\r\n ", "")
