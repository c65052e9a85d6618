"""The town's licence register (CSV with the columns of Chicago's) and its map (Overpass's JSON)."""

import csv
import json
import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from io import StringIO

import msgspec

from app.sample_city.cycle import CYCLE, dates
from app.sample_city.records import Day, Record

LICENCES = "cityhall/licences.csv"
MAP = "map/cafes.json"

_COLUMNS = (
    "ID", "ACCOUNT NUMBER", "SITE NUMBER", "DOING BUSINESS AS NAME", "ADDRESS", "CITY", "STATE",
    "BUSINESS ACTIVITY", "APPLICATION TYPE", "DATE ISSUED", "LATITUDE", "LONGITUDE",
)  # fmt: skip


class Place(Record, frozen=True):
    """A place with its licence (`type` as Chicago names it) and its mark on the map, if any."""

    name: str
    street: str
    latitude: float
    longitude: float
    account: int
    activity: str
    type: str
    week: int
    day: Day
    tag: str = ""
    founded: str = ""  # an old place's start_date
    opens_week: int = 0
    opens_day: Day | None = None
    opens_after: int = 0


@cache
def places() -> tuple[Place, ...]:
    """The data, read once."""
    text = files("app.sample_city").joinpath("data", "openings.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["places"], tuple[Place, ...])


def licence_table(today: date) -> bytes:
    """The licences of the eight weeks up to `today`, newest first, in the capitals of registers."""
    issued = sorted(
        ((_last(each.week, each.day, today), each) for each in places()),
        key=lambda pair: (pair[0], pair[1].account),
        reverse=True,
    )
    out = StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for day, each in issued:
        table.writerow((
            f"{each.account}-{day:%Y%m%d}", each.account, 1, each.name.upper(), each.street.upper(),
            "HARBOR FALLS", "MA", each.activity, each.type, f"{day:%m/%d/%Y}", each.latitude,
            each.longitude,
        ))  # fmt: skip
    return out.getvalue().encode()


def map_answer(today: date) -> bytes:
    """What Overpass would answer about the town's cafés, bakeries, breweries and bookshops."""
    elements = [_element(each, today) for each in places() if each.tag]
    body = {"version": 0.6, "generator": "Overpass API", "elements": elements}
    return json.dumps(body, indent=1, ensure_ascii=False).encode()


def _element(place: Place, today: date) -> dict[str, object]:
    key, _, value = place.tag.partition("=")
    number, _, street = place.street.partition(" ")
    tags = {key: value, "name": place.name, "addr:housenumber": number, "addr:street": street}
    if place.founded:
        tags["start_date"] = place.founded
    if place.opens_day:
        told = _last(place.opens_week, place.opens_day, today)
        tags["opening_date"] = (told + timedelta(days=place.opens_after)).isoformat()
    at = {"lat": place.latitude, "lon": place.longitude}
    return {"type": "node", "id": 900_000_000 + place.account, **at, "tags": tags}


def _last(week: int, day: Day, today: date) -> date:
    """The last such day of the cycle, up to and including `today`."""
    tomorrow = today + timedelta(days=1)
    return next(dates([week], day, tomorrow - CYCLE, tomorrow))
