"""The registry over HTTP, and what the list makes of who says where an event is."""

from uuid import uuid4

from app import cities
from app.services.resources import Resources
from scrapers.base import Place
from tests.api.conftest import Caller
from tests.kinds import embedded
from tests.seed import GULL, add_source, listing, tell


def test_a_venue_is_listed_and_put_right(world: Resources, robin: Caller) -> None:
    (event,) = tell(world, add_source(world), [listing()])
    place = robin.json(f"/api/v1/events/{event}")["location"]
    assert (place["provenance"], place["within_km"]) == ("feed", 0)
    (venue,) = robin.json("/api/v1/venues?q=GULL")["items"]
    assert venue["id"] == place["venue_id"]
    assert (venue["latitude"], venue["provenance"]) == (GULL.latitude, "feed")
    assert robin.json("/api/v1/venues?q=nowhere")["items"] == []
    path = f"/api/v1/venues/{venue['id']}"
    put = robin("PATCH", path, json={"name": "The Gull", "latitude": 0, "longitude": -70.0})
    assert put.status_code == 200
    assert put.json()["provenance"] == "person"
    assert robin("PATCH", path, json={"address": "14 Wharf St"}).json()["name"] == "The Gull"
    place = robin.json(f"/api/v1/events/{event}")["location"]
    assert (place["name"], place["address"]) == ("The Gull", "14 Wharf St")
    assert (place["latitude"], place["longitude"]) == (0, -70)
    back = robin("PATCH", path, json={"latitude": None, "longitude": None, "name": ""}).json()
    assert (back["provenance"], back["name"]) == ("feed", "Gull Room")
    assert robin("PATCH", path, json={"latitude": 41.0}).status_code == 422
    nobody = f"/api/v1/venues/{uuid4()}"
    assert robin("PATCH", nobody, json={"name": "x"}).status_code == 404


@embedded
def test_F3_a_city_centre_is_about_there_for_the_distance_filter(
    world: Resources, robin: Caller
) -> None:
    city = cities.find("asheville")
    source = add_source(world, url=city.sources[0].url)
    tell(world, source, [listing(place=Place("Lantern Club"))])
    near = f"near={city.latitude + 0.4},{city.longitude}"  # 44 km away; the city's radius is 40
    assert len(robin.json(f"/api/v1/events?{near}&km=5")["items"]) == 1
    assert robin.json(f"/api/v1/events?{near}&km=4")["items"] == []
