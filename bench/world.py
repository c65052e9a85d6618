"""A world to measure in: the real one, but feeds come from memory instead of the network."""

import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.bootstrap import open_resources
from app.gateways.http import Client, Fetched, FetchRequest
from app.model.user import Profile
from app.services import accounts, choose
from app.services.resources import Resources
from app.settings import Settings
from app.store import sources
from bench.feeds import NOW, ZONE

PROFILE = Profile(
    home_name="Harbor Falls",
    latitude=41.93,
    longitude=-70.52,
    time_zone=ZONE,
    field="software engineering",
    interests=("music", "food"),
)
CHOSEN = 40  # events in the person's calendar


class Publishers(Client):
    """Answers every fetch with the bytes kept under its address, or 304 if told so."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.contents: dict[str, bytes] = {}
        self.unchanged = False

    async def fetch(self, request: FetchRequest) -> Fetched:
        """The document, without any network."""
        if self.unchanged:
            return Fetched("not_modified", request.url, request.now)
        content = self.contents[request.url]
        return Fetched("ok", request.url, request.now, content=content)


@contextmanager
def world_in(folder: Path) -> Iterator[Resources]:
    """Everything a process needs, with its database in `folder`."""
    settings = Settings(_env_file=None, data_dir=folder, clock=False)
    publishers = Publishers(settings)
    with open_resources(settings, NOW) as world:
        world.sandbox.start()
        yield replace(world, client=publishers)
    publishers.close()


def add_source(world: Resources, content: bytes) -> str:
    """A source that publishes this feed, due now; its address."""
    with world.database.write() as session:
        number = len(sources.every(session))
        url = f"https://feed{number}.bench.example/calendar.ics"
        _publishers(world).contents[url] = content
        sources.add(
            session,
            url=url,
            name=f"Feed {number:03d}",
            time_zone=ZONE,
            scraper="ical",
            trust=90 if number % 2 else 50,
            now=NOW,
        )
    return url


def publish(world: Resources, contents: Mapping[str, bytes], *, unchanged: bool = False) -> None:
    """From now on the sources answer these bytes, or 304."""
    _publishers(world).contents.update(contents)
    _publishers(world).unchanged = unchanged


def _publishers(world: Resources) -> Publishers:
    assert isinstance(world.client, Publishers)
    return world.client


def due(world: Resources, now: datetime) -> list[UUID]:
    """Make every source due at this instant; their ids."""
    with world.database.write() as session:
        rows = sources.every(session)
        for row in rows:
            row.next_due_at = now
        return [row.id for row in rows]


def settle(world: Resources, events: list[UUID]) -> tuple[str, str]:
    """A person with some of these events chosen: tokens for the API and for the calendar."""
    with world.database.write() as session:
        person = accounts.create(
            session, world.keys, name="Robin", email="r@bench.example", profile=PROFILE, now=NOW
        )
        for event_id in events[:CHOSEN]:
            choose.choose(session, person, event_id, "chosen", NOW)
        token = accounts.issue_token(session, world.keys, person, label="bench", now=NOW)
        return token, accounts.feed_token(session, world.keys, person)


def memory() -> int:
    """Most memory that this process has had, in bytes (Linux counts KiB, macOS bytes)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
