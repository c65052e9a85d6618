"""Fetch a source and read what it says; nothing is stored, and every failure is a value."""

import asyncio
import logging
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from app.errors import FetchError, ReadError
from app.find.apply_poll import Answer
from app.find.normalize import normalize_all
from app.find.time_rule import corrected_all
from app.gateways.http import Fetched, FetchRequest
from app.services.resources import Resources
from app.store.codec import decode
from app.store.tables import SourceRow
from scrapers.base import Document, Parsed, Problem

log = logging.getLogger(__name__)

MAX_FOLLOW = 25  # further pages of one source in one poll
FOLLOW_SECONDS = 90.0  # after which no further page is begun
PATIENCE = 165.0  # seconds for the whole, so that what is read is stored before the lease ends
REREAD_AFTER = timedelta(days=7)  # whole, although nothing seems changed (CASES E7)
_LEFT = Problem(
    "next page", "pages_left", f"it has more than the {MAX_FOLLOW} further pages read at a time"
)
_SLOW = Problem(
    "next page", "pages_left", "its further pages come too slowly to be read all at a time"
)
_STAMP = re.compile(rb"\nDTSTAMP[;:][^\r\n]*")  # a constant beginning is found five times as fast


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
        async with asyncio.timeout(PATIENCE):
            return await _read(world, source, request, whole=whole)
    except TimeoutError:
        log.warning("%s took longer than %d s", source.name, PATIENCE)
        return Reading(Answer(now, failure="temporary"), error="It answers too slowly to be read.")
    except Exception as error:  # noqa: BLE001 -- one poisonous source must not stop the others (X30)
        return poisoned(source.name, error, now)


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


def poisoned(name: str, error: Exception, now: datetime) -> Reading:
    """The reading of a source that our own code could not bear."""
    log.error("%s brought us to fall", name, exc_info=error)
    return Reading(Answer(now, failure="broken"), error="It brought our reader to fall.")


async def _parse(world: Resources, source: SourceRow, fetched: Fetched, digest: str) -> Reading:
    document = _document(source, fetched)
    scraper, parsed = await asyncio.to_thread(world.sandbox.parse, document, source.scraper)
    parsed = await _with_further_pages(world, source, scraper, parsed, fetched.retrieved_at)
    zone = parsed.time_zone or source.time_zone
    meant = corrected_all(parsed.listings, source.time_rule, source_zone=zone)
    listings, unfit = await asyncio.to_thread(normalize_all, meant, source_zone=zone)
    problems = (*parsed.problems, *unfit)
    answer = Answer(
        fetched.retrieved_at,
        listings=tuple(listing for listing in listings if not listing.private),
        private=tuple(listing for listing in listings if listing.private),
        lost=sum(problem.lost for problem in problems),
        truncated=parsed.truncated,
        complete=parsed.complete,
        window_end=document.window_end,
    )
    return Reading(answer, fetched, scraper, parsed, problems, digest)


async def _with_further_pages(
    world: Resources, source: SourceRow, scraper: str, parsed: Parsed, now: datetime
) -> Parsed:
    """Follow next pages and detail pages under limits; a page that fails costs itself alone."""
    waiting, seen = list(parsed.follow), {source.url}
    clock = asyncio.get_running_loop().time
    end = clock() + FOLLOW_SECONDS
    while waiting and len(seen) <= MAX_FOLLOW and clock() < end:
        wanted = waiting.pop(0)
        if wanted.url in seen:
            continue
        seen.add(wanted.url)
        try:
            keyed = _host(wanted.url) == _host(source.url)  # a page leads no key to another host
            fetched = await world.client.fetch(FetchRequest(wanted.url, now, keyed=keyed))
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
            truncated=parsed.truncated or page.truncated,
            openings=parsed.openings + page.openings,
        )
    if not waiting:
        return parsed
    left = _LEFT if len(seen) > MAX_FOLLOW else _SLOW
    return replace(parsed, truncated=True, problems=(*parsed.problems, left))


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") > 1 else ""


def _document(source: SourceRow, fetched: Fetched) -> Document:
    return Document(
        url=fetched.url,
        content=fetched.content,
        retrieved_at=fetched.retrieved_at,
        time_zone=source.time_zone,
        content_type=fetched.content_type,
        options=decode(source.options, dict[str, str]),
    )


def _digest(content: bytes) -> str:
    """Of the content without the stamps that some publishers renew at every request."""
    return blake2b(_STAMP.sub(b"\n", content), digest_size=16).hexdigest()
