"""City packs: one TOML file a city, with its zone, its centre and the feeds worth reading there.

Pure: packs are data of the program, or a file that somebody is writing. A file is read strictly;
what does not fit is an `Invalid` that names the file and the entry. How one is written stands in
docs/cities.md.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from unicodedata import normalize

from app.errors import Invalid, NotFound
from app.model.zone import zone_names
from scrapers import SCRAPERS
from scrapers.addresses import Page, feed_at, page_at

DISCOVER = "discover"
TOPICS = frozenset({
    "arts", "books", "business", "civic", "community", "education", "faith", "film", "food",
    "games", "health", "kids", "music", "nature", "outdoors", "social", "sports", "stage", "tech",
})  # fmt: skip
MAX_RADIUS_KM = 200

_FILE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ADDRESS = re.compile(r"https?://[^/?#\s\\@]+\.[^/?#\s\\@]+(?:[/?#][^\s]*)?")


@dataclass(frozen=True, slots=True)
class PackSource:
    """A feed or page of a pack.

    `scraper` is None where none is named and no rule knows the address: whatever recognizes the
    page reads it. `trust` is 0 (hearsay) to 100 (the venue itself), `topics` are of `TOPICS`.
    """

    name: str
    url: str
    scraper: str | None
    topics: tuple[str, ...]
    trust: int

    @property
    def lists_events(self) -> bool:
        """Whether its address lists events by itself; if not, discovery must find their place."""
        return self.scraper is not None or page_at(self.url) is Page.EVENTS


_NONE_YET = PackSource(name="", url="", scraper=None, topics=(), trust=80)


@dataclass(frozen=True, slots=True)
class City:
    """A pack. `slug` is the name of its file, the centre in WGS 84 degrees, `country` ISO 3166."""

    slug: str
    name: str
    state: str
    country: str
    time_zone: str
    latitude: float
    longitude: float
    radius_km: float
    sources: tuple[PackSource, ...]

    @property
    def title(self) -> str:
        """ "Asheville, NC": how it is shown."""
        return f"{self.name}, {self.state}" if self.state else self.name

    @property
    def readable(self) -> tuple[PackSource, ...]:
        """What can be polled as it stands."""
        return tuple(source for source in self.sources if source.lists_events)

    @property
    def to_discover(self) -> tuple[PackSource, ...]:
        """Pages in which the list of events must be found first."""
        return tuple(source for source in self.sources if not source.lists_events)


def every() -> tuple[City, ...]:
    """All packs of the program, by name."""
    return tuple(sorted(_shipped().values(), key=lambda city: city.name))


def find(name: str) -> City:
    """The pack with this name ("Santa Rosa", "santa-rosa"). Raises NotFound that lists them."""
    city = _shipped().get(slug_of(name))
    if city is None:
        known = ", ".join(sorted(_shipped()))
        raise NotFound(f"There is no city pack {name!r}; there are {known}.")
    return city


def slug_of(name: str) -> str:
    """ "Santa Rosa" as "santa-rosa", the name of its file. Raises Invalid if nothing is left."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        raise Invalid("Name the city in Latin letters; `name` in the file may be any.", "name")
    return slug


def scaffold(name: str, sources: Sequence[PackSource] = (_NONE_YET,)) -> str:
    """The beginning of a pack: TOML that explains its fields, with these sources. Raises Invalid."""
    template = Template(files("app.cities").joinpath("scaffold.txt").read_text("utf-8"))
    shown = " ".join(name.split())
    return template.substitute(
        name=shown,
        quoted=_quoted(shown),
        slug=slug_of(name),
        topics=" ".join(sorted(TOPICS)),
        sources="".join(map(_entry, sources)),
    )


