"""A city pack is installed once, spread over time, and never undoes what a person did."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from app import cities
from app.cities import City
from app.model.user import Profile
from app.services import cities as service
from app.services import ingest, sources
from app.services.check_city import Checked, check
from app.services.resources import Resources
from app.settings import Settings
from app.store import sources as rows
from app.store import users
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_person
from tests.servers import reply
from tests.services.publisher import TWELVE, Publisher, calendar_of, ics

HEAD = """
name = "Harbor Falls"
state = "MA"
country = "US"
time_zone = "America/New_York"
latitude = 41.93
longitude = -70.52
radius_km = 25
"""
ENTRY = """
[[sources]]
name = "{name}"
url = "{url}"
scraper = "{scraper}"
topics = ["{topic}"]
trust = {trust}
"""


def entry(name: str, url: str = "", scraper: str = "ical", topic: str = "music") -> str:
    address = url or f"https://{name}.example/events.ics"
    return ENTRY.format(name=name, url=address, scraper=scraper, topic=topic, trust=70)


def harbor_falls(*entries: str) -> City:
    return cities.parse(HEAD + "".join(entries), "harbor-falls.toml")


@pytest.fixture
def city() -> City:
    return harbor_falls(
        entry("gull"),
        entry("chess", topic="games"),
        entry("bridge", "https://bridge.example/calendar/", "discover", "games"),
        entry("town", "https://town.example/", "discover", "civic"),
    )


def install(world: Resources, city: City, *topics: str) -> service.Installed:
    with world.database.write() as session:
        return service.add(session, world, city, NOW, topics)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of all tests, with the ports that packs use."""
    settings.allow_ports = [*settings.allow_ports, 80, 443]
    return settings


def test_a_pack_adds_what_lists_events_and_says_what_does_not(world: Resources, city: City) -> None:
    done = install(world, city)
    assert (len(done.new), done.there, done.refused) == (3, 0, [])
    with world.database.read() as session:
        found = {row.name: row for row in rows.every(session)}
    assert set(found) == {"gull", "chess", "bridge"}
    assert found["gull"].scraper == "ical"
    assert found["bridge"].scraper is None, "recognized when it is read"
    assert {row.time_zone for row in found.values()} == {"America/New_York"}
    assert [one.name for one in city.to_discover] == ["town"]


def test_adding_again_adds_what_is_missing_and_changes_nothing(
    world: Resources, city: City
) -> None:
    first = install(world, city, "games")
    assert len(first.new) == 2
    with world.database.write() as session:
        sources.change(session, first.new[0], now=NOW, paused=True, name="Ours", trust=5)
    again = install(world, city)
    assert (len(again.new), again.there) == (1, 2)
    assert install(world, city).new == []
    with world.database.read() as session:
        kept = rows.get(session, first.new[0])
        assert (kept.name, kept.trust, kept.paused) == ("Ours", 5, True)
        assert rows.number(session) == 3


def test_two_people_may_add_one_city_at_once(world: Resources, city: City) -> None:
    def add(_: int) -> tuple[int, int]:
        with world.database.write() as session:
            installed = service.add(session, world, city, NOW)
            return len(installed.new), installed.there

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(add, range(4)))
    number = len(city.readable)
    assert done == [(0, number)] * 3 + [(number, 0)]


def test_another_spelling_of_a_known_address_is_there_already(world: Resources) -> None:
    install(world, harbor_falls(entry("gull")))
    done = install(world, harbor_falls(entry("gull", "https://GULL.example:443/events.ics")))
    assert (done.new, done.there, done.refused) == ([], 1, [])


def test_a_source_that_moved_on_its_site_is_there_already(world: Resources, city: City) -> None:
    done = install(world, city)
    with world.database.write() as session:
        rows.get(session, done.new[0]).url = "https://www.gull.example/calendar.ics"  # S20
    again = install(world, city)
    assert (again.new, again.there) == ([], 2 + 1)
    with world.database.read() as session:
        assert service.progress(session, [city], NOW)[0].added == 3


