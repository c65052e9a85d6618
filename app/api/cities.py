"""City packs: a whole city's sources with one call."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app import cities as packs
from app.api import schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World, Write
from app.errors import Invalid
from app.model.user import Profile
from app.services import cities
from app.store import users

router = APIRouter(prefix="/cities", tags=["cities"])


@router.get(
    "",
    responses={200: {"model": schemas.CityPage}, 304: {"description": "unchanged"}},
    summary="All city packs, and how much of each is read",
)
def list_cities(request: Request, world: World, me: Me, now: Now) -> Response:
    """By name."""
    with world.database.read() as session:
        found = cities.progress(session, packs.every(), now)
        profile = users.get(session, me.user_id).profile
    world.catalog.catch_up(world.database, now)  # before it is said how much is read
    page = schemas.CityPage(items=[_out(item, profile) for item in found])
    return answer_body(request, page)


@router.put("/{name}", summary="Add a city's sources")
def put_city(world: World, session: Write, me: Me, now: Now, name: str) -> schemas.CityOut:
    """Adds what is missing, to be read over the next minutes; may be repeated.

    What a person changed or paused of it stays as it is. Raises Invalid if there is no room.
    """
    city = packs.find(name)
    installed = cities.add(session, world, city, now)
    if installed.refused and not installed.new:
        raise Invalid(installed.refused[0][1], "name")
    [found] = cities.progress(session, [city], now)
    return _out(found, users.get(session, me.user_id).profile)


def _out(found: cities.Progress, profile: Profile) -> schemas.CityOut:
    city = found.city
    return schemas.CityOut(
        name=city.slug,
        title=city.title,
        country=city.country,
        time_zone=city.time_zone,
        latitude=city.latitude,
        longitude=city.longitude,
        radius_km=city.radius_km,
        sources=found.total,
        added=found.added,
        read=found.read,
        paused=found.paused,
        events=found.events,
        to_discover=[
            schemas.PageToDiscover(name=one.name, url=one.url) for one in city.to_discover
        ],
        home_offered=cities.home_in(city, profile) is not None,
    )
