"""Harbor Falls by every platform: what is told twice, in another program's words, is one event."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from app.find.apply_poll import GOOD
from app.find.health import STATES
from app.sample_city import server as sample_city
from app.sample_city.city import SourceRow, platform_sources, troubled_sources
from app.sample_city.write_platforms import PLATFORMS
from app.sample_city.write_troubles import TROUBLES
from app.services import ingest, sources
from app.services.resources import Resources
from app.store import sources as store
from tests.conftest import NOW
from tests.kinds import embedded


@pytest.fixture
def streets() -> Iterator[sample_city.Server]:
    with sample_city.serve("127.0.0.1", 0, NOW.date()) as found:
        yield found


def add(world: Resources, rows: list[SourceRow]) -> list[UUID]:
    with world.database.write() as session:
        return [sources.add(session, world, **row._asdict(), now=NOW).id for row in rows]


def poll(world: Resources, rows: list[SourceRow]) -> None:
    for source_id in add(world, rows):
        report = ingest.poll_one(world, source_id, NOW)
        assert report is not None
        assert report.outcome in GOOD, report


def listed(world: Resources) -> Counter[str]:
    """How often each hour of each place is told of as an event of its own."""
    with world.database.read() as session:
        found = world.catalog.at(session, NOW)
        return Counter(found.texts[row] for row in range(len(found)) if found.columns.listed[row])


@embedded
def test_ten_platforms_tell_nothing_new(world: Resources, streets: sample_city.Server) -> None:
    poll(world, streets.sources)
    before = listed(world)
    poll(world, platform_sources(streets.url))
    after = listed(world)
    assert after.total() == before.total(), sorted((after - before).elements())
    with world.database.read() as session:
        rows = {row.name: row for row in store.every(session)}
        told = {item.row.name: item for item in sources.overviews(session, NOW)}
    for platform in PLATFORMS:
        assert told[platform.name].twins, platform.name
        assert rows[platform.name].scraper not in ("ical", "schema_org", "rss", "microformats")


@embedded
def test_the_city_knows_every_state_of_health(
    world: Resources, streets: sample_city.Server
) -> None:
    poll(world, streets.sources[:1])
    add(world, [SourceRow("Not read yet", f"{streets.url}/", None, "UTC", 50)])
    troubled = add(world, troubled_sources(streets.url))
    for hours in (0, 6):
        for source_id in troubled:
            ingest.poll_one(world, source_id, NOW + timedelta(hours=hours))
    with world.database.read() as session:
        found = {item.row.name: item.health.state for item in sources.overviews(session, NOW)}
    assert {trouble.name: trouble.state for trouble in TROUBLES}.items() <= found.items()
    assert set(found.values()) == set(STATES)
