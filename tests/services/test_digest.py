"""The weekly letter goes out exactly once (CASES I; SECURITY.md 4.6, X12, X13)."""

import email
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from sqlalchemy import select

from app.model.user import Profile
from app.services import check_in, choose, digest, send_mail, unsubscribe
from app.services.resources import Resources
from app.store import outbox, users
from app.store.tables import DigestRow, EventRow, OutboxRow
from scrapers.base import EventStatus
from tests.conftest import NOW, PROFILE
from tests.gateways.test_smtp import Inbox
from tests.kinds import embedded
from tests.mail_server import MailServer
from tests.seed import add_person, add_source, listing, tell
from tests.smtp_server import DROP, STORE_AND_DROP, FaultServer, fault_server

MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # 08:00 in Harbor Falls
JOINED = MONDAY - timedelta(days=20)


@pytest.fixture
def town(world: Resources) -> list[UUID]:
    """Ten events from the due instant on: one each day, three of them after the week."""
    named = [
        listing(f"{word} Mixer", start=MONDAY + timedelta(days=day, hours=10))
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
                "Iron",
                "Juniper",
            ]
        )
    ]
    return tell(world, add_source(world), named, MONDAY - timedelta(days=1))


@pytest.fixture
def robin(world: Resources) -> UUID:
    return add_person(world, now=JOINED)


@pytest.fixture
def post(world: Resources) -> Iterator[FaultServer]:
    """A relay that does as it is told."""
    with fault_server() as server:
        use(world, server.port)
        yield server


def use(world: Resources, port: int) -> None:
    world.settings.smtp_host, world.settings.smtp_port = "127.0.0.1", port
    world.settings.smtp_security = "none"
    world.settings.mail_from = "Go Meet People <gomeet@gomeet.test>"


def run(world: Resources, now: datetime) -> int:
    """One tick: plan and send."""
    digest.plan_due(world, now)
    return send(world, now)


def send(world: Resources, now: datetime) -> int:
    """One tick without planning."""
    return send_mail.send_due(world, lambda: now)


def digests(world: Resources) -> list[tuple[str, str]]:
    with world.database.read() as session:
        rows = session.scalars(select(DigestRow).order_by(DigestRow.period))
        return [(row.period, row.state) for row in rows]


def letters(world: Resources) -> list[OutboxRow]:
    with world.database.read() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.created_at)))


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(raw: bytes) -> str:
    body = read(raw).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_I1_overlapping_processes_and_a_restart_send_one_letter(
    world: Resources, robin: UUID, town: list[UUID]
) -> None:
    inbox = Inbox()
    server = MailServer(inbox)
    server.start()
    try:
        found = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.services.weekly",
                world.database.url,
                str(server.port),
                MONDAY.isoformat(),
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            cwd=Path(__file__).resolve().parents[2],
        )
    finally:
        server.stop()
    queued, sent = zip(*json.loads(found.stdout), strict=True)
    assert (sum(queued), sum(sent)) == (1, 1)
    assert len(inbox.letters) == 1
    assert digests(world) == [("2026-W48", "queued")]
    assert [row.state for row in letters(world)] == ["sent"]
    letter = inbox.letters[0]
    assert letter["X-RcptTo"] == "robin@harborfalls.example"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_tick_too_early_too_often_and_on_time(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    assert run(world, MONDAY - timedelta(seconds=1)) == 0
    assert run(world, MONDAY) == 1
    for minutes in (0, 1, 60, 47 * 60):
        assert run(world, MONDAY + timedelta(minutes=minutes)) == 0
    assert len(post.letters) == 1
    assert run(world, MONDAY + timedelta(days=7)) == 1, "and the next week another"


@embedded
def test_I2_the_week_begins_where_the_person_lives(
    world: Resources, town: list[UUID], post: FaultServer
) -> None:
    sydney = replace(PROFILE, time_zone="Australia/Sydney", latitude=None, longitude=None)
    add_person(world, "kim@harborfalls.example", profile=sydney, now=JOINED)
    due = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)  # Monday 08:00 there
    assert run(world, due - timedelta(minutes=1)) == 0
    assert run(world, due) == 1
    assert "2026-W48" in dict(digests(world))


