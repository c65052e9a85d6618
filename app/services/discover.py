"""Find what can be read at an address that a person pasted. Nothing is stored."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.errors import FetchError, ReadError, Unavailable
from app.find.discover import PER_SITE, Trial, guesses, is_answer, judged, ranked, verdict
from app.find.normalize import normalize_all
from app.gateways.http import Client, Fetched, FetchRequest
from app.gateways.politeness import Budget
from app.gateways.sandbox import Sandbox
from app.gateways.urls import normalize_url
from app.services.resources import Resources
from app.services.sources import checked_zone
from app.store import sources
from app.store.database import Session
from app.store.tables import SourceRow
from scrapers._html import is_html
from scrapers._text import web_link
from scrapers.addresses import SURE, feeds_at
from scrapers.base import Document, Feed, Listing
from scrapers.pages import Leads

log = logging.getLogger(__name__)

DEADLINE = 30.0  # seconds for the whole question; whoever asks is looking at the page
LOOK_DEADLINE = 12.0  # of one address, so that a slow one does not cost the rest
MAX_LOOKS = 16
MAX_REQUESTS = 40  # to all sites together: a page may send us to as many as it likes
AT_ONCE = 3
PER_PERSON, IN_ALL = 2, 6  # questions under way, so that nobody keeps polls and others waiting
_UNREACHABLE = "The site did not answer."


@dataclass(frozen=True, slots=True)
class Discovery:
    """What an address leads to: feeds, best first, everything else that was tried, and a sentence."""

    address: str
    found: tuple[Trial, ...]
    tried: tuple[Trial, ...]
    platforms: tuple[str, ...]
    message: str


async def discover(
    client: Client, sandbox: Sandbox, text: str, *, now: datetime, time_zone: str = "UTC"
) -> Discovery:
    """The feeds behind a pasted address, each read once and judged by what it holds.

    `time_zone` is for times that name none. At most `PER_SITE` requests go to one site. Raises
    Invalid if the text holds no address that may be fetched.
    """
    address = normalize_url(text, client.policy)
    search = _Search(client, sandbox, address, now, checked_zone(time_zone))
    try:
        async with asyncio.timeout(DEADLINE):
            await search.run()
            if search.is_silent() and "://" not in text:  # https was only our guess
                plain = f"http://{address.removeprefix('https://')}"
                search = replace(search, address=plain, looked={}, waiting={}, guessed=False)
                await search.run()
    except TimeoutError:
        search.in_time = False
    return search.result()


@contextmanager
def asking(world: Resources, person: UUID) -> Iterator[None]:
    """A person's question under way in this process. Raises Unavailable where there are too many."""
    under_way = world.discoveries
    if under_way.count(person) >= PER_PERSON or len(under_way) >= IN_ALL:
        raise Unavailable("Other addresses are being looked at; try again in half a minute.")
    under_way.append(person)
    try:
        yield
    finally:
        under_way.remove(person)


def look_through(sandbox: Sandbox, document: Document) -> Discovery:
    """The feeds that a saved document is or leads to, without fetching any of them.

    Its address is the document's, or for a file the one that the page itself names.
    """
    trial, leads = _read(sandbox, Feed(document.url, "", "", 0.6, "page"), document)
    address = leads.address or document.url
    trial = replace(trial, saved=True, lasting_url=address, feed=replace(trial.feed, url=address))
    own = feeds_at(address) if web_link(address) else ()
    named = (feed for feed in (*own, *leads.feeds) if feed.url != address and feed.basis != "page")
    read = judged(_with_platform(trial, leads.platforms), ())
    found = ranked((read, *(Trial(feed, feed.url, feed.scraper, checked=False) for feed in named)))
    tried = (read,) if read.refused else ()
    return Discovery(address, found, tried, leads.platforms, verdict(found, tried))


def known_source(session: Session, trial: Trial) -> SourceRow | None:
    """The source that reads this already, by either of its addresses (CASES A7)."""
    addresses = (trial.lasting_url or trial.url, trial.feed.url, trial.url)
    found = (sources.find_by_url(session, address) for address in dict.fromkeys(addresses))
    return next(filter(None, found), None)


