"""What is tidied, what is read anew, what a person may take along, and copies of it all."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, make_url, select, text, update

from app.errors import Conflict, Invalid
from app.services import choose, curate, export, housekeep, ingest
from app.services.resources import Resources
from app.store import choices, copies, counters, events, users
from app.store.database import Database
from app.store.tables import EventRow, ListingRow
from tests.conftest import NOW
from tests.kinds import embedded, server
from tests.seed import add_source, listing, tell

YEARS = timedelta(days=800)


def count(world: Resources) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def test_what_is_long_over_and_nobodys_is_forgotten(world: Resources, person: UUID) -> None:
    source = add_source(world)
    mine, _other = tell(world, source, [listing("Mine"), listing("Nobody's")])
    lasting = listing("Exhibition", end=NOW + timedelta(days=300))
    tell(world, add_source(world, "Kept"), [lasting])
    with world.database.write() as session:
        choose.choose(session, person, mine, "chosen", NOW)
        ingest.remove_source(session, source, NOW)
    housekeep.tidy(world, NOW + timedelta(days=300))
    assert count(world) == 3
    housekeep.tidy(world, NOW + timedelta(days=600))
    assert count(world) == 2, "what lasts is not long over"
    for _ in range(2):
        housekeep.tidy(world, NOW + YEARS)
        assert count(world) == 1
    with world.database.read() as session:
        (row,) = choices.published(session, person)
        assert row.event_id == mine


def test_more_events_than_one_statement_can_name_find_their_choices(
    world: Resources, person: UUID
) -> None:
    """A feed that renews every UID at each poll leaves as many to whoever removes it."""
    (mine,) = tell(world, add_source(world), [listing("Mine")])
    with world.database.write() as session:
        choose.choose(session, person, mine, "chosen", NOW)
        many = [*(UUID(int=number) for number in range(70_000)), mine]
        (row,) = choices.of_events(session, many)
    assert row.event_id == mine


def test_an_event_that_was_split_does_not_stop_the_tidying(world: Resources) -> None:
    """What the matcher had decided refers to an event that nobody lists any more."""
    one, two = add_source(world, "One", trust=90), add_source(world, "Two")
    (event,) = tell(world, one, [listing()])
    assert tell(world, two, [listing()]) == [event]
    with world.database.write() as session:
        voice = next(v for v in events.voices(session, [event])[event] if v.source_id == two)
        curate.split(session, event, voice.listing_id, by=None, now=NOW)
    with world.database.write() as session:
        ingest.remove_source(session, one, NOW)
    tell(world, two, [listing(days=700)])  # put off by two years
    housekeep.tidy(world, NOW + timedelta(days=600))
    assert count(world) == 2, "it is kept as long as that decision refers to it"
    housekeep.tidy(world, NOW + timedelta(days=1200))
    assert count(world) == 0


def test_undoing_what_is_not_merged(world: Resources) -> None:
    tell(world, add_source(world), [listing()])
    with pytest.raises(Conflict), world.database.write() as session:
        curate.split(session, None, session.scalars(select(ListingRow.id)).one(), by=None, now=NOW)


def test_another_version_of_the_model_reads_all_events_anew(world: Resources) -> None:
    source = add_source(world)
    ids = tell(world, source, [listing(f"Mixer {number}", days=number) for number in range(1, 8)])
    with world.database.write() as session:
        session.execute(
            update(EventRow)
            .where(EventRow.id.in_(ids[:5]))
            .values(model_version="old", understanding="{}")
        )
        before = counters.current(session)
    assert housekeep.understand_anew(world) == 5
    assert housekeep.understand_anew(world) == 0
    with world.database.read() as session:
        assert counters.current(session) == before + 1
        assert len(world.catalog.at(session, NOW)) == 7


def test_a_person_takes_everything_along_and_nobodys_secret(world: Resources, person: UUID) -> None:
    event = tell(world, add_source(world), [listing()])[0]
    with world.database.write() as session:
        choose.choose(session, person, event, "chosen", NOW)
    with world.database.read() as session:
        row = users.row(session, person)
        found = msgspec.json.encode(export.everything(session, users.get(session, person)))
        assert row.feed_token_hash not in found.decode()
    told = json.loads(found)
    assert told["email"] == "robin@harborfalls.example"
    assert told["choices"][0]["event"]["name"] == "Harbor Falls Tech Mixer"
    assert told["profile"]["home_name"] == "Harbor Falls"


@embedded
def test_X26_a_copy_made_while_others_write_is_whole(world: Resources, tmp_path: Path) -> None:
    source = add_source(world)
    tell(world, source, [listing()])
    copy = tmp_path / "copy.db"
    with world.database.write() as session:
        counters.advance(session)  # a writer in the middle of it
        copies.back_up(world.database, copy)
    with pytest.raises(Conflict):
        copies.back_up(world.database, copy)
    tell(world, source, [listing(), listing("Later")])
    world.database.dispose()
    copies.restore(world.database.url, copy)
    assert count(world) == 1, "as it was, without the writer's half"
    with world.database.read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


@embedded
def test_a_database_is_restored_with_what_is_still_in_its_wal(world: Resources) -> None:
    """As after `kill -9`: the file alone is older than what was committed."""
    tell(world, add_source(world), [listing()])
    url = world.database.url
    path = Path(str(make_url(url).database))
    assert path.with_name(f"{path.name}-wal").stat().st_size
    copies.restore(f"sqlite:///{path}.new", path)
    restored = Database(f"sqlite:///{path}.new")
    with restored.read() as session:
        assert session.scalar(select(func.count()).select_from(EventRow)) == 1
    restored.dispose()


@embedded
def test_a_damaged_copy_is_not_put_in_place(world: Resources, tmp_path: Path) -> None:
    tell(world, add_source(world), [listing()])
    damaged = tmp_path / "damaged.db"
    copies.back_up(world.database, damaged)
    raw = bytearray(damaged.read_bytes())
    raw[5000:9000] = bytes(4000)
    damaged.write_bytes(raw)
    for source in (damaged, tmp_path / "absent.db"):
        with pytest.raises(Invalid):
            copies.restore(world.database.url, source)
    assert count(world) == 1


@server
def test_postgresql_has_tools_of_its_own(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="pg_dump"):
        copies.back_up(database, tmp_path / "copy")
    with pytest.raises(Invalid, match="pg_dump"):
        copies.restore(database.url, tmp_path / "copy")
