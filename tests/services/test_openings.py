"""Openings in the database: kept, merged, never lost by an error, the same place for ever."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app.services import ingest, openings, sources
from app.services.resources import Resources
from app.store import sources as rows
from app.store.openings import get, listings_of
from scrapers.base import Evidence, OpeningListing, Place
from tests.conftest import NOW
from tests.servers import reply
from tests.services.publisher import Publisher, Service

TODAY = NOW.date()
LOW_TIDE = OpeningListing(
    "Low Tide Coffee", "coffee_shop", "1", Evidence.FIRST_LICENCE,
    Place("Low Tide Coffee", "7 Lantern Street", 41.9308, -70.5187), said=TODAY,
)  # fmt: skip


def _add(world: Resources, name: str) -> UUID:
    with world.database.write() as session:
        return sources.add(
            session, world, url=f"https://{name}.example:8443/x", name=name, now=NOW
        ).id


def _say(world: Resources, source_id: UUID, *said: OpeningListing, now: datetime = NOW) -> None:
    with world.database.write() as session:
        openings.keep(session, rows.get(session, source_id), said, now)


def _coming(world: Resources, today: date = TODAY, **asked: object) -> Sequence[openings.Near]:
    with world.database.read() as session:
        return openings.coming(session, today, **asked)  # type: ignore[arg-type] # as the tests ask


def test_one_place_of_two_sources_is_one_opening(world: Resources) -> None:
    _say(world, _add(world, "register"), LOW_TIDE)
    alone = _coming(world)[0].opening
    told = replace(LOW_TIDE, name="Low Tide", key="n", evidence=Evidence.NOW_OPEN)
    _say(world, _add(world, "courier"), told)
    (found,) = _coming(world)
    assert found.opening.id == alone.id
    assert found.opening.confidence > alone.confidence
    assert {each.source for each in found.opening.proofs} == {"register", "courier"}


def test_saying_it_again_changes_nothing(world: Resources) -> None:
    source = _add(world, "register")
    _say(world, source, LOW_TIDE)
    with world.database.read() as session:
        before = get(session, _coming(world)[0].opening.id)
    _say(world, source, LOW_TIDE, now=NOW + timedelta(hours=6))
    with world.database.read() as session:
        assert get(session, before.opening.id) == before


def test_what_a_source_no_longer_mentions_stays_until_its_window_is_over(world: Resources) -> None:
    source = _add(world, "register")
    _say(world, source, LOW_TIDE)
    _say(world, source)
    assert len(_coming(world)) == 1
    assert not _coming(world, _coming(world)[0].opening.last_day + timedelta(days=1))


def test_a_removed_source_that_comes_again_finds_its_places(world: Resources) -> None:
    source = _add(world, "register")
    _say(world, source, LOW_TIDE)
    id_ = _coming(world)[0].opening.id
    with world.database.write() as session:
        ingest.remove_source(session, source, NOW)
    assert not _coming(world)
    with world.database.read() as session:
        assert (
            get(session, id_).opening.name == "Low Tide Coffee"
        )  # a planned visit still has its file
    _say(world, _add(world, "again"), LOW_TIDE)
    assert [each.opening.id for each in _coming(world)] == [id_]


def test_what_comes_into_a_list_is_new_and_what_stood_in_it_is_not(world: Resources) -> None:
    source = _add(world, "map")
    listed = replace(LOW_TIDE, evidence=Evidence.LISTED, said=None)
    old = [replace(listed, name=f"Old Cafe {n}", key=f"o{n}", location=None) for n in range(20)]
    _say(world, source, *old)
    assert not _coming(world)
    for day in (1, 2):  # and it stays new in the next answer
        _say(world, source, *old, listed, now=NOW + timedelta(days=day))
        (found,) = _coming(world)
        assert found.opening.proofs[0].evidence is Evidence.APPEARED
        assert found.opening.first_day == TODAY + timedelta(days=1)


def test_a_list_that_changed_its_shape_opens_nothing(world: Resources) -> None:
    source = _add(world, "list")
    listed = replace(LOW_TIDE, evidence=Evidence.LISTED, said=None)
    _say(world, source, *(replace(listed, key=f"a{n}", name=f"Cafe {n} A") for n in range(20)))
    _say(world, source, *(replace(listed, key=f"b{n}", name=f"Cafe {n} B") for n in range(30)))
    assert not _coming(world)


def test_near_leaves_out_what_is_far_and_keeps_what_is_nowhere(world: Resources) -> None:
    far = replace(LOW_TIDE, key="2", name="Fogbank Brewing", kind="brewery",
                  location=Place("Fogbank Brewing", "", 42.9, -70.5))  # fmt: skip
    told = replace(
        LOW_TIDE, key="3", name="Tern Books", kind="bookshop", location=Place("Tern Books")
    )
    _say(world, _add(world, "register"), LOW_TIDE, far, told)
    near = _coming(world, near=(41.93, -70.52), km=5)
    assert {each.opening.name for each in near} == {"Low Tide Coffee", "Tern Books"}
    assert [each.opening.name for each in _coming(world, kinds=("brewery",))] == ["Fogbank Brewing"]


TABLE = (
    "ACCOUNT NUMBER,SITE NUMBER,DOING BUSINESS AS NAME,ADDRESS,BUSINESS ACTIVITY,APPLICATION TYPE,DATE ISSUED\n"
    "1,1,LOW TIDE COFFEE,7 LANTERN STREET,Retail Food,ISSUE,11/20/2026\n"
    "2,1,OLD MILL CAFE,3 MILL ROAD,Retail Food,RENEW,11/21/2026\n"
)


def test_a_poll_keeps_openings_and_an_error_removes_none(
    service: Service, publisher: Publisher
) -> None:
    publisher.answers["/licences.csv"] = reply(TABLE.encode(), 200, content_type="text/csv")
    source = service.add("/licences.csv")
    assert service.poll(source).outcome == "ok"
    assert [each.opening.name for each in _coming(service.world)] == ["Low Tide Coffee"]
    for wrong in (reply(b"<html>Sign in</html>", 200, content_type="text/html"), reply(b"", 500)):
        publisher.answers["/licences.csv"] = wrong
        assert service.poll(source).outcome not in ("ok", "not_modified")
        assert [each.opening.name for each in _coming(service.world)] == ["Low Tide Coffee"]


def test_what_a_person_sets_reaches_the_scraper(service: Service, publisher: Publisher) -> None:
    shops = b'[{"name": "Gull & Anchor", "address": "3 Pier Road"}]'
    publisher.answers["/shops.json"] = reply(shops, 200, content_type="application/json")
    with service.world.database.write() as session:
        source = sources.add(
            session,
            service.world,
            url=publisher.server.url("/shops.json"),
            options={"kind": "coffee_shop"},
            now=NOW,
        ).id
    assert service.poll(source).outcome == "ok"
    with service.world.database.read() as session:
        assert len(listings_of(session, source)) == 1