@embedded
def test_I3_the_seventh_day_is_complete(world: Resources, robin: UUID, town: list[UUID]) -> None:
    late = listing("Sunday Late Mixer", start=datetime(2026, 11, 30, 4, 30, tzinfo=UTC))
    after = listing("Monday Mixer", start=datetime(2026, 11, 30, 5, 30, tzinfo=UTC))
    tell(world, add_source(world, "Late"), [late, after], MONDAY - timedelta(days=1))
    with world.database.write() as session:
        for event in town[:4]:
            choose.choose(session, robin, event, "dismissed", MONDAY - timedelta(hours=1))
    digest.plan_due(world, MONDAY)
    told = text_of(letters(world)[0].message)
    assert "Sunday Late Mixer" in told
    assert "Monday Mixer" not in told
    assert "Hazel" not in told
    assert "Alder" not in told, "what was decided is not told again"
    assert "EST" in told, "the zone stands beside the time (I6)"


@pytest.mark.parametrize("events", [0, 1])
def test_I4_nothing_to_tell_is_no_letter(
    world: Resources, robin: UUID, post: FaultServer, events: int
) -> None:
    far = [listing("Far Away Mixer", start=MONDAY + timedelta(days=9))] * events
    tell(world, add_source(world), far, MONDAY)
    assert run(world, MONDAY) == 0
    assert digests(world) == [("2026-W48", "empty")]
    assert letters(world) == []


@embedded
def test_E3_no_cancelled_event_stands_in_the_letter(world: Resources, robin: UUID) -> None:
    named = [
        listing("Live Mixer", start=MONDAY + timedelta(days=1)),
        listing(
            "Dead Mixer",
            start=MONDAY + timedelta(days=2),
            event_status=EventStatus.CANCELLED,
        ),
    ]
    tell(world, add_source(world), named, MONDAY - timedelta(days=1))
    digest.plan_due(world, MONDAY)
    told = text_of(letters(world)[0].message)
    assert "Live Mixer" in told
    assert "Dead Mixer" not in told


@pytest.mark.parametrize(("hours", "state"), [(48, "queued"), (49, "skipped")])
def test_a_letter_is_at_most_two_days_late(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer, hours: int, state: str
) -> None:
    assert run(world, MONDAY + timedelta(hours=hours)) == (state == "queued")
    assert digests(world) == [("2026-W48", state)]


