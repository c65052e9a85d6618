"""How alike two listings are: named features, each with a meaning that a person can check."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from app.find.places import Venue, same_venue, venue_of
from app.find.words import COMMON, title_weight, total, venue_weight, words_of
from scrapers.base import Listing

NEAR = timedelta(minutes=90)  # doors and show
_TEXT_START = 500  # characters of a description that are compared
_PART_ENDS = re.compile(
    r"[:|–—()\[\]/,+@;]|\s-+\s|\s(?:w/|with|feat(?:uring|\.)?|ft\.?|at|presented by|presents|benefit(?:t?ing)?)\s",
    re.IGNORECASE,
)
_OWN_NUMBER = re.compile(r"\d{5}")
_TRACKING = ("utm_", "fbclid", "gclid", "mc_")


class Features(NamedTuple):
    """What is compared, each 0 to 1 and the same in both directions."""

    title_equal: float
    title_part: float  # one title is a part of the other: before a colon, after "presents" …
    title_cover: float  # share of the shorter title that stands in the longer
    title_extra: float  # share of the longer title that is nowhere in the other listing
    title_telling: float  # how distinctive the shared words are
    title_spelling: float  # likeness of the letters
    start_equal: float
    start_near: float
    start_slipped: float  # by a wrong zone or am/pm
    start_unknown: float
    venue_same: float
    venue_differs: float
    venue_unknown: float
    text_same: float
    copied: float  # same text at the same start, or same title with the same text or link
    link_same: float
    numbers_differ: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is read of a listing once, so that comparing many is cheap."""

    title: str
    parts: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]
    venue: Venue
    host: frozenset[str]
    utc_offset: timedelta
    start: datetime
    local_date: date
    clock: int | None  # minutes since midnight, None where no time is given
    text: frozenset[str]
    link: str
    venue_id: UUID | None = field(default=None, compare=False)  # of the registry, where known


def sketch(listing: Listing, venue_id: UUID | None = None) -> Sketch:
    """Read what `compare` needs; about as dear as one comparison."""
    local = listing.start.astimezone(ZoneInfo(listing.time_zone))
    words = words_of(listing.name)
    venue = venue_of(listing.location)
    host = words_of(listing.organizer.name) if listing.organizer else ()
    minutes = local.hour * 60 + local.minute
    return Sketch(
        title=" ".join(words),
        parts=_parts(listing.name),
        words=frozenset(word for word in words if title_weight(word)),
        numbers=frozenset(word for word in words if word.isdigit() and len(word) < 4),
        venue=venue,
        host=frozenset(host),
        utc_offset=local.utcoffset() or timedelta(0),
        start=listing.start,
        local_date=local.date(),
        clock=None if listing.all_day or not minutes else minutes,
        text=_telling_words(listing.description),
        link=event_link(listing.url, words) if listing.url else "",
        venue_id=venue_id,
    )


def features(a: Sketch, b: Sketch) -> Features:
    """Compare two sketches."""
    words_a, words_b = _spelled_out(a, b), _spelled_out(b, a)
    shared = total(words_a & words_b, title_weight) or (COMMON if a.title == b.title else 0.0)
    venue = _venue(a, b)
    least, most = _left_over(words_a, words_b, a, b, together=venue is not None and venue >= 0.5)
    equal, near, slipped, unknown = _times(a, b)
    text, link = _overlap(a.text, b.text), float(bool(a.link) and a.link == b.link)
    return Features(
        title_equal=float(a.title == b.title),
        title_part=float(a.title != b.title and (a.title in b.parts or b.title in a.parts)),
        title_cover=shared / (shared + least) if shared else 0.0,
        title_extra=most / (shared + most) if shared + most else 0.0,
        title_telling=min(shared, 3.0) / 3.0,
        title_spelling=fuzz.token_sort_ratio(a.title, b.title) / 100.0,
        start_equal=equal,
        start_near=near,
        start_slipped=slipped,
        start_unknown=unknown,
        venue_same=venue or 0.0,
        venue_differs=0.0 if venue is None else 1.0 - venue,
        venue_unknown=float(venue is None),
        text_same=text,
        copied=max(text, link) if a.title == b.title else text * equal,
        link_same=link,
        numbers_differ=float(bool(a.numbers and b.numbers) and a.numbers.isdisjoint(b.numbers)),
    )


