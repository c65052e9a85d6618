"""A bad week of one publisher, on an injected clock: nothing is lost, and each trouble told once."""

import email
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from sqlalchemy import select

from app.services import choose, sources, tell_operator
from app.services.resources import Resources
from app.store import choices, states
from app.store.tables import ChoiceRow, OutboxRow
from tests.conftest import NOW
from tests.servers import Behaviour, raw, reply
from tests.services.publisher import Publisher, Service, calendar_of, stamp, vevent

HOUR = timedelta(hours=1)
OPERATOR = "keeper@harborfalls.example"
MANY = 500
FIRST_DAY = NOW + timedelta(days=60)
LOGIN = reply(b"<html><body><form>Sign in</form></body></html>", content_type="text/html")


def evenings(*, uid: str = "a", moved: timedelta = timedelta(0)) -> list[str]:
    """Five hundred events over six weeks; `uid` and `moved` are what the publisher changes."""
    return [
        vevent(
            f"Meetup {number}",
            start=FIRST_DAY + timedelta(days=number // 12, hours=number % 12) + moved,
            UID=f"{uid}-{number}@gull.example",
        )
        for number in range(MANY)
    ]


def letters(world: Resources) -> list[str]:
    """What the operator was told, in order."""
    with world.database.read() as session:
        rows = session.scalars(
            select(OutboxRow).where(OutboxRow.user_id.is_(None)).order_by(OutboxRow.created_at)
        ).all()
        assert {row.recipient for row in rows} <= {OPERATOR}
        return [_text(row.message) for row in rows]


def _text(message: bytes) -> str:
    read = email.message_from_bytes(message, policy=default)
    assert isinstance(read, EmailMessage)
    return str(read.get_content()).replace("\r\n", "\n")


@dataclass
class Week:
    """One source, who chose from it, and the hours that pass."""

    service: Service
    publisher: Publisher
    person: UUID
    says: list[str]

    def begin(self) -> None:
        self.publisher.says(*self.says)
        self.source = self.service.add()
        self.pass_hours(1)
        self.before = self.service.listed()
        with self.service.world.database.write() as session:
            for number in (0, 77, 499):
                event = self.before[f"Meetup {number}"]
                choose.choose(session, self.person, event, "chosen", self.service.now)
        self.chosen = self.decisions()
        self.told = 0

    def pass_hours(self, hours: int) -> None:
        """Each hour a tick of two processes: polls and letters, on the service's own schedule."""
        for _ in range(hours):
            self.service.now += HOUR
            self.service.poll_due()
            for _process in range(2):
                tell_operator.report(self.service.world, self.service.now)

    def state(self) -> str:
        with self.service.world.database.read() as session:
            return sources.overview(session, self.source, self.service.now).health.state

    def decisions(self) -> list[ChoiceRow]:
        with self.service.world.database.read() as session:
            return list(choices.of_user(session, self.person))

    def trouble(self, answer: Behaviour, hours: int, *words: str) -> None:
        """What the publisher does for so long, and what the operator is told: each word once."""
        self.publisher.answers["/feed.ics"] = answer
        self.pass_hours(hours)
        self.nothing_is_lost()
        self.recover()
        fresh = letters(self.service.world)[self.told :]
        assert [text.splitlines()[0].partition(" (")[0] for text in fresh] == [
            f"Gull Room {word}" for word in words
        ]
        self.told += len(fresh)

    def recover(self) -> None:
        """The publisher mends it, and nobody here does anything; well for half a day."""
        self.publisher.says(*self.says)
        for _ in range(72):
            if self.state() == "ok":
                break
            self.pass_hours(1)
        assert self.state() == "ok"
        self.pass_hours(13)
        self.nothing_is_lost()

    def change(self, says: list[str]) -> None:
        """The publisher changes all of its calendar: no trouble, and nothing to tell."""
        self.says = says
        self.publisher.says(*says)
        self.pass_hours(25)
        self.nothing_is_lost()
        assert len(letters(self.service.world)) == self.told

    def nothing_is_lost(self) -> None:
        """The same events with the same ids, and the same choices with the same UIDs."""
        assert self.service.listed() == self.before
        found = [(row.event_id, row.uid, row.state, row.gone_since) for row in self.decisions()]
        assert found == [(row.event_id, row.uid, "chosen", None) for row in self.chosen]
        feed = self.service.feed(self.person)
        assert feed.count("BEGIN:VEVENT") == 3
        assert all(f"UID:{row.uid}\r\n" in feed for row in self.chosen)


def test_X15_a_bad_week_loses_nothing_and_tells_each_worsening_once(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    service.world.settings.operator_email = OPERATOR
    week = Week(service, publisher, person, evenings())
    week.begin()
    week.trouble(reply(b"no", 403), 18, "cannot be read", "refuses us")
    week.trouble(reply(b"oops", 500), 18, "cannot be read")
    week.trouble(LOGIN, 18, "is no calendar")
    week.trouble(calendar_of([]), 18, "lost most of its events")
    week.trouble(calendar_of(week.says[:2]), 18, "lost most of its events")
    week.change(evenings(uid="b"))
    week.change(evenings(uid="b", moved=HOUR))
    assert [row.sequence for row in week.decisions()] == [1, 1, 1]
    first = service.event(week.before["Meetup 0"])
    assert stamp(first.start) == stamp(FIRST_DAY + HOUR)
    week.trouble(raw(), 96, "cannot be read")  # the host is down: it closes without an answer
    with service.world.database.read() as session:
        history = states.history(session, week.source)
    assert [turn.state for turn in reversed(history)] == [
        *("ok", "failing", "blocked", "ok", "failing", "ok", "not_a_calendar", "ok"),
        *("dropped", "ok", "dropped", "ok", "failing", "ok"),
    ]
    assert len(letters(service.world)) == 7