def test_a_forbidden_address_costs_itself_alone(world: Resources) -> None:
    done = install(world, harbor_falls(entry("x", "http://10.0.0.1/a.ics"), entry("gull")))
    assert len(done.new) == 1
    assert [one.name for one, _ in done.refused] == ["x"]


@pytest.mark.parametrize("pack", cities.every(), ids=lambda city: city.slug)
@embedded
def test_a_large_pack_is_spread_over_minutes(world: Resources, pack: City) -> None:
    install(world, pack)
    with world.database.read() as session:
        due = sorted(row.next_due_at - NOW for row in rows.every(session) if row.next_due_at)
        hosts: dict[str, list[timedelta]] = {}
        for row in rows.every(session):
            assert row.next_due_at is not None
            hosts.setdefault(row.url.split("/")[2], []).append(row.next_due_at - NOW)
    assert len(due) == len(pack.readable)
    for second in range(600):
        assert sum(int(at.total_seconds()) == second for at in due) <= 3
    assert due[-1] < timedelta(minutes=10)
    for instants in hosts.values():
        ordered = sorted(instants)
        assert all(b - a >= timedelta(seconds=1) for a, b in pairwise(ordered))


def test_progress_counts_what_was_read(world: Resources, city: City) -> None:
    done = install(world, city)
    with world.database.write() as session:
        rows.get(session, done.new[0]).last_polled_at = NOW
        rows.get(session, done.new[1]).paused = True
    with world.database.read() as session:
        [found] = service.progress(session, [city], NOW)
        others = service.progress(session, cities.every(), NOW)
    assert (found.total, found.added, found.read, found.paused) == (3, 3, 1, 1)
    assert all(item.added == 0 for item in others)


def test_a_home_is_offered_only_to_whoever_has_none(world: Resources, city: City) -> None:
    settled = add_person(world)
    homeless = add_person(world, "kim@harborfalls.example", profile=Profile(field="law"))
    with world.database.write() as session:
        assert not service.settle(session, city, users.get(session, settled))
        assert service.settle(session, city, users.get(session, homeless))
        assert not service.settle(session, city, users.get(session, homeless))
        profile = users.get(session, homeless).profile
    assert (profile.home_name, profile.latitude, profile.time_zone, profile.field) == (
        "Harbor Falls", 41.93, "America/New_York", "law",
    )  # fmt: skip


@pytest.fixture
def town(publisher: Publisher) -> City:
    """A city that a server of this machine plays: one good calendar, one empty, a page, nothing."""
    publisher.answers["/good.ics"] = calendar_of(TWELVE)
    publisher.answers["/empty.ics"] = reply(ics(()), content_type="text/calendar")
    publisher.answers["/events"] = reply(b"<p>soon</p>", content_type="text/html")
    url = publisher.server.url
    return harbor_falls(
        entry("good", url("/good.ics")),
        entry("empty", url("/empty.ics")),
        entry("page", url("/events"), "discover"),
        entry("missing", url("/missing.ics")),
    )


def fixed(now: datetime) -> datetime:
    return now


@embedded
def test_the_clock_reads_a_pack_over_the_next_minutes(world: Resources, town: City) -> None:
    install(world, town)
    read = []
    for seconds in (0, 3, 6, 9):
        now = NOW + timedelta(seconds=seconds)
        asyncio.run(ingest.poll_due(world, partial(fixed, now)))
        with world.database.read() as session:
            [found] = service.progress(session, [town], NOW)
        read.append(found.read)
    assert read == [1, 2, 3, 4]
    assert (found.added, found.events) == (4, 12)


@embedded
def test_checking_reads_everything_and_stores_nothing(world: Resources, town: City) -> None:
    async def all_of_it() -> dict[str, Checked]:
        return {item.source.name: item async for item in check(world, town, NOW)}

    found = asyncio.run(all_of_it())
    outcomes = {name: (item.outcome, item.scraper, item.events) for name, item in found.items()}
    assert outcomes["good"] == ("ok", "ical", 12)
    assert outcomes["empty"] == ("empty", "ical", 0)
    assert outcomes["page"] == ("empty", "schema_org", 0)
    assert found["missing"].cause
    with world.database.read() as session:
        assert rows.number(session) == 0