def event_link(url: str, title: Iterable[str]) -> str:
    """The address in canonical form if it is the page of this very event, else "".

    Without scheme, "www.", tracking parameters, fragment and final slash. A page that neither
    repeats a telling word of the title nor carries a number of its own lists many events.
    """
    _, _, address = url.partition("#")[0].partition("://")
    host, _, page = address.removeprefix("www.").partition("/")
    page, _, query = page.partition("?")
    kept = "&".join(part for part in query.split("&") if not part.startswith(_TRACKING))
    page = f"{page.rstrip('/')}?{kept}"
    spelled = page.casefold()
    named = any(word in spelled for word in title if len(word) > 3 and title_weight(word) == 1.0)
    return f"{host.casefold()}/{page}" if named or _OWN_NUMBER.search(page) else ""


def _left_over(
    words_a: frozenset[str], words_b: frozenset[str], a: Sketch, b: Sketch, *, together: bool
) -> tuple[float, float]:
    """Weights of the words that only one title has and nothing explains: the lesser, the greater.

    A title names the place, and often what the other listing puts into its host or its text.
    Naming one's own place does not explain what both titles have for themselves, unless they are
    `together` at one: "Cleanup: Larson Park" is not "Cleanup: Maxwell Farm".
    """
    only_a = words_a - words_b - b.venue.name - b.venue.town - b.host - b.text
    only_b = words_b - words_a - a.venue.name - a.venue.town - a.host - a.text
    placed_a = total(only_a - a.venue.name - a.venue.town, title_weight)
    placed_b = total(only_b - b.venue.name - b.venue.town, title_weight)
    if together:
        return min(placed_a, placed_b), max(placed_a, placed_b)
    least = min(total(only_a, title_weight), total(only_b, title_weight))
    return least, max(placed_a, placed_b, least)


def _spelled_out(a: Sketch, b: Sketch) -> frozenset[str]:
    """The words of `a`, those that are initials in the title of `b` replaced by its words (D8)."""
    words = a.words
    for word in a.words - b.words:
        if 3 <= len(word) <= 5 and word in (runs := _initials(b.title)):
            words = words - {word} | (runs[word] & b.words)
    return words


@lru_cache(maxsize=8192)
def _initials(title: str) -> dict[str, frozenset[str]]:
    """Runs of three to five words by their initials: "jfk" for "john f kennedy"."""
    every = title.split()
    telling = [word for word in every if title_weight(word)]
    return {
        "".join(word[0] for word in run): frozenset(run)
        for words in (every, telling)
        for length in (3, 4, 5)
        for run in (words[start : start + length] for start in range(len(words) - length + 1))
    }


def _venue(a: Sketch, b: Sketch) -> float | None:
    """As `same_venue`; one entry of the registry is one venue, however it is spelled.

    A venue that stands in the other title is no contradiction.
    """
    if a.venue_id is not None and a.venue_id == b.venue_id:
        return 1.0
    venue = same_venue(a.venue, b.venue)
    if venue is None or venue >= 0.5:
        return venue
    named = _named_in(a.venue, b.words) or _named_in(b.venue, a.words)
    return None if named else venue


def _named_in(venue: Venue, words: frozenset[str]) -> bool:
    telling = {word for word in venue.name if venue_weight(word) == 1.0}
    return bool(telling) and telling <= words


@lru_cache(maxsize=8192)
def _parts(name: str) -> frozenset[str]:
    parts = (" ".join(words_of(part)) for part in _PART_ENDS.split(name))
    return frozenset(part for part in parts if part)


def _times(a: Sketch, b: Sketch) -> tuple[float, float, float, float]:
    """Equal, near, slipped, unknown: at most one of them is 1."""
    if a.clock is None or b.clock is None:
        return (float(a.clock is b.clock), 0.0, 0.0, float(a.clock is not b.clock))
    apart = abs(a.start - b.start)
    if not apart:
        return 1.0, 0.0, 0.0, 0.0
    if apart <= NEAR:
        return 0.0, 1.0, 0.0, 0.0
    late = max(a.clock, b.clock) >= 20 * 60 + 45
    odd = (
        _at_night(a.clock) != _at_night(b.clock)
        or abs(apart - timedelta(hours=12)) <= timedelta(hours=1)
        or (late and apart in (abs(a.utc_offset), abs(b.utc_offset)))
    )
    return 0.0, 0.0, float(odd), 0.0


def _at_night(clock: int) -> bool:
    return clock >= 22 * 60 + 30 or clock < 7 * 60


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    least = min(len(a), len(b))
    return len(a & b) / least if least >= 5 else 0.0


def _telling_words(text: str) -> frozenset[str]:
    return frozenset(word for word in words_of(text[:_TEXT_START]) if len(word) > 3)
