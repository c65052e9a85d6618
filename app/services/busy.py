"""People's own calendars, read for nothing but the times that are taken (FEATURES.md 15).

The address opens a private calendar, so it is sealed where it is kept, shown to nobody again and
in no log. Of what is behind it the reader's child process tells times alone.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.errors import Conflict, FetchError, Invalid, NotFound, ReadError
from app.find.interval import backed_off
from app.gateways.http import Fetched, FetchRequest
from app.gateways.urls import normalize_url, read_url
from app.services.resources import Resources
from app.store import busy, users
from app.store.codec import encode
from app.store.database import Session
from app.store.tables import BusyCalendarRow
from app.store.vault import Vault
from scrapers.base import Document
from scrapers.busy import Taken

log = logging.getLogger(__name__)

MAX_CALENDARS = 10  # of one person
AHEAD = timedelta(days=70)  # how far a week can sensibly be planned
EVERY = timedelta(hours=1)
WHOLE_AFTER = timedelta(days=1)  # read again although nothing changed: other dates come into sight
LEASE = timedelta(minutes=5)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=15), timedelta(days=1)
AT_ONCE = 10
PATIENCE = 120.0  # seconds for one calendar, so that it is kept before the lease ends
_PURPOSE = "busy calendar"
_SEALED_ELSEWHERE = (
    "Its address cannot be read any more, because the key of this service changed: add it again."
)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a calendar came to: times, or a problem in a sentence, or neither (304)."""

    taken: Taken | None = None
    fetched: Fetched | None = None
    problem: str = ""
    retry_after: float | None = None


def add(
    session: Session, world: Resources, user_id: UUID, url: str, now: datetime
) -> BusyCalendarRow:
    """A calendar of the person's own, due at once. Raises Invalid for the address, Conflict."""
    policy = world.client.policy
    address = normalize_url(url, policy)
    vault = _vault(world)
    mine = busy.of_user(session, user_id)
    if len(mine) >= MAX_CALENDARS:
        raise Invalid(f"There can be {MAX_CALENDARS} calendars; remove one first.", "url")
    if any(_address(vault, row) == address for row in mine):
        raise Conflict("This calendar is among yours already.")
    row = busy.add(session, user_id, read_url(address, policy).host, now)
    row.address = vault.seal(address, _place(row))
    session.flush()
    return row


def remove(session: Session, user_id: UUID, calendar_id: UUID) -> None:
    """Forget a calendar and its times; doing it twice, or to another's, changes nothing."""
    if busy.remove(session, user_id, calendar_id):
        users.touch(session, [user_id])


async def look_at_due(
    world: Resources, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> int:
    """Look at all calendars that are due; how many. Harmless in two processes at once."""
    count = 0
    while not stopping():
        claimed = await asyncio.to_thread(_claimed, world, clock())
        if not claimed:
            break
        await asyncio.gather(*(_look(world, each, clock()) for each in claimed))
        count += len(claimed)
    return count


def look_at_one(world: Resources, calendar_id: UUID, now: datetime) -> None:
    """Look at one calendar now."""
    asyncio.run(_look(world, calendar_id, now))


def _claimed(world: Resources, now: datetime) -> list[UUID]:
    with world.database.read() as session:
        if not busy.any_due(session, now):  # at most ticks, which need not wait for a writer
            return []
    with world.database.write() as session:
        return busy.claim_due(session, now, now + LEASE, AT_ONCE)


async def _look(world: Resources, calendar_id: UUID, now: datetime) -> None:
    """Fetch, read and keep; whatever goes wrong is told to the owner and costs nothing kept."""
    try:
        row, zone = await asyncio.to_thread(_found, world, calendar_id)
    except NotFound:  # removed since it was claimed
        return
    try:
        async with asyncio.timeout(PATIENCE):
            look = await _seen(world, row, zone, now)
    except TimeoutError:
        look = Look(problem="It answers too slowly to be read.")
    except Exception as error:  # noqa: BLE001 -- one calendar must not stop the others (X30)
        # Without its trace, in which values of that calendar may stand.
        log.error("a calendar brought us to fall: %s", type(error).__name__)  # noqa: TRY400
        look = Look(problem="It brought our reader to fall.")
    await asyncio.to_thread(_keep, world, calendar_id, look, now)


def _found(world: Resources, calendar_id: UUID) -> tuple[BusyCalendarRow, str]:
    """The calendar and its owner's time zone."""
    with world.database.read() as session:
        row = busy.get(session, calendar_id)
        return row, users.get(session, row.user_id).profile.time_zone


async def _seen(world: Resources, row: BusyCalendarRow, zone: str, now: datetime) -> Look:
    address = _address(_vault(world), row)
    if address is None:
        return Look(problem=_SEALED_ELSEWHERE)
    whole = row.read_at is None or now - row.read_at > WHOLE_AFTER
    request = FetchRequest(
        address,
        now,
        etag=None if whole else row.etag or None,
        last_modified=None if whole else row.last_modified or None,
        keyed=False,
        ask_robots=False,  # its owner has asked us to
    )
    try:
        fetched = await world.client.fetch(request)
        if fetched.status == "not_modified":
            return Look()
        document = Document("", fetched.content, now, zone, fetched.content_type, until=now + AHEAD)
        return Look(await asyncio.to_thread(world.sandbox.busy, document), fetched)
    except FetchError as error:
        return Look(problem=str(error), retry_after=error.retry_after)
    except ReadError as error:
        return Look(problem=str(error))


def _keep(world: Resources, calendar_id: UUID, look: Look, now: datetime) -> None:
    try:
        with world.database.write() as session:
            _note(session, busy.get(session, calendar_id), look, now)
    except NotFound:
        log.info("a calendar was removed while it was read")


def _note(session: Session, row: BusyCalendarRow, look: Look, now: datetime) -> None:
    row.looked_at, row.problem = now, look.problem
    if look.problem:
        row.failures += 1
        wait = backed_off(row.failures, FIRST_RETRY, LAST_RETRY)
        asked = timedelta(seconds=min(look.retry_after or 0.0, LAST_RETRY.total_seconds()))
        row.next_at = now + max(wait, asked)
        return
    row.failures, row.next_at = 0, now + EVERY
    if look.taken is None or look.fetched is None:  # as before; a 304 may come without validators
        return
    row.etag, row.last_modified = look.fetched.etag or "", look.fetched.last_modified or ""
    times = encode(look.taken.times)
    if times != row.times:
        users.touch(session, [row.user_id])
    row.times, row.unread, row.read_at = times, look.taken.unread, now


def _vault(world: Resources) -> Vault:
    return Vault(world.keys, _PURPOSE)


def _address(vault: Vault, row: BusyCalendarRow) -> str | None:
    """Where the calendar is; None where that was sealed with another key."""
    try:
        return vault.open(row.address, _place(row))
    except ValueError:
        return None


def _place(row: BusyCalendarRow) -> str:
    return f"{row.__tablename__}|{row.id}|{row.user_id}"
