"""Whether two listings are one happening that a person attends once.

A small logistic model over named features (match.toml holds the coefficients and where they come
from) gives a probability; guards, each for a case in which the best systems merged wrongly (CASES
D), keep it from merging on probability alone.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise

from app.find.likeness import Features, Sketch, features, sketch
from app.find.words import BESIDE, CLOSURES, SPORTS, WITHIN, title_weight
from scrapers.base import Listing

_MODEL = tomllib.loads(files("app.find").joinpath("match.toml").read_text("utf-8"))
_INTERCEPT: float = _MODEL["intercept"]
_COEFFICIENTS = tuple(float(_MODEL["coefficients"][name]) for name in Features._fields)
MERGE_FROM: float = _MODEL["merge_from"]
# What a guard holds apart is not called probable, even where the model alone would.
_GUARDED = 0.5
_TEXT_WORDS = 5  # as many words of a text make a mark of it


@dataclass(frozen=True, slots=True)
class Decision:
    """`same` is the probability that two listings are one happening; `reasons` are plain words.

    `held_apart` tells that a guard spoke against it, whatever the probability.
    """

    same: float
    merge: bool
    reasons: tuple[str, ...]
    held_apart: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One listing of an event that a new one may join; events have as many as they have copies."""

    key: str
    source: str
    sketch: Sketch


def decide(a: Listing, b: Listing) -> Decision:
    """Whether two listings, of different sources, are one happening; symmetric."""
    return compare(sketch(a), sketch(b))


def compare(a: Sketch, b: Sketch) -> Decision:
    """As `decide`, for listings sketched before."""
    if abs((a.local_date - b.local_date).days) > 1:
        return Decision(0.0, merge=False, reasons=("on other days",))
    if a == b and (a.host or a.text or a.link or not a.venue.vague):
        return Decision(1.0, merge=True, reasons=("alike in everything",))
    found = features(a, b)
    same = probability(found)
    against = guards(a, b, found)
    if against:
        same = min(same, _GUARDED)
    merge = same >= MERGE_FROM and not against
    return Decision(same, merge, (*against, *_reasons(found)), held_apart=bool(against))


def match(own: Sketch, source: str, candidates: Iterable[Candidate]) -> tuple[str, Decision] | None:
    """The event that a listing of `source` joins, by its key, and why; None if it is a new one.

    An event takes no second listing of one source unless they are identical (CASES D5), and none
    that a guard holds apart from any of its listings, so that a copy without a time never joins a
    matinee and an evening. The most probable wins, then the smallest key (CASES D7).
    """
    events: defaultdict[str, list[Decision]] = defaultdict(list)
    for candidate in candidates:
        events[candidate.key].append(_consider(own, source, candidate))
    found = (
        (key, max(decisions, key=lambda decision: decision.same))
        for key, decisions in events.items()
        if not any(decision.held_apart for decision in decisions)
    )
    merges = (each for each in found if each[1].merge)
    return min(merges, key=lambda item: (-item[1].same, item[0]), default=None)


def _consider(own: Sketch, source: str, candidate: Candidate) -> Decision:
    if source != candidate.source:
        return compare(own, candidate.sketch)
    if identical(own, candidate.sketch):
        return Decision(1.0, merge=True, reasons=("the same source lists it twice",))
    return Decision(0.0, merge=False, reasons=("the same source lists both",), held_apart=True)


def identical(a: Sketch, b: Sketch) -> bool:
    """Whether two listings of *one* source are one: equal title, start and place (CASES D5)."""
    return (a.title, a.start, a.clock, a.venue) == (b.title, b.start, b.clock, b.venue)


def block_keys(listing: Listing) -> set[str]:
    """Keys of which two listings share at least one if they may be the same happening.

    The local date with each telling word of the title and each pair of common ones, the street,
    the event's own page, and the words of the text. A start in the small hours also stands for the
    evening before, which a wrong zone makes of it.
    """
    own = sketch(listing)
    days = [own.local_date]
    if own.clock is not None and own.clock < 8 * 60:
        days.append(own.local_date - timedelta(days=1))
    return {f"{day.isoformat()} {mark}" for day in days for mark in _marks(own)}


def _marks(own: Sketch) -> set[str]:
    ordered = [word for word in own.title.split() if word in own.words]
    telling = {word for word in ordered if title_weight(word) == 1.0}
    marks = {f"w:{word}" for word in telling or own.words or {own.title}}
    marks |= {f"w:{one} {two}" for one, two in pairwise(ordered) if not {one, two} & telling}
    if own.venue.street or own.venue.short:
        marks.add(f"v:{own.venue.street or own.venue.short}")
    if own.link:
        marks.add(f"l:{own.link}")
    if len(own.text) >= _TEXT_WORDS:
        marks.add(f"t:{' '.join(sorted(own.text)[:_TEXT_WORDS])}")
    return marks


def probability(found: Features) -> float:
    """The logistic model of match.toml."""
    score = _INTERCEPT + sum(map(float.__mul__, found, _COEFFICIENTS))
    return 1.0 / (1.0 + math.exp(-score))


def guards(a: Sketch, b: Sketch, found: Features) -> tuple[str, ...]:
    """Why two listings are not merged however alike they look (CASES D4, D5)."""
    known_time = found.start_equal + found.start_near + found.start_slipped + found.start_unknown
    evidence = max(found.venue_same, found.text_same, found.link_same)
    common = found.title_telling < 1 / 3
    different = a.words ^ b.words
    sports = a.words & SPORTS, b.words & SPORTS
    checks = (
        (not known_time, "another showing: the starts are hours apart"),
        (found.numbers_differ, "numbered differently"),
        (not found.title_telling, "the titles share no word"),
        (all(sports) and not sports[0] & sports[1], "different sports"),
        ((a.words | b.words) & CLOSURES and found.venue_same < 0.7, "each house closes by itself"),
        (different & BESIDE, "one is held beside the other"),
        (different & WITHIN and not found.start_equal, "one is held within the other"),
        (
            found.title_cover < 0.75 and found.venue_same < 0.5 and found.copied < 0.8,
            "each title names something else, and no common place",
        ),
        (common and evidence < 0.7, "a common title, and no common place"),
        (common and found.title_cover < 0.9 and found.copied < 0.7, "only common words are shared"),
    )
    return tuple(words for holds, words in checks if holds)


def _reasons(found: Features) -> tuple[str, ...]:
    said = (
        (found.title_equal, "same title"),
        (not found.title_equal and found.title_cover > 0.9, "one title holds the other"),
        (found.title_cover < 0.5, "different titles"),
        (found.start_equal, "same start"),
        (found.start_near, "starts within 90 minutes"),
        (found.start_slipped, "start slipped by a wrong zone or am/pm"),
        (found.start_unknown, "one gives no time"),
        (found.venue_same > 0.6, "same place"),
        (found.venue_differs > 0.6, "different places"),
        (found.venue_unknown, "place not known"),
        (found.text_same > 0.6, "same text"),
        (found.link_same, "same link"),
    )
    return tuple(words for holds, words in said if holds)
