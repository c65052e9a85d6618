"""What a listing says, read once: words, cues, price, clock, size, access."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from app.model.event import Event
from app.score.cues import phrases, table
from app.score.words import Hit, Lexicon, lexicon, words
from scrapers.base import AttendanceMode

TEXT_LIMIT = 4000  # characters of a description that are read; nothing new comes after
FAMILIES_OF_CUES = (
    "kinds",
    "sure",
    "audience",
    "topic",
    "organizer",
    "venue",
    "access",
    "form",
    "circle",
    "hints",
)

_MONEY = re.compile(r"\$\s?(\d{1,4})(?:\.\d\d)?(?![\d,])(?!\s?(?:million|billion|[kKmM]\b))")
_FREE = re.compile(
    r"\b(?:free admission|admission is free|free event|free and open|free to attend|no cost|"
    r"free of charge|event is free|free for|free,)|\bfree\b(?=[.!]|$)",
    re.IGNORECASE,
)
_SEATS = re.compile(
    r"\b(?:limited to|only|max(?:imum)?(?: of)?|up to)\s+(\d{1,3})\s+"
    r"(?:people|participants|guests|attendees|students|spots|seats|persons)"
    r"|\((\d{1,3})\s+(?:seats|spots|people)",
    re.IGNORECASE,
)
_ROOM_WORDS = frozenset(
    ("people", "participants", "guests", "attendees", "students", "spots", "seats", "persons")
)
_HOST = re.compile(
    r"^\s*(?:https?:|www\.)|zoom\.us|\bvirtual\b|\bonline\b|\bwebinar\b", re.IGNORECASE
)
REMEMBERED = 256  # readings of texts that are kept: dates of a series come close together


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What the texts of a listing say, whenever it is and whatever its offers are.

    `words` are the words by field; `hits` is `{cue: {field: the listing's own words}}` with cues
    named `family.cue`. Of money and of the size of the room what the text says, if anything.
    """

    words: dict[str, list[str]]
    hits: dict[str, dict[str, list[str]]]
    price: tuple[float | None, str]
    seats: int | None
    online: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """One listing as the signals see it.

    Prices are whole units of money; `start` is the wall clock of the event's own zone, None for a
    date without a trustworthy hour; `hours` the duration.
    """

    event: Event
    wording: Wording
    price: float | None
    price_phrase: str
    start: datetime | None
    weekday: int
    hours: float | None
    online: bool

    @property
    def hits(self) -> dict[str, dict[str, list[str]]]:
        """The cues found, as in `Wording`."""
        return self.wording.hits

    def phrase(self, cue: str) -> str | None:
        """The longest words of the listing that show this cue, or None."""
        found = self.wording.hits.get(cue)
        if found is None:  # nearly always
            return None
        return max((each for phrases in found.values() for each in phrases), key=len)


@cache
def _lexicon() -> Lexicon:
    named = {
        f"{family}.{cue}": phrases(entry)
        for family in FAMILIES_OF_CUES
        for cue, entry in table(family).items()
    }
    named |= {f"interests.{cue}": {"title_or_category": found} for cue, found in _interests()}
    for name, entry in table("fields").items():
        named[f"craft.{name}"] = {"title_or_text_or_organizer": entry["craft"]}
        named[f"trade.{name}"] = {"title_or_organizer": entry["trade"]}
    homonyms: list[str] = list(table("homonyms")["phrases"])
    return lexicon(named, homonyms)


def _interests() -> Iterable[tuple[str, list[str]]]:
    return ((name, list(found)) for name, found in table("interests").items())


def texts(event: Event) -> dict[str, str]:
    """The texts of an event by field: title, organizer, category, venue, text."""
    place = event.location
    return {
        "title": event.name,
        "organizer": event.organizer.name if event.organizer else "",
        "category": ", ".join(event.categories),
        "venue": f"{place.name} {place.address}".strip() if place else event.virtual_location,
        "text": event.description[:TEXT_LIMIT],
    }


def read(event: Event) -> Facts:
    """Read one event; no clock, no network, nothing but its own words and numbers."""
    wording = _hear(tuple(texts(event).items()))
    price, price_phrase = _offered(event) or wording.price
    start = event.local_start
    clock = None if event.all_day or _is_midnight(start) else start
    return Facts(
        event=event,
        wording=wording,
        price=price,
        price_phrase=price_phrase,
        start=clock,
        weekday=start.weekday(),
        hours=_hours(event) if clock else None,
        online=_online(event, wording),
    )


@lru_cache(REMEMBERED)
def _hear(fields: tuple[tuple[str, str], ...]) -> Wording:
    source = dict(fields)
    found: dict[str, list[str]] = {}
    hits: dict[str, dict[str, list[str]]] = {}
    for name, text in fields:
        sequence = words(text)
        found[name] = sequence.texts
        for hit in _lexicon().find(name, sequence):
            start, end = sequence.span(hit.first, hit.last)
            _remember(hits, hit, text[start:end])
    return Wording(
        words=found,
        hits=hits,
        price=_price(f"{source['title']} . {source['text']}"),
        seats=_seats(source, found),
        online=_HOST.search(source["venue"]) is not None,
    )


def _remember(hits: dict[str, dict[str, list[str]]], hit: Hit, phrase: str) -> None:
    found = hits.setdefault(hit.cue, {}).setdefault(hit.field, [])
    if not found or phrase.lower() not in [known.lower() for known in found]:
        found.append(phrase)


def _offered(event: Event) -> tuple[float, str] | None:
    known = [offer.price_max for offer in event.offers if offer.price_max is not None]
    known += [offer.price_min for offer in event.offers if offer.price_min is not None]
    if not known:
        return None
    cents = max(known)
    phrase = "free" if cents == 0 else f"{cents / 100:.0f} {_currency(event)}".strip()
    return cents / 100, phrase


def _price(text: str) -> tuple[float | None, str]:
    """The price that a text names and how it names it; the search is dear, so look first."""
    if "$" in text:
        amounts = [(float(match[1]), match[0]) for match in _MONEY.finditer(text)]
        if amounts:
            return max(amounts[:4])
    lower = text.lower()
    free = _FREE.search(text) if "free" in lower or "no cost" in lower else None
    return (0.0, free[0].strip(" ,")) if free else (None, "")


def _currency(event: Event) -> str:
    return next((offer.currency for offer in event.offers if offer.currency), "")


def _is_midnight(start: datetime) -> bool:
    """Midnight stands for "no time given"."""
    return start.hour == 0 and start.minute == 0


def _hours(event: Event) -> float | None:
    if event.end is None or event.end <= event.start:
        return None
    hours = (event.end - event.start).total_seconds() / 3600
    return hours if hours <= 16 else None


def _seats(source: dict[str, str], found: dict[str, list[str]]) -> int | None:
    if _ROOM_WORDS.isdisjoint(found["text"]) and _ROOM_WORDS.isdisjoint(found["title"]):
        return None
    match = _SEATS.search(f"{source['title']} {source['text']}")
    return int(match[1] or match[2]) if match else None


def _online(event: Event, wording: Wording) -> bool:
    if event.event_attendance_mode is AttendanceMode.ONLINE:
        return True
    return wording.online or (event.location is None and bool(event.virtual_location))
