"""New places: which listings speak of the same one, how sure we are, when and how to visit it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from math import prod
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from app.find.places import read_venue
from app.find.words import total, venue_weight, words_of
from app.model.event import Event
from app.model.opening import Opening, Proof, Voice
from app.model.place import distance_between
from scrapers.base import Evidence, OpeningListing, Place

# Chance that one source alone is right that the place is new and open: our judgement, to be
# learned from visits. A licence may never be used; a name on a map may be an old place, drawn late.
_SURE = {
    Evidence.LISTED: 0.0,
    Evidence.FIRST_VERSION: 0.3,
    Evidence.APPEARED: 0.3,
    Evidence.FIRST_LICENCE: 0.35,
    Evidence.LIFTED: 0.45,
    Evidence.COMING_SOON: 0.5,
    Evidence.DATED: 0.65,
    Evidence.OPENS: 0.7,
    Evidence.SOFT_OPENING: 0.75,
    Evidence.GRAND_OPENING: 0.85,
    Evidence.NOW_OPEN: 0.85,
}
_EXACT = {"day": 1.0, "month": 0.85, "year": 0.4}
CERTAIN = 0.97  # nothing that we read makes a place more certain than that

FIRST_WEEKS = timedelta(weeks=6)  # while regulars are not yet regulars, and the owner is there
UNDATED = timedelta(weeks=10)  # nobody says when: a notice, a first mark on the map
LICENSED = timedelta(weeks=16)  # a licence comes before the first cup, often by months
OLD_AFTER = timedelta(days=200)  # a proof that contradicts an opening this much makes it old
NEAR_KM = 0.3  # two marks of one place differ by less


class Habit(NamedTuple):
    """When the owner of a kind of place is there and has time, and what one says first."""

    begins: time
    ends: time
    when: str
    hello: str


HABITS = {
    "coffee_shop": Habit(time(8, 0), time(9, 30), "on a weekday between 8 and 9:30", "what they roast"),
    "bakery": Habit(time(8, 0), time(9, 30), "on a weekday between 8 and 9:30", "what came out best today"),
    "brewery": Habit(time(17, 0), time(18, 30), "on a weekday between 5 and 6:30 pm", "which one to begin with"),
    "bookshop": Habit(time(11, 0), time(12, 30), "on a weekday around 11", "what they press on everybody"),
    "coworking": Habit(time(9, 30), time(11, 0), "on a weekday around 9:30", "for a tour and who works there"),
}  # fmt: skip

_CHAINS = frozenset(
    " ".join(words_of(name))
    for name in (
        "Starbucks", "Dunkin", "Peets", "Tim Hortons", "Costa Coffee", "Caribou Coffee", "Dutch Bros",
        "Krispy Kreme", "Panera", "Au Bon Pain", "Einstein Bros", "McDonalds", "Corner Bakery",
        "Blue Bottle Coffee", "Philz Coffee", "Intelligentsia Coffee", "Second Cup", "Barnes & Noble",
        "WeWork", "Regus", "Industrious", "Le Pain Quotidien", "Pret a Manger", "7-Eleven",
        "Scooters Coffee", "7 Brew", "Biggby Coffee", "La Colombe", "Joe & the Juice", "Crumbl",
    )
)  # fmt: skip


class Named(Protocol):
    """What has a name and perhaps a place: a listing or an opening."""

    @property
    def name(self) -> str:
        """As it is printed."""
        ...

    @property
    def location(self) -> Place | None:
        """Where it is, None where unknown."""
        ...


def speaks_of_new(listing: OpeningListing) -> bool:
    """Whether the listing alone says that the place is new; a mere entry of a list does not."""
    return listing.evidence is not Evidence.LISTED


def same_place(a: Named, b: Named) -> bool:
    """Whether two listings or openings speak of one place: like names, and nothing that keeps them apart.

    Names alone must agree wholly; with the same street or coordinates, telling words must be
    shared. Branches of one chain have one name and differ by their streets.
    """
    one, two = _street(a.location), _street(b.location)
    apart = distance_between(
        a.location.point if a.location else None, b.location.point if b.location else None
    )
    if (one and two and one != two) or (apart is not None and apart > NEAR_KM):
        return False
    here = bool(one and one == two) or apart is not None
    return _name_overlap(a.name, b.name) >= (0.5 if here else 0.9)


def is_chain(name: str) -> bool:
    """Whether the name is one of many branches: a known chain, or numbered ("… #41", "No. 7")."""
    words = words_of(name)
    beginnings = {" ".join(words[:length]) for length in (1, 2, 3, 4)}
    return bool(beginnings & _CHAINS) or "#" in name


def opening_of(id_: UUID, voices: Sequence[Voice]) -> Opening | None:
    """The opening that some listings of one place make, or None if it is no new place.

    Several sources make it surer, several words of one source do not. A source that dates the
    place long before the others speak of it makes it an old one under a new licence.
    """
    speaking = sorted((each for each in voices if speaks_of_new(each.listing)), key=_rank)
    if not speaking or _is_old(speaking):
        return None
    best = speaking[0].listing
    dated = next((each.listing for each in speaking if each.listing.opens), best)
    first, last = _window(dated)
    return Opening(
        id=id_,
        name=max(speaking, key=lambda each: each.trust).listing.name,
        kind=best.kind,
        first_day=first,
        last_day=last,
        confidence=_confidence(speaking),
        opens=dated.opens,
        precision=dated.precision,
        location=_location(speaking),
        url=next((each.listing.url for each in speaking if each.listing.url), ""),
        chain=any(is_chain(each.listing.name) for each in speaking),
        proofs=tuple(_proof(each) for each in speaking),
    )


def suggestion(opening: Opening, today: date) -> str:
    """How to visit the place, in plain words."""
    habit = HABITS[opening.kind]
    if opening.chain:
        return f"A branch of a chain: go {habit.when}, but its owner is seldom there."
    if opening.first_day > today:
        return f"Not open yet. In its first weeks go {habit.when}: the owner is usually there."
    if opening.opens is None:
        return f"Look first whether it is open. Then go {habit.when}: the owner is usually there."
    return f"In its first weeks go {habit.when}: the owner is usually there."


def hello(opening: Opening) -> str:
    """What to say first, to whoever stands behind the counter."""
    if opening.chain:
        return "Ask how the opening goes, and who the regulars of the morning are."
    return (
        f"Congratulate on the opening, ask {HABITS[opening.kind].hello}, and who they would like to"
        " see come in. Say what you do when they ask."
    )


def suggested_day(opening: Opening, today: date) -> date | None:
    """The first Tuesday to Thursday from tomorrow on within the window, None if there is none.

    Not on the day of the opening itself, when nobody has time.
    """
    day = max(today, opening.first_day) + timedelta(days=1)
    while day <= opening.last_day:
        if day.isoweekday() in (2, 3, 4):
            return day
        day += timedelta(days=1)
    return None


def visit(opening: Opening, day: date, time_zone: str) -> Event:
    """A visit on that day at the kind's best hour, as an entry for a calendar (IANA zone)."""
    habit, zone = HABITS[opening.kind], ZoneInfo(time_zone)
    return Event(
        id=opening.id,
        name=f"Visit {opening.name}",
        start=datetime.combine(day, habit.begins, zone),
        end=datetime.combine(day, habit.ends, zone),
        time_zone=time_zone,
        description=f"{suggestion(opening, day)}\n\n{hello(opening)}",
        url=opening.url,
        location=opening.location,
    )