def test_after_a_long_absence_only_the_newest_week_counts(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    run(world, MONDAY - timedelta(weeks=3))
    assert run(world, MONDAY + timedelta(hours=1)) == 1
    assert [period for period, _ in digests(world)] == ["2026-W45", "2026-W48"]


def test_who_joins_after_the_instant_waits_a_week(
    world: Resources, town: list[UUID], post: FaultServer
) -> None:
    add_person(world, now=MONDAY + timedelta(minutes=5))
    assert run(world, MONDAY + timedelta(minutes=6)) == 0
    assert digests(world) == [("2026-W48", "skipped")]


def test_who_has_switched_it_off_gets_none(
    world: Resources, town: list[UUID], post: FaultServer
) -> None:
    add_person(world, profile=replace(PROFILE, digest_enabled=False), now=JOINED)
    assert run(world, MONDAY) == 0
    assert digests(world) == []


def test_X12_a_relay_that_is_down_for_three_days_gets_no_pile(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    post.faults["banner"] = DROP
    now = MONDAY
    while now < MONDAY + timedelta(hours=73):
        assert run(world, now) == 0
        now += timedelta(hours=5)
    post.faults.clear()
    assert run(world, now) == 0, "a letter of last Monday is of no use any more"
    assert [row.state for row in letters(world)] == ["expired"]
    assert run(world, MONDAY + timedelta(weeks=1)) == 1
    assert len(post.letters) == 1


def test_a_relay_that_comes_back_gets_the_letter(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    post.faults["banner"] = DROP
    run(world, MONDAY)
    first = letters(world)[0]
    assert (first.state, first.attempt, first.dots_sent) == ("pending", 1, 0)
    assert first.error
    assert "@" not in first.error
    post.faults.clear()
    assert run(world, MONDAY + timedelta(minutes=1)) == 0, "not before its time"
    assert run(world, MONDAY + timedelta(minutes=3)) == 1
    assert letters(world)[0].state == "sent"


def test_X13_who_unsubscribes_between_planning_and_sending_gets_none(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    digest.plan_due(world, MONDAY)
    token = world.keys.unsubscribe_token(robin, unsubscribe.TOPIC)
    with world.database.write() as session:
        unsubscribe.unsubscribe(session, world.keys, token)
    assert send(world, MONDAY) == 0
    assert post.commands == []
    assert [row.state for row in letters(world)] == ["cancelled"]


def test_X13_who_switches_it_off_in_the_profile_gets_none_either(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    digest.plan_due(world, MONDAY)
    with world.database.write() as session:
        users.set_profile(session, robin, replace(PROFILE, digest_enabled=False))
    assert send(world, MONDAY) == 0
    assert post.commands == []
    assert [row.state for row in letters(world)] == ["cancelled"]


def test_X13_who_unsubscribes_while_it_is_sent_gets_none(
    world: Resources,
    robin: UUID,
    town: list[UUID],
    post: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def withdraw() -> None:
        with world.database.write() as session:
            outbox.cancel(session, robin, unsubscribe.TOPIC)

    digest.plan_due(world, MONDAY)
    patch_dot(monkeypatch, withdraw)
    assert send(world, MONDAY) == 0
    assert post.letters == []
    assert [row.state for row in letters(world)] == ["cancelled"]


def patch_dot(monkeypatch: pytest.MonkeyPatch, happening: Callable[[], None]) -> None:
    """Let something happen when all but the final dot is out."""
    count = send_mail._count_dot

    def first(there: Resources, parcel: outbox.Parcel) -> None:
        happening()
        count(there, parcel)

    monkeypatch.setattr(send_mail, "_count_dot", first)


def test_a_late_sender_whose_claim_was_lost_leaves_its_letter_unsent(
    world: Resources,
    robin: UUID,
    town: list[UUID],
    post: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It slept longer than its lease; another process has claimed the letter since."""
    digest.plan_due(world, MONDAY)
    later = MONDAY + outbox.LEASE + timedelta(seconds=1)

    def overtake() -> None:
        with world.database.write() as session:
            assert outbox.claim(session, later) is not None

    patch_dot(monkeypatch, overtake)
    assert send(world, MONDAY) == 0
    assert post.letters == []
    row = letters(world)[0]
    assert (row.state, row.attempt, row.dots_sent) == ("pending", 2, 0)


@pytest.mark.parametrize("fault", [STORE_AND_DROP, DROP])
def test_F13_an_uncertain_letter_is_sent_once_more_with_the_same_bytes(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer, fault: str
) -> None:
    post.faults["dot"] = fault
    assert run(world, MONDAY) == 0
    row = letters(world)[0]
    assert (row.state, row.dots_sent) == ("pending", 1)
    assert run(world, MONDAY + timedelta(minutes=29)) == 0
    post.faults.clear()
    assert run(world, MONDAY + timedelta(minutes=31)) == 1
    taken = [letter.raw for letter in post.letters]
    assert len(taken) == (2 if fault == STORE_AND_DROP else 1)
    assert len(set(taken)) == 1, "identical, Message-ID and all: a receiver may drop the copy"
    assert read(taken[0])["Message-ID"]


def test_F13_a_letter_uncertain_twice_is_left_to_the_operator(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    post.faults["dot"] = STORE_AND_DROP
    for minutes in (0, 31, 62, 300):
        run(world, MONDAY + timedelta(minutes=minutes))
    assert [row.state for row in letters(world)] == ["uncertain"]
    assert len(post.letters) == 2


def test_F13_hold_never_sends_twice(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    world.settings.mail_uncertain = "hold"
    post.faults["dot"] = STORE_AND_DROP
    for minutes in (0, 31, 62, 300):
        run(world, MONDAY + timedelta(minutes=minutes))
    assert [row.state for row in letters(world)] == ["uncertain"]
    assert len(post.letters) == 1


@pytest.mark.parametrize(("policy", "copies"), [("hold", 1), ("resend", 2)])
def test_X03_a_sender_that_dies_behind_the_dot(
    world: Resources,
    robin: UUID,
    town: list[UUID],
    post: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
    policy: Literal["hold", "resend"],
    copies: int,
) -> None:
    """The relay has the letter, and nobody is left to note it down; this happens every time."""
    world.settings.mail_uncertain = policy

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    digest.plan_due(world, MONDAY)
    with monkeypatch.context() as killed:
        killed.setattr(send_mail, "_settle", die)
        for step in range(2):
            with pytest.raises(Killed):
                send(world, MONDAY + step * timedelta(minutes=11))
    for step in range(2, 5):
        send(world, MONDAY + step * timedelta(minutes=11))
    assert len(post.letters) == copies
    assert [row.state for row in letters(world)] == ["uncertain"]


@pytest.mark.parametrize(
    ("phase", "answer", "state"),
    [
        ("rcpt", "450 busy", "pending"),
        ("rcpt", "550 no such person", "failed"),
        ("data", "451 later", "pending"),
        ("dot", "452 full", "pending"),
        ("dot", "554 spam", "failed"),
    ],
)
@embedded
def test_X11_what_the_relay_says_decides(
    world: Resources,
    robin: UUID,
    town: list[UUID],
    post: FaultServer,
    phase: str,
    answer: str,
    state: str,
) -> None:
    post.faults[phase] = answer
    assert run(world, MONDAY) == 0
    row = letters(world)[0]
    assert row.state == state
    assert answer.split(" ", maxsplit=1)[0] in row.error
    if state == "pending":
        assert row.dots_sent == 0, "refused is certain: nothing counts as perhaps delivered"
        post.faults.clear()
        assert run(world, MONDAY + timedelta(minutes=3)) == 1


@embedded
def test_X11_goodbye_may_fail(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    post.faults["quit"] = DROP
    assert run(world, MONDAY) == 1


@embedded
def test_X30_one_persons_trouble_does_not_cost_the_others(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    broken = add_person(world, "aaron@harborfalls.example", now=JOINED)
    with world.database.write() as session:
        found = users.row(session, broken)
        found.email = "not an address"
    assert run(world, MONDAY) == 1
    assert post.letters[0].recipients == ["<robin@harborfalls.example>"]


@embedded
def test_a_deleted_account_is_not_written_to(
    world: Resources, robin: UUID, town: list[UUID], post: FaultServer
) -> None:
    digest.plan_due(world, MONDAY)
    with world.database.write() as session:
        users.delete(session, robin)
    assert send(world, MONDAY) == 0
    assert post.commands == []


@embedded
def test_without_a_relay_nothing_is_lost(world: Resources, robin: UUID, town: list[UUID]) -> None:
    assert run(world, MONDAY) == 0
    assert [row.state for row in letters(world)] == ["pending"]


@embedded
def test_looking_at_the_letter_queues_nothing(
    world: Resources, robin: UUID, town: list[UUID]
) -> None:
    with world.database.read() as session:
        user = users.get(session, robin)
    shown = digest.preview(world, user, MONDAY)
    assert shown is not None
    assert "Alder Mixer" in shown.rendered.text
    assert letters(world) == []
    assert digests(world) == []


@embedded
def test_one_series_stands_in_the_letter_once(world: Resources, robin: UUID) -> None:
    weekly = [
        listing(
            "Founders Mixer",
            start=MONDAY + timedelta(days=day, hours=10),
            series="mixer",
            uid=f"mixer-{day}",
        )
        for day in range(5)
    ]
    tell(world, add_source(world), weekly, MONDAY - timedelta(days=1))
    digest.plan_due(world, MONDAY)
    assert text_of(letters(world)[0].message).count("Founders Mixer") == 1
    with world.database.read() as session:
        assert len(session.scalars(select(EventRow.id)).all()) == 5


def test_profiles_without_a_home_get_letters_too(
    world: Resources, town: list[UUID], post: FaultServer
) -> None:
    add_person(world, profile=Profile(), now=JOINED)
    assert run(world, MONDAY.replace(hour=8)) == 1


def test_the_letter_asks_how_the_last_evenings_were(world: Resources, robin: UUID) -> None:
    begun = NOW + timedelta(days=1)
    first, _ = tell(
        world, add_source(world), [listing("Founders Mixer", start=begun), listing(days=5)]
    )
    with world.database.write() as session:
        choose.choose(session, robin, first, "chosen", NOW)
        user = users.get(session, robin)
    asked = digest.preview(world, user, begun + timedelta(days=1))
    assert asked
    assert "How was it? Tell of your last evening in ten seconds" in asked.rendered.text
    with world.database.write() as session:
        check_in.check_in(
            session, robin, first, check_in.Answers(went=False), begun + timedelta(days=1)
        )
    told = digest.preview(world, user, begun + timedelta(days=1))
    assert told
    assert "How was it?" not in told.rendered.text