@dataclass
class _Search:
    """One question under way: what waits to be looked at, and what came of the rest."""

    client: Client
    sandbox: Sandbox
    address: str
    now: datetime
    time_zone: str
    in_time: bool = True
    budget: Budget = field(default_factory=lambda: Budget(PER_SITE, MAX_REQUESTS))
    waiting: dict[str, Feed] = field(default_factory=dict)
    looked: dict[str, Trial | None] = field(default_factory=dict)  # in order; None: under way
    platforms: tuple[str, ...] = ()
    guessed: bool = False

    async def run(self) -> None:
        """Look at the best that waits, a few at a time, until there is an answer or nothing left."""
        known = feeds_at(self.address)
        own = (
            replace(feed, scraper="", basis="page") for feed in known if feed.url == self.address
        )
        self._wait_for((*own, Feed(self.address, "", "", 0.6, "page"), *known))
        while wave := self._next():
            await asyncio.gather(*map(self._look, wave))

    def result(self) -> Discovery:
        """What is known by now."""
        trials = self._judged()
        found = ranked(trials)
        tried = tuple(trial for trial in trials if trial.refused)
        message = verdict(found, tried, in_time=self.in_time)
        return Discovery(self.address, found, tried, self.platforms, message)

    def _judged(self) -> list[Trial]:
        trials: list[Trial] = []
        for trial in filter(None, self.looked.values()):
            trials.append(judged(_with_platform(trial, self.platforms), trials))
        return trials

    def _wait_for(self, feeds: Iterable[Feed]) -> None:
        for feed in feeds:
            if feed.url not in self.looked:
                self.waiting.setdefault(feed.url, feed)

    def _next(self) -> list[Feed]:
        """The next to look at, most certain first; once there is an answer only what is sure."""
        answered = any(map(is_answer, self._judged()))
        if not (self.waiting or answered or self.guessed or self.is_silent()):
            self.guessed = True
            self._wait_for(guesses(self.address, self.platforms))
        left = sorted(self.waiting.values(), key=lambda feed: -feed.confidence)
        wanted = [feed for feed in left if not answered or feed.confidence >= SURE]
        wave = wanted[: max(0, min(AT_ONCE, MAX_LOOKS - len(self.looked)))]
        for feed in wave:
            self.looked[feed.url] = None
            del self.waiting[feed.url]
        return wave

    def is_silent(self) -> bool:
        """Whether the site did not even answer where it was asked first: no use to go on."""
        pasted = self.looked.get(self.address)
        return pasted is not None and pasted.refused == _UNREACHABLE

    async def _look(self, feed: Feed) -> None:
        """Fetch and read one address; whatever goes wrong costs this address alone."""
        try:
            async with asyncio.timeout(LOOK_DEADLINE):
                self.looked[feed.url] = await self._tried(feed)
        except FetchError as error:
            log.info("could not fetch: %s", error.detail)
            cause = _UNREACHABLE if error.outcome == "temporary" else str(error)
            self.looked[feed.url] = Trial(feed, feed.url, refused=cause)
        except TimeoutError:
            self.looked[feed.url] = Trial(feed, feed.url, refused=_UNREACHABLE)
        except Exception:
            log.exception("an address brought our reader to fall")
            self.looked[feed.url] = Trial(feed, feed.url, refused="It brought our reader to fall.")

    async def _tried(self, feed: Feed) -> Trial:
        fetched = await self.client.fetch(FetchRequest(feed.url, self.now, budget=self.budget))
        document = self._document(fetched)
        trial, leads = await asyncio.to_thread(_read, self.sandbox, feed, document)
        if feed.basis in ("page", "guess"):
            # further pages only of the page that was asked for
            first = feed.url == self.address
            self._wait_for(each for each in leads.feeds if first or each.basis != "page")
            self.platforms = self.platforms or leads.platforms
        return replace(trial, lasting_url=fetched.permanent_url or feed.url)

    def _document(self, fetched: Fetched) -> Document:
        return Document(
            fetched.url,
            fetched.content,
            fetched.retrieved_at,
            self.time_zone,
            fetched.content_type,
        )


def _read(sandbox: Sandbox, feed: Feed, document: Document) -> tuple[Trial, Leads]:
    """What a document holds and where it leads; a document that cannot be read is refused."""
    page = is_html(document)
    try:
        trial = _parsed(sandbox, feed, document)
    except ReadError as error:
        trial = Trial(feed, document.url, is_page=page, refused=str(error))
    try:
        leads = sandbox.leads(document) if page else Leads()
    except ReadError:
        leads = Leads()
    return replace(trial, title=trial.title or leads.title), leads


def _parsed(sandbox: Sandbox, feed: Feed, document: Document) -> Trial:
    scraper, parsed = sandbox.parse(document)
    zone = parsed.time_zone or document.time_zone
    listings, unfit = normalize_all(parsed.listings, source_zone=zone)
    return Trial(
        feed,
        document.url,
        scraper,
        title=parsed.title,
        time_zone=zone,
        listings=tuple(sorted((each for each in listings if not each.private), key=_start)),
        components=parsed.components,
        further=len(parsed.follow),
        problems=(*parsed.problems, *unfit),
        is_page=is_html(document),
    )


def _start(listing: Listing) -> datetime:
    return listing.start


def _with_platform(trial: Trial, platforms: tuple[str, ...]) -> Trial:
    """The trial of a page of the site, named by what the site is built with."""
    if trial.feed.platform or not trial.is_page or not platforms:
        return trial
    return replace(trial, feed=replace(trial.feed, platform=platforms[0]))
