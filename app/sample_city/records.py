"""The hand-written facts of the city: what stands in `data/*.toml`, typed and read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Format = Literal["ical", "json_ld", "microdata", "h_event", "rss", "atom"]
Tier = Literal["high", "middle", "low", "circle"]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a TOML file; an unknown key is an error, so a slip of the pen is found."""


class Venue(Record, frozen=True):
    """A place of the city; WGS 84 degrees."""

    name: str
    street: str
    latitude: float
    longitude: float


class Deviation(Record, frozen=True):
    """One date of a series, by its week of the cycle, that differs from the others."""

    week: int
    name: str
    time: str


class Event(Record, frozen=True):
    """Something that happens in given weeks of the city's eight-week cycle.

    `time` is "18:30", "18:30-21:00" or empty for an all-day event of `days` dates. `offers` are
    dollars, 0 for free. `kind` and `tier` say what we expect of the scorer; no feed carries them.
    """

    slug: str
    name: str
    kind: str
    tier: Tier
    weeks: tuple[int, ...]
    day: Day
    text: str
    time: str = ""
    days: int = 1
    doors: str = ""
    venue: str = ""
    room: str = ""
    address: bool = True  # False: the listing names the venue only
    online: str = ""
    organizer: str = ""
    performers: tuple[str, ...] = ()
    offers: tuple[float, ...] = ()
    sold_out: bool = False
    categories: tuple[str, ...] = ()
    type: str = ""  # schema.org type, where the one of the kind is too coarse
    cancelled: bool = False
    series: bool = False  # published as one recurring event
    skip: tuple[int, ...] = ()  # weeks of the cycle without the series' usual date
    deviation: Deviation | None = None


class Repeat(Record, frozen=True):
    """What an aggregator says of somebody else's event; empty fields are copied from it."""

    of: str
    name: str = ""
    text: str = ""
    time: str = ""
    address: bool = True


class News(Record, frozen=True):
    """A news item; `{day}` in its text becomes the date `days_ahead` days after publication."""

    slug: str
    title: str
    week: int
    day: Day
    text: str
    days_ahead: int = 0


class Style(Record, frozen=True):
    """How a publisher's software writes iCalendar."""

    product: str = "-//Harbor Falls//Calendar 1.0//EN"
    zone: Literal["utc", "tzid", "windows", "floating"] = "tzid"
    duration: bool = False
    outlook: bool = False
    broken_component: bool = False


class Publisher(Record, frozen=True):
    """One source: who publishes, where on the server, in which format, how far to trust it."""

    name: str
    about: str
    path: str
    format: Format
    trust: int
    organizer: str = ""
    host: str = ""
    html: bool = False  # whether the texts are HTML
    style: Style = Style()
    events: tuple[Event, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    news: tuple[News, ...] = ()

    @property
    def section(self) -> str:
        """First part of the path: the publisher's corner of the server."""
        return self.path.split("/", 1)[0]


class City(msgspec.Struct, frozen=True):
    """Everything the TOML files hold; aggregators' repeats have become events of their own."""

    venues: dict[str, Venue]
    publishers: tuple[Publisher, ...]


@cache
def city() -> City:
    """Read the data files, in the order of `data/city.toml`. Raises msgspec.ValidationError."""
    table = _read("city")
    venues = msgspec.convert(table["venues"], dict[str, Venue])
    names = msgspec.convert(table["publishers"], list[str])
    publishers = [msgspec.convert(_read(name), Publisher) for name in names]
    originals = {event.slug: event for each in publishers for event in each.events}
    return City(venues, tuple(_with_repeats(each, originals) for each in publishers))


def _read(name: str) -> dict[str, object]:
    text = (files(__package__) / "data" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def _with_repeats(publisher: Publisher, originals: dict[str, Event]) -> Publisher:
    copies = (_copy(repeat, originals[repeat.of]) for repeat in publisher.repeats)
    return msgspec.structs.replace(publisher, events=(*publisher.events, *copies))


def _copy(repeat: Repeat, original: Event) -> Event:
    """The aggregator's version: no organizer, room, price or end."""
    return msgspec.structs.replace(
        original,
        slug=f"tw-{original.slug}",
        name=repeat.name or original.name,
        text=repeat.text,
        time=repeat.time or original.time.split("-", maxsplit=1)[0],
        address=repeat.address,
        organizer="",
        room="",
        offers=(),
        categories=(),
        series=False,
    )
