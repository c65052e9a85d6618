"""What a listing says, read once: words, cues, price, clock, size, access."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from app.model.event import Event
from app.score.cues import phrases, table
from app.score.words import Hit, Lexicon, Word, lexicon, words
from scrapers.base import AttendanceMode

TEXT_LIMIT = 4000  # characters of a description that are read; nothing new comes after
FAMILIES_OF_CUES = (
    "kinds",
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
_HOST = re.compile(
    r"^\s*(?:https?:|www\.)|zoom\.us|\bvirtual\b|\bonline\b|\bwebinar\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One listing as the signals see it.

    `hits` is `{cue: {field: the listing's own words}}` with cues named `family.cue`. Prices are
    whole units of money; `start` is the wall clock of the event's own zone, None for a date
    without a trustworthy hour; `hours` the duration.
    """

    event: Event
    fields: dict[str, list[Word]]
    hits: dict[str, dict[str, list[str]]]
    price: float | None
    price_phrase: str
    start: datetime | None
    weekday: int
    hours: float | None
    seats: int | None
    online: bool

    def phrase(self, cue: str) -> str | None:
        """The longest words of the listing that show this cue, or None."""
        found = self.hits.get(cue)
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
    """The texts of an event by field: title, text, organizer, venue, category."""
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
    source = texts(event)
    fields = {name: words(text) for name, text in source.items()}
    hits: dict[str, dict[str, list[str]]] = {}
    for name, sequence in fields.items():
        for hit in _lexicon().find(name, sequence):
            _remember(hits, hit, source[name])
    price, price_phrase = _price(event, source)
    start = _clock(event)
    return Facts(
        event=event,
        fields=fields,
        hits=hits,
        price=price,
        price_phrase=price_phrase,
        start=start,
        weekday=event.local_start.weekday(),
        hours=_hours(event) if start else None,
        seats=_seats(source),
        online=_online(event, source["venue"]),
    )


def _remember(hits: dict[str, dict[str, list[str]]], hit: Hit, source: str) -> None:
    phrase = source[hit.start : hit.end]
    found = hits.setdefault(hit.cue, {}).setdefault(hit.field, [])
    if phrase.lower() not in (known.lower() for known in found):
        found.append(phrase)


def _price(event: Event, source: dict[str, str]) -> tuple[float | None, str]:
    known = [offer.price_max for offer in event.offers if offer.price_max is not None]
    known += [offer.price_min for offer in event.offers if offer.price_min is not None]
    if known:
        cents = max(known)
        return (
            cents / 100,
            "free" if cents == 0 else f"{cents / 100:.0f} {_currency(event)}".strip(),
        )
    text = f"{source['title']} . {source['text']}"
    amounts = [(float(match[1]), match[0]) for match in _MONEY.finditer(text)]
    if amounts:
        return max(amounts[:4])
    free = _FREE.search(text)
    return (0.0, free[0].strip(" ,")) if free else (None, "")


def _currency(event: Event) -> str:
    return next((offer.currency for offer in event.offers if offer.currency), "")


def _clock(event: Event) -> datetime | None:
    """Local start; None for all-day dates and the midnight that stands for "no time given"."""
    start = event.local_start
    midnight = start.hour == 0 and start.minute == 0
    return None if event.all_day or midnight else start


def _hours(event: Event) -> float | None:
    if event.end is None or event.end <= event.start:
        return None
    hours = (event.end - event.start).total_seconds() / 3600
    return hours if hours <= 16 else None


def _seats(source: dict[str, str]) -> int | None:
    match = _SEATS.search(f"{source['title']} {source['text']}")
    return int(match[1] or match[2]) if match else None


def _online(event: Event, venue: str) -> bool:
    if event.event_attendance_mode is AttendanceMode.ONLINE:
        return True
    return bool(_HOST.search(venue)) or (event.location is None and bool(event.virtual_location))
