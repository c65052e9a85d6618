"""The registry in the database: learned by polls, put right by people, asked of a geocoder."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from app import cities
from app.errors import Conflict, Invalid, NotFound
from app.model.event import Event
from app.model.venue import PlaceCorrection, Site
from app.services import ingest, venues
from app.services.resources import Resources
from app.store import events
from app.store import venues as store
from app.store.codec import decode
from scrapers.base import Place
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import GULL, add_source, listing, tell
from tests.servers import Request, Send, Server, reply

FAR = (42.1, -70.9)


def at(world: Resources, id_: UUID) -> Event:
    with world.database.read() as session:
        return decode(events.get(session, id_).payload, Event)


def seen(world: Resources, id_: UUID) -> tuple[tuple[float, float] | None, str]:
    found = at(world, id_)
    return (found.location.point if found.location else None), found.located_by


def registry(world: Resources) -> list[Site]:
    with world.database.read() as session:
        return store.search(session, "", 100)


def correct(world: Resources, id_: UUID, *right: object) -> None:
    with world.database.write() as session:
        venues.correct(session, id_, PlaceCorrection(*right), NOW)  # type: ignore[arg-type]


def test_an_event_without_coordinates_takes_its_venues(world: Resources) -> None:
    first, second = tell(
        world,
        add_source(world),
        [listing(), listing("Founders Tea", days=3, place=Place("The Gull Room"))],
    )
    assert seen(world, first) == (GULL.point, "feed")
    assert seen(world, second) == (GULL.point, "venue")
    other = tell(world, add_source(world, "Town"), [listing("Chess", place=Place("Gull Room"))])
    assert seen(world, other[0]) == (GULL.point, "venue")
    (site,) = registry(world)
    with world.database.read() as session:
        spelled = store.spellings(session, [site.id])[site.id]
    assert spelled == ["Gull Room", "Gull Room, 12 Wharf St, Harbor Falls", "The Gull Room"]


def test_a_later_listing_with_coordinates_tells_the_earlier_ones(world: Resources) -> None:
    source = add_source(world)
    (early,) = tell(world, source, [listing("Tea", place=Place("Gull Room"))])
    assert seen(world, early) == (None, "")
    tell(world, add_source(world, "Town"), [listing("Chess")])
    assert venues.tell_events(world, NOW) == 1
    assert seen(world, early) == (GULL.point, "venue")
    assert venues.tell_events(world, NOW) == 0


def test_F1_a_groups_home_is_found_out_over_several_polls(world: Resources) -> None:
    told = []
    for name in ("Grey Gull", "Mill Yard", "Lantern Club"):
        place = Place(name, "", 41.9, -70.5)
        told += tell(world, add_source(world, f"{name} group"), [listing(name, place=place)])
    venues.tell_events(world, NOW)
    assert [seen(world, id_) for id_ in told] == [(None, "")] * 3


def test_a_persons_word_wins_and_survives_a_wipe(world: Resources) -> None:
    source = add_source(world)
    (before,) = tell(world, source, [listing()])
    (site,) = registry(world)
    correct(world, site.id, "The Gull", "14 Wharf St", FAR)
    place = at(world, before).location
    assert place == Place("The Gull", "14 Wharf St", *FAR)
    assert seen(world, before) == (FAR, "person")
    with world.database.write() as session:
        ingest.remove_source(session, source, NOW)
    (after,) = tell(world, add_source(world), [listing()])
    assert after != before
    assert seen(world, after) == (FAR, "person")
    (named,) = tell(
        world, add_source(world, "Town"), [listing("Chess", place=Place("14 Wharf St"))]
    )
    assert seen(world, named) == (FAR, "person")
    correct(world, site.id)
    assert seen(world, after) == (GULL.point, "feed")
    with pytest.raises(Invalid):
        correct(world, site.id, "", "", (91.0, 0.0))


def test_a_person_says_that_two_are_one(world: Resources) -> None:
    source = add_source(world)
    places = (GULL, Place("Upstairs at Finn's"))
    told = tell(world, source, [listing(f"Tea {n}", place=place) for n, place in enumerate(places)])
    ids = {site.name: site.id for site in registry(world)}
    loser, winner = ids["Upstairs at Finn's"], ids["Gull Room"]
    with world.database.write() as session:
        venues.join(session, loser, winner, NOW)
    assert seen(world, told[1]) == (GULL.point, "venue")
    (again,) = tell(world, add_source(world, "Town"), [listing("Jazz", place=places[1])])
    assert at(world, again).venue_id == winner
    with pytest.raises(NotFound), world.database.write() as session:
        venues.join(session, loser, winner, NOW)
    with pytest.raises(Conflict), world.database.write() as session:
        venues.join(session, winner, winner, NOW)


def test_one_venue_in_two_spellings_makes_one_event(world: Resources) -> None:
    """What only the registry knows: a person said that the two are one."""
    tell(world, add_source(world), [listing("A", place=place) for place in (GULL,)])
    tell(world, add_source(world, "B"), [listing("B", days=9, place=Place("Finn's Cellar"))])
    ids = {site.name: site.id for site in registry(world)}
    with world.database.write() as session:
        venues.join(session, ids["Finn's Cellar"], ids["Gull Room"], NOW)
    said = {"name": "Harbor Trade Meetup", "days": 12.0}
    (one,) = tell(world, add_source(world, "C"), [listing(**said)])  # type: ignore[arg-type]
    cellar = listing(**said, place=Place("Finn's Cellar"))  # type: ignore[arg-type]
    assert tell(world, add_source(world, "D"), [cellar]) == [one]


@embedded
def test_F3_the_middle_of_a_packs_city_is_about_there(world: Resources) -> None:
    city = cities.find("asheville")
    source = add_source(world, url=city.sources[0].url)
    (vague,) = tell(world, source, [listing(place=Place("Lantern Club"))])
    found = at(world, vague)
    assert (found.located_by, found.within_km) == ("city_centre", city.radius_km)
    assert found.location == Place("Lantern Club", "", city.latitude, city.longitude)


class Nominatim:
    """Plays the service: the answer shape of its JSON search, and what was asked."""

    def __init__(self, **known: tuple[float, float]) -> None:
        self.known, self.asked, self.status = known, list[str](), 200
        self.agents = set[str]()

    async def __call__(self, request: Request, send: Send) -> None:
        address = urlsplit(request.path)
        assert address.path == "/search"
        (text,) = parse_qs(address.query)["q"]
        self.asked.append(text)
        self.agents.add(request.headers["user-agent"])
        point = self.known.get(text.split()[0])
        body = [] if point is None else [{"place_id": 1, "display_name": text, "importance": 0.4}]
        for answer in body:
            answer |= {"lat": str(point[0]), "lon": str(point[1])}  # type: ignore[index]
        await reply(json.dumps(body).encode(), self.status, content_type="application/json")(
            request, send
        )


def look_up(world: Resources, server: Server, now: object = NOW) -> int:
    there = world.settings.model_copy(update={"geocoder_url": server.url("")})
    object.__setattr__(world, "settings", there)
    return asyncio.run(venues.look_up(world, now, pause=0))  # type: ignore[arg-type]


def test_F3_F4_a_geocoder_is_asked_once_and_believed_with_its_name(world: Resources) -> None:
    places = [Place("Gull Room", f"{n} Wharf St, Harbor Falls, NY") for n in (12, 31)]
    told = tell(
        world,
        add_source(world),
        [listing(f"Tea {n}", place=place) for n, place in enumerate(places)],
    )
    assert asyncio.run(venues.look_up(world, NOW)) == 0, "off unless it is set"
    nominatim = Nominatim(**{"12": FAR, "31": (0.0, 0.0)})
    with Server(nominatim) as server:
        assert look_up(world, server) == 1
        assert look_up(world, server, NOW + timedelta(days=29)) == 0
        assert sorted(nominatim.asked) == [place.address for place in places]
        assert look_up(world, server, NOW + timedelta(days=31)) == 0
    assert len(nominatim.asked) == 3, "what was not found is asked again after a month"
    assert nominatim.agents == {world.client.user_agent}
    venues.tell_events(world, NOW)
    assert [seen(world, id_) for id_ in told] == [(FAR, "geocoder"), (None, "")]


def test_F4_a_geocoder_that_is_away_stops_nothing(world: Resources) -> None:
    listings = [listing(f"Tea {n}", place=Place(f"{n} Wharf St, Harbor Falls")) for n in (1, 2)]
    told = tell(world, add_source(world), listings)
    nominatim = Nominatim(**{"1": FAR, "2": FAR})
    nominatim.status = 503
    with Server(nominatim) as server:
        assert look_up(world, server) == 0
        assert len(nominatim.asked) == 1, "the round ends at the first failure"
        nominatim.status = 200
        assert look_up(world, server, NOW + timedelta(hours=2)) == 2
    venues.tell_events(world, NOW)
    assert {seen(world, id_) for id_ in told} == {(FAR, "geocoder")}


@embedded
def test_a_geocoder_without_an_address_is_refused(world: Resources) -> None:
    there = world.settings.model_copy(update={"geocoder_url": "nominatim"})
    object.__setattr__(world, "settings", there)
    with pytest.raises(Invalid):
        asyncio.run(venues.look_up(world, NOW))


def test_events_that_only_move_are_not_read_again_while_others_wait(
    world: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    [event] = tell(world, add_source(world), [listing(place=Place("The Gull Room"))])
    [site] = registry(world)
    monkeypatch.setattr("app.services.reader.understand", None)
    correct(world, site.id, "", "", (41.95, -70.6))
    assert seen(world, event) == ((41.95, -70.6), "person")
