"""The catalog follows the database, also while another thread is at it."""

from datetime import timedelta

import pytest

from app.services import catalog as module
from app.services.catalog import Catalog
from app.services.resources import Resources
from app.store import counters
from tests.conftest import NOW
from tests.seed import add_source, listing, tell


@pytest.mark.parametrize("part", [1, 2, 100])
def test_parts_make_the_same_catalog_as_the_whole(
    world: Resources, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    source = add_source(world)
    first = [listing(f"Evening {n}", start=NOW + timedelta(days=n)) for n in range(1, 6)]
    tell(world, source, first, NOW)
    monkeypatch.setattr(module, "PART", part)
    followed, fresh = Catalog(), Catalog()
    with world.database.read() as session:
        followed.at(session, NOW)
    changed = listing("Evening 2", start=NOW + timedelta(days=2), description="With a band.")
    tell(world, source, [*first[:1], changed, *first[2:]], NOW + timedelta(hours=1))
    with world.database.read() as session:
        one, other = followed.at(session, NOW), fresh.at(session, NOW)
    assert one.revision == other.revision
    assert set(one.ids) == set(other.ids)
    assert len(one) == len(set(one.ids)) == 5
    rows = {id_: n for n, id_ in enumerate(other.ids)}
    order = [rows[id_] for id_ in one.ids]
    assert (one.columns.revision == other.columns.revision[order]).all()
    assert (one.candidates.any_field == other.candidates.any_field[order]).all()


def test_nobody_waits_for_a_catalog_that_is_being_read(world: Resources) -> None:
    source = add_source(world)
    tell(world, source, [listing("Evening", start=NOW + timedelta(days=1))], NOW)
    catalog = Catalog()
    with world.database.read() as session:
        before = catalog.at(session, NOW)
    tell(world, source, [listing("Morning", start=NOW + timedelta(days=2))], NOW)
    with world.database.read() as session:
        with catalog.held():
            assert catalog.at(session, NOW) is before
            catalog.follow(session, NOW)
        assert len(catalog.at(session, NOW)) == 2


def test_a_catalog_that_nobody_uses_is_not_built(world: Resources) -> None:
    catalog = Catalog()
    with world.database.read() as session:
        catalog.follow(session, NOW)
    assert catalog._snapshot is None


def test_a_followed_catalog_is_read_again_by_whoever_follows_it(world: Resources) -> None:
    source = add_source(world)
    tell(world, source, [listing("Evening", start=NOW + timedelta(days=1))], NOW)
    catalog = Catalog()
    with world.database.read() as session:
        before = catalog.at(session, NOW)
    with catalog.followed():
        tell(world, source, [listing("Morning", start=NOW + timedelta(days=2))], NOW)
        with world.database.read() as session:
            assert catalog.at(session, NOW) is before
            assert catalog.seen(counters.current(session)) == before.revision
        catalog.catch_up(world.database, NOW)
        with world.database.read() as session:
            assert len(catalog.at(session, NOW)) == 2
