"""Poll a source: fetch, read, normalize, decide what it means, store, tell whoever chose.

No transaction is open while the network is: the claim, the read of what is known, and the one
write at the end are short ones. The write is all or nothing and fenced by the claim's number, so
that a process which was thought dead cannot overwrite what another has done since (SECURITY.md
4.5).
"""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.errors import Unavailable
from app.find.apply_poll import GOOD, Answer, Decision, Memory, apply_poll
from app.find.health import night_starts
from app.find.interval import Pace, next_due
from app.gateways.http import Fetched
from app.services import merge, openings, source_health
from app.services.read_source import Reading, poisoned, read
from app.services.reader import Reader
from app.services.resources import Resources
from app.store import curation, events, sources
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import StoredListing
from app.store.sources import Claim
from app.store.tables import SourceRow

log = logging.getLogger(__name__)

HANDS = 20  # polls at once
HEAVY = 1  # polls that compute at a time: more would only fight the API for the interpreter's lock
MAX_PROBLEMS = 50  # kept for showing
MOVES_BELIEVED = 3  # equal permanent redirects before the stored address changes (S20)


@dataclass(frozen=True, slots=True)
class Report:
    """One line about one poll, for the log and the table of `gomeet poll`."""

    source_id: UUID
    name: str
    outcome: str
    listings: int = 0
    new: int = 0
    changed: int = 0
    problems: int = 0
    error: str = ""