def _entry(source: PackSource) -> str:
    return (
        "\n[[sources]]\n"
        f"name = {_quoted(source.name)}\n"
        f"url = {_quoted(source.url)}\n"
        f"scraper = {_quoted(source.scraper or DISCOVER)}\n"
        f"topics = [{', '.join(map(_quoted, source.topics))}]\n"
        f"trust = {source.trust}\n"
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML has it


def load(path: Path) -> City:
    """The pack in a file of one's own. Raises Invalid naming file and entry, OSError."""
    return parse(path.read_text("utf-8"), path.name)


@cache
def _shipped() -> Mapping[str, City]:
    packs = (file for file in files("app.cities").iterdir() if file.name.endswith(".toml"))
    found = [parse(file.read_text("utf-8"), file.name) for file in packs]
    return {city.slug: city for city in found}


def parse(text: str, file_name: str) -> City:
    """The pack that a TOML text holds. Raises Invalid naming `file_name` and the entry."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{file_name}: this is not TOML: {error}.") from None
    fields = _Fields(table, file_name)
    slug = file_name.removesuffix(".toml")
    fields.require(_FILE_NAME.fullmatch(slug), "the file's name must be like santa-rosa.toml")
    city = City(
        slug=slug,
        name=fields.text("name"),
        state=fields.text("state", ""),
        country=fields.text("country"),
        time_zone=fields.text("time_zone"),
        latitude=fields.number("latitude", -90, 90),
        longitude=fields.number("longitude", -180, 180),
        radius_km=fields.number("radius_km", 1, MAX_RADIUS_KM),
        sources=tuple(_sources(fields.tables("sources"), file_name)),
    )
    fields.require(_COUNTRY.fullmatch(city.country), "`country` must be two letters, such as US")
    fields.require(city.time_zone in zone_names(), "`time_zone` must be of the IANA list")
    fields.require(city.latitude or city.longitude, "`latitude` and `longitude` are still 0")
    fields.done()
    return city


def _sources(tables: list[dict[str, Any]], file_name: str) -> list[PackSource]:
    found: list[PackSource] = []
    names: set[str] = set()
    urls: set[str] = set()
    for number, table in enumerate(tables, start=1):
        fields = _Fields(table, f"{file_name}, source {number} {table.get('name', '')!r}")
        found.append(_source(fields, urls))
        fields.require(found[-1].name not in names, "its name stands in this pack already")
        names.add(found[-1].name)
    return found


def _source(fields: "_Fields", urls: set[str]) -> PackSource:
    url, scraper = fields.text("url"), fields.text("scraper")
    fields.require(_ADDRESS.fullmatch(url), "`url` must be an http or https address of a host")
    fields.require(url not in urls, "its address stands in this pack already")
    urls.add(url)
    known = f"`scraper` must be {DISCOVER} or one of {', '.join(sorted(SCRAPERS))}"
    fields.require(scraper in SCRAPERS or scraper == DISCOVER, known)
    topics = fields.words("topics")
    fields.require(topics, "name at least one topic")
    fields.require(TOPICS.issuperset(topics), f"`topics` are of {', '.join(sorted(TOPICS))}")
    trust = int(fields.number("trust", 0, 100))
    name = fields.text("name")
    fields.done()
    if scraper != DISCOVER:
        return PackSource(name, url, scraper, topics, trust)
    feed = feed_at(url)  # a platform that has been learned since the pack was written
    return PackSource(
        name, feed.url if feed else url, feed.scraper if feed else None, topics, trust
    )


class _Fields:
    """The fields of one TOML table, each taken once; `where` is the beginning of complaints."""

    def __init__(self, table: dict[str, Any], where: str) -> None:
        self._left = dict(table)
        self._where = where

    def require(self, holds: object, sentence: str) -> None:
        """Raise Invalid with this sentence unless it holds."""
        if not holds:
            raise Invalid(f"{self._where}: {sentence}.")

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there and say something."""
        value = self._left.pop(name, default)
        self.require(isinstance(value, str) and (value.strip() or default is not None), _text(name))
        return str(value).strip()

    def number(self, name: str, least: float, most: float) -> float:
        """A number between two bounds, both included."""
        value = self._left.pop(name, None)
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        self.require(
            fits and least <= value <= most, f"`{name}` must be a number {least} to {most}"
        )
        return float(value)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._left.pop(name, None)
        fits = isinstance(value, list) and all(isinstance(word, str) for word in value)
        self.require(fits, f"`{name}` must be a list of words")
        return tuple(value)

    def tables(self, name: str) -> list[dict[str, Any]]:
        """An array of tables, at least one."""
        value = self._left.pop(name, None)
        fits = isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
        self.require(fits, f"there must be at least one [[{name}]]")
        return list(value)

    def done(self) -> None:
        """Raise Invalid if a field is left: a misspelt one must not be lost in silence."""
        self.require(not self._left, f"unknown field `{next(iter(self._left), '')}`")


def _text(name: str) -> str:
    return f"`{name}` must be a text"