def standing(opening: Opening) -> float:
    """What orders openings: how sure we are, halved for a branch of a chain."""
    return opening.confidence * (0.5 if opening.chain else 1.0)


def _rank(voice: Voice) -> tuple[float, float, str]:
    return -_sure(voice.listing), -voice.trust, voice.source


def _sure(listing: OpeningListing) -> float:
    return _SURE[listing.evidence] * (_EXACT[listing.precision] if listing.opens else 1.0)


def _confidence(voices: Iterable[Voice]) -> float:
    """One minus the chance that all sources are wrong, each by its strongest word."""
    wrong: dict[str, float] = {}
    for voice in voices:
        wrong[voice.source] = min(wrong.get(voice.source, 1.0), 1 - _sure(voice.listing))
    return round(min(CERTAIN, 1 - prod(wrong.values())), 3)


def _is_old(voices: Iterable[Voice]) -> bool:
    """Whether one source dates the place long before another first spoke of it."""
    opened = [each.listing.opens for each in voices if each.listing.opens]
    said = [each.listing.said for each in voices if each.listing.said]
    return bool(opened and said) and max(said) - min(opened) > OLD_AFTER


def _window(listing: OpeningListing) -> tuple[date, date]:
    if listing.opens:
        length = {"month": timedelta(days=30), "year": timedelta(days=364)}
        whole = length.get(listing.precision, timedelta(0))
        return listing.opens, listing.opens + whole + (
            FIRST_WEEKS if whole.days < 300 else timedelta(0)
        )
    first = listing.said or date.min
    licensed = listing.evidence is Evidence.FIRST_LICENCE
    return first, first + (LICENSED if licensed else UNDATED)


def _location(voices: Sequence[Voice]) -> Place | None:
    """The best told place: coordinates and a street, wherever they stand."""
    places = [each.listing.location for each in voices if each.listing.location]
    if not places:
        return None
    located = next((each for each in places if each.latitude is not None), None)
    street = next((each.address for each in places if each.address), "")
    latitude, longitude = (located.latitude, located.longitude) if located else (None, None)
    return Place(places[0].name, street, latitude, longitude)


def _proof(voice: Voice) -> Proof:
    listing = voice.listing
    return Proof(
        source=voice.source,
        evidence=listing.evidence,
        opens=listing.opens,
        precision=listing.precision,
        said=listing.said,
        url=listing.url,
        words=listing.words,
    )


def _street(place: Place | None) -> str:
    return read_venue(f"{place.name}, {place.address}").street if place and place.address else ""


def _name_overlap(a: str, b: str) -> float:
    """Weight of the shared words against the shorter name's; "Co." and "Cafe" say little."""
    one, two = (frozenset(words_of(name)) for name in (a, b))
    if one == two:
        return 1.0
    shorter = min(total(one, venue_weight), total(two, venue_weight))
    return total(one & two, venue_weight) / shorter if shorter else 0.0
