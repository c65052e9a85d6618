"""Poll a source: fetch, read, normalize, decide what it means, store, tell whoever chose.

No transaction is open while the network is: the claim, the read of what is known, and the writes
at the end are short ones. Each write is fenced by the claim's number, so that a process which was
thought dead cannot overwrite what another has done since (SECURITY.md 4.5). A poll that ends
between two writes has stored a part, and the next does the rest: the validators come last.
"""

import asyncio
import logging
import random
import re
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from app.errors import FetchError, ReadError, Unavailable
from app.find.apply_poll import GOOD, Answer, Decision, Memory, apply_poll
from app.find.health import night_starts
from app.find.interval import Pace, next_due
from app.find.normalize import normalize_all
from app.gateways.http import Fetched, FetchRequest
from app.services import merge
from app.services.reader import Reader
from app.services.resources import Resources
from app.store import events, sources
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.events import StoredListing
from app.store.sources import Claim
from app.store.tables import SourceRow
from scrapers.base import Document, Parsed, Problem

log = logging.getLogger(__name__)

BATCH = 20
HEAVY = 1  # polls that compute at a time: more would only fight the API for the interpreter's lock
MAX_FOLLOW = 25  # further pages of one source in one poll
MAX_PROBLEMS = 50  # kept for showing
REREAD_AFTER = timedelta(days=7)  # whole, although nothing seems changed (CASES E7)
MOVES_BELIEVED = 3  # equal permanent redirects before the stored address changes (S20)
_STAMP = re.compile(rb"^DTSTAMP[;:][^\r\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll brought home."""

    answer: Answer
    fetched: Fetched | None = None
    scraper: str | None = None
    parsed: Parsed = field(default_factory=Parsed)
    problems: tuple[Problem, ...] = ()
    content_hash: str = ""
    error: str = ""
    retry_after: float | None = None


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


async def poll_due(world: Resources, now: datetime) -> list[Report]:
    """Poll what is due, several at once; harmless to repeat and to run in two processes."""
    claims = await asyncio.to_thread(_claim_due, world, now)
    turn = asyncio.Semaphore(HEAVY)
    polls = (poll(world, claim, now, turn) for claim in claims)
    reports = []
    for outcome in await asyncio.gather(*polls, return_exceptions=True):
        if isinstance(outcome, Report):
            reports.append(outcome)
        elif outcome is not None:  # it costs its own source alone, whose lease will end
            log.error("a poll failed", exc_info=outcome)
    return reports


def _claim_due(world: Resources, now: datetime) -> list[Claim]:
    # Never on the event loop: a request between its last write and its commit needs the loop to
    # get on, and would hold the lock that the loop then waits for.
    with world.database.write() as session:
        return sources.claim_due(session, now, BATCH)


def poll_one(world: Resources, source_id: UUID, now: datetime) -> Report | None:
    """Poll one source now; None while somebody else is at it."""
    with world.database.write() as session:
        claim = sources.claim(session, source_id, now)
    return asyncio.run(poll(world, claim, now)) if claim else None


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


async def read(world: Resources, source: SourceRow, now: datetime) -> Reading:
    """Fetch and read a source without storing anything; every failure is a value."""
    whole = source.last_read_at is None or now - source.last_read_at > REREAD_AFTER
    request = FetchRequest(
        source.url,
        now,
        etag=None if whole else source.etag or None,
        last_modified=None if whole else source.last_modified or None,
    )
    try:
        return await _read(world, source, request, whole=whole)
    except Exception as error:  # noqa: BLE001 -- one poisonous source must not stop the others (X30)
        return _poisoned(source.name, error, now)


async def _read(
    world: Resources, source: SourceRow, request: FetchRequest, *, whole: bool
) -> Reading:
    now = request.now
    try:
        fetched = await world.client.fetch(request)
    except FetchError as error:
        log.info("could not fetch %s: %s", source.name, error.detail)
        answer = Answer(now, failure=error.outcome)
        return Reading(answer, error=str(error), retry_after=error.retry_after)
    digest = await asyncio.to_thread(_digest, fetched.content)
    if fetched.status == "not_modified" or (not whole and digest == source.content_hash):
        answer = Answer(now, not_modified=True)
        return Reading(answer, fetched, source.scraper, content_hash=source.content_hash)
    try:
        return await _parse(world, source, fetched, digest)
    except ReadError as error:
        return Reading(Answer(now, failure="unreadable"), fetched, error=str(error))


def _poisoned(name: str, error: Exception, now: datetime) -> Reading:
    log.error("%s brought us to fall", name, exc_info=error)
    return Reading(Answer(now, failure="broken"), error="It brought our reader to fall.")


async def _parse(world: Resources, source: SourceRow, fetched: Fetched, digest: str) -> Reading:
    document = _document(source, fetched)
    scraper, parsed = await asyncio.to_thread(world.sandbox.parse, document, source.scraper)
    parsed = await _with_further_pages(world, source, scraper, parsed, fetched.retrieved_at)
    listings, unfit = await asyncio.to_thread(
        normalize_all, parsed.listings, source_zone=parsed.time_zone or source.time_zone
    )
    problems = (*parsed.problems, *unfit)
    answer = Answer(
        fetched.retrieved_at,
        listings=tuple(listing for listing in listings if not listing.private),
        lost=sum(problem.lost for problem in problems),
        truncated=parsed.truncated,
        complete=parsed.complete,
        window_end=document.window_end,
    )
    return Reading(answer, fetched, scraper, parsed, problems, digest)


async def _with_further_pages(
    world: Resources, source: SourceRow, scraper: str, parsed: Parsed, now: datetime
) -> Parsed:
    """Follow next pages and detail pages under a limit; a page that fails costs itself alone."""
    waiting, seen = list(parsed.follow), {source.url}
    while waiting and len(seen) <= MAX_FOLLOW:
        wanted = waiting.pop(0)
        if wanted.url in seen:
            continue
        seen.add(wanted.url)
        try:
            fetched = await world.client.fetch(FetchRequest(wanted.url, now))
            document = _document(source, fetched)
            _, page = await asyncio.to_thread(world.sandbox.parse, document, scraper)
        except (FetchError, ReadError) as error:
            failed = Problem(wanted.reason.replace("_", " "), "page_failed", str(error), lost=True)
            parsed = replace(parsed, problems=(*parsed.problems, failed))
            continue
        waiting.extend(page.follow)
        parsed = replace(
            parsed,
            listings=parsed.listings + page.listings,
            problems=parsed.problems + page.problems,
            components=parsed.components + page.components,
        )
    return replace(parsed, truncated=parsed.truncated or bool(waiting))


def _document(source: SourceRow, fetched: Fetched) -> Document:
    return Document(
        url=fetched.url,
        content=fetched.content,
        retrieved_at=fetched.retrieved_at,
        time_zone=source.time_zone,
        content_type=fetched.content_type,
    )


def _digest(content: bytes) -> str:
    """Of the content without the stamps that some publishers renew at every request."""
    return blake2b(_STAMP.sub(b"", content), digest_size=16).hexdigest()


def _kept(world: Resources, claim: Claim, reading: Reading, now: datetime) -> Report | None:
    """Store a reading; one that cannot be stored counts as a failure, so that it is not re-tried
    at every tick."""
    try:
        return _store(world, claim, reading, now)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a hostile feed may do to our own code
        return _store(world, claim, _poisoned("A source", error, now), now)


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
    with world.database.write() as session:
        source = sources.held(session, claim)
        if source is None:
            return None
        stored = _concerned(session, source.id, reading.answer)
        merge.apply(session, source, stored, decision, now, reader=reader)
        _keep_facts(session, source, reading, decision, now)
        return _report(source, reading, decision)


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


def _keep_content_facts(source: SourceRow, reading: Reading, now: datetime) -> None:
    source.scraper = reading.scraper
    source.last_read_at = now
    source.problems = encode(reading.problems[:MAX_PROBLEMS])
    source.usual = sum(listing.start > now for listing in reading.answer.listings)
    if reading.parsed.time_zone and source.time_zone == "UTC":
        source.time_zone = reading.parsed.time_zone  # nobody named one, but the feed does
    source.zone_suspect = night_starts(reading.answer.listings, source.time_zone).suspect


def _follow_move(session: Session, source: SourceRow, fetched: Fetched) -> None:
    target = fetched.permanent_url or ""
    source.moved_times = source.moved_times + 1 if target and target == source.moved_to else 1
    source.moved_to = target
    if not target or source.moved_times < MOVES_BELIEVED:
        return
    if sources.find_by_url(session, target) is None:  # else the two are one (CASES A7)
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
    merge.silence(session, sources.delete_listings(session, source_id), now)
    sources.delete(session, source_id)