async def poll_due(
    world: Resources,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> list[Report]:
    """Poll until nothing is due, several at once; harmless to repeat and to run in two processes.

    `clock` gives the present instant in UTC. What was begun is ended when `stopping`, or when a
    claim fails; then raises Unavailable.
    """
    turn, reports = asyncio.Semaphore(HEAVY), list[Report]()

    async def hand() -> None:
        while not stopping():
            now = clock()
            claim = await asyncio.to_thread(_claim_due, world, now)
            if claim is None:
                return
            try:
                report = await poll(world, claim, now, turn)
            except Exception:  # it costs its own source alone, whose lease will end
                log.exception("a poll failed")
            else:
                reports.extend([report] if report else [])

    hands = [hand() for _ in range(await asyncio.to_thread(_due, world, clock()))]
    ended = await asyncio.gather(
        *hands, return_exceptions=True
    )  # the others' polls go to their end
    for error in filter(None, ended):
        raise error
    return reports


def _due(world: Resources, now: datetime) -> int:
    """How many sources are due, as far as there are hands."""
    with world.database.read() as session:
        return len(sources.due(session, now, HANDS))


def _claim_due(world: Resources, now: datetime) -> Claim | None:
    # Never on the event loop: a request between its last write and its commit needs the loop to
    # get on, and would hold the lock that the loop then waits for.
    with world.database.write() as session:
        claims = sources.claim_due(session, now, 1)
    return claims[0] if claims else None


def poll_one(world: Resources, source_id: UUID, now: datetime) -> Report | None:
    """Poll one source now; None while somebody else is at it."""
    with world.database.write() as session:
        claim = sources.claim(session, source_id, now)
    return asyncio.run(poll(world, claim, now)) if claim else None


async def poll_if_due(
    world: Resources, source_id: UUID, now: datetime, turn: asyncio.Semaphore
) -> Report | None:
    """Poll one source that was due when it was asked; None where somebody else was quicker."""
    claim = await asyncio.to_thread(_claim_if_due, world, source_id, now)
    return await poll(world, claim, now, turn) if claim else None


def _claim_if_due(world: Resources, source_id: UUID, now: datetime) -> Claim | None:
    with world.database.write() as session:
        return sources.claim_if_due(session, source_id, now)


async def poll(
    world: Resources, claim: Claim, now: datetime, turn: asyncio.Semaphore | None = None
) -> Report | None:
    """Carry out one claim; None if the claim was lost meanwhile, or the source removed.

    It stores in its `turn`.
    """
    with world.database.read() as session:
        source = sources.claimed(session, claim)
    if source is None:
        return None
    reading = await read(world, source, now)
    async with turn or nullcontext():
        report = await asyncio.to_thread(_kept, world, claim, reading, now)
    if report is not None:
        log.info(
            "polled %s: %s, %d listings, %d new, %d changed, %d problems",
            report.name,
            report.outcome,
            report.listings,
            report.new,
            report.changed,
            report.problems,
        )
    return report


def _kept(world: Resources, claim: Claim, reading: Reading, now: datetime) -> Report | None:
    """Store a reading; one that cannot be stored counts as a failure, so that it is not re-tried
    at every tick."""
    try:
        return _store(world, claim, reading, now)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a hostile feed may do to our own code
        return _store(world, claim, poisoned("A source", error, now), now)


def _store(world: Resources, claim: Claim, reading: Reading, now: datetime) -> Report | None:
    """Store all or nothing. What takes long, reading the events, is done before the one write."""
    with world.database.read() as session:
        source = sources.held(session, claim)
        if source is None:
            return None
        memory = decode(source.memory, Memory)
        known = merge.known(_concerned(session, source.id, reading.answer))
    decision = apply_poll(known, memory, reading.answer)
    reader = Reader.of(reading.answer.listings, now)
    reader.read_ahead((*decision.changed.values(), *decision.new.values()), source)
    with ExitStack() as stack:
        with world.database.write() as session:
            source = sources.held(session, claim)
            if source is None:
                return None
            stored = _concerned(session, source.id, reading.answer)
            merge.apply(session, source, stored, decision, now, reader=reader)
            if decision.outcome in GOOD and not reading.answer.not_modified:
                openings.keep(session, source, reading.parsed.openings, now)
            _keep_facts(session, source, reading, decision, now)
            report = _report(source, reading, decision)
            # From before the commit, or the next request would read the change on the event loop.
            stack.enter_context(world.catalog.held())
        with world.database.read() as session:
            world.catalog.follow(session, now)
    return report


def _concerned(session: Session, source_id: UUID, answer: Answer) -> dict[str, StoredListing]:
    """What the answer may change: without new content, only what was missing before."""
    return events.listings_of(
        session, source_id, missing=answer.not_modified or bool(answer.failure)
    )


def _report(source: SourceRow, reading: Reading, decision: Decision) -> Report:
    return Report(
        source.id,
        source.name,
        decision.outcome,
        len(reading.answer.listings),
        len(decision.new),
        len(decision.changed),
        len(reading.problems),
        source.error,
    )


def _keep_facts(
    session: Session, source: SourceRow, reading: Reading, decision: Decision, now: datetime
) -> None:
    good = decision.outcome in GOOD
    source.memory = encode(decision.memory)
    source.outcome = decision.outcome
    source.error = "" if good else reading.error
    source.unreadable = reading.answer.failure == "unreadable"
    source.last_polled_at, source.lease_until = now, None
    if good:
        source.last_ok_at = now
    if good and not reading.answer.not_modified:
        _keep_content_facts(source, reading, now)
    if decision.update_validators and reading.fetched is not None:
        source.etag = reading.fetched.etag or ""
        source.last_modified = reading.fetched.last_modified or ""
        source.content_hash = reading.content_hash
        _follow_move(session, source, reading.fetched)
    _set_due(source, reading, decision, now)
    source_health.note(session, source, now)


def _keep_content_facts(source: SourceRow, reading: Reading, now: datetime) -> None:
    source.scraper = reading.scraper
    source.last_read_at = now
    source.problems = encode(reading.problems[:MAX_PROBLEMS])
    source.usual = sum(listing.start > now for listing in reading.answer.listings)
    if reading.parsed.time_zone and source.time_zone == "UTC":
        source.time_zone = reading.parsed.time_zone  # nobody named one, but the feed does
    night = night_starts(reading.answer.listings, source.time_zone)
    source.zone_suspect, source.time_rule_proposed = night.suspect, night.rule


def _follow_move(session: Session, source: SourceRow, fetched: Fetched) -> None:
    target = fetched.permanent_url or ""
    source.moved_times = source.moved_times + 1 if target and target == source.moved_to else 1
    source.moved_to = target
    if not target or source.moved_times < MOVES_BELIEVED:
        return
    if sources.find_by_url(session, target) is None:  # else the two are one (CASES A7)
        curation.follow_source(session, source.url, target)
        source.url, source.moved_to, source.moved_times = target, "", 0


def _set_due(source: SourceRow, reading: Reading, decision: Decision, now: datetime) -> None:
    fetched = reading.fetched
    pace = Pace(
        outcome=decision.outcome,
        interval=_seconds(source.interval_seconds),
        changed=bool(decision.new or decision.changed),
        failures=decision.memory.failures,
        max_age=fetched.max_age if fetched else None,
        refresh=reading.parsed.refresh_seconds,
        retry_after=reading.retry_after,
    )
    due = next_due(pace, now=now, jitter=random.random())  # noqa: S311 -- spreads load, hides nothing
    source.next_due_at, source.interval_seconds = due.at, due.interval.total_seconds()


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def remove_source(session: Session, source_id: UUID, now: datetime) -> None:
    """Remove a source with its listings; events lose a voice, choices nothing. Raises NotFound."""
    sources.get(session, source_id)
    merge.elect_anew(session, sources.delete_listings(session, source_id), now)
    told = openings.told_by(session, source_id)
    sources.delete(session, source_id)
    openings.tell_anew(session, told, now)
