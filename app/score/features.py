"""What the learned part sees of a listing: its words, its cues by field, and its structure.

A feature is `view:word` (`t` title, `d` title and text, `o` organizer, `v` venue, `u` address on
the net), `field=cue`, or `s:bin`. What a listing does not say is no feature (SCORING.md 6), and words that
say who somebody is are none either (11).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from app.score.cues import table
from app.score.facts import Facts

TEXT_WORDS = 150  # words of the description that are looked at
_STRENGTH = {"t": 1.0, "d": 0.4, "o": 0.8, "v": 0.4, "u": 0.4}
_TITLE_CUE, _OTHER_CUE, _ONLINE = 1.0, 0.6, 2.0
_STOP = frozenset(table("stop")["words"])
_URL = re.compile(r"[a-z]{3,}")
_PLAIN_URL = frozenset(("https", "http", "www", "com", "event", "events", "org", "html"))
_URL_WORDS = 12

Feature = tuple[str, float]


def features(facts: Facts) -> dict[str, float]:
    """Name and strength of every feature of a listing."""
    return dict(_all(facts))


def phrase_of(name: str, facts: Facts) -> str:
    """The listing's own words behind a feature, empty where it is no word."""
    view, _, rest = name.partition(":")
    if "=" in name:
        field, _, cue = name.partition("=")
        return facts.hits.get(cue, {}).get(field, [""])[0]
    return rest if view in {"t", "d", "o", "v"} else ""


def _all(facts: Facts) -> Iterator[Feature]:
    title = _texts(facts, "title")
    yield from _view("t", [*_single(title), *_pairs(title)])
    yield from _view("d", [*_single(title), *_single(_texts(facts, "text")[:TEXT_WORDS])])
    yield from _view("o", _single(_texts(facts, "organizer")))
    yield from _view("v", _single(_texts(facts, "venue")))
    address = _URL.findall(facts.event.url.lower().partition("?")[0])[:_URL_WORDS]
    yield from _view("u", (word for word in address if word not in _PLAIN_URL))
    for cue, by_field in facts.hits.items():
        for field in by_field:
            yield f"{field}={cue}", _TITLE_CUE if field == "title" else _OTHER_CUE
    for name in _structure(facts):
        yield f"s:{name}", _ONLINE if name == "online" else 1.0


@cache
def _identity() -> frozenset[str]:
    return frozenset(table("identity")["words"])


def _texts(facts: Facts, field: str) -> list[str]:
    kept = (word.text for word in facts.fields[field] if word.text not in _identity())
    return ["0" if text.isdigit() else text for text in kept]


def _view(view: str, found: Iterable[str]) -> Iterator[Feature]:
    return ((f"{view}:{word}", _STRENGTH[view]) for word in found)


def _single(texts: list[str]) -> Iterator[str]:
    return (word for word in texts if word not in _STOP and len(word) > 1)


def _pairs(texts: list[str]) -> Iterator[str]:
    return (f"{a} {b}" for a, b in pairwise(texts) if not (a in _STOP and b in _STOP))


def _structure(facts: Facts) -> Iterator[str]:
    if facts.start is not None:
        hour = facts.start.hour
        yield f"hour {hour // 2 * 2}"
        yield f"{'weekend' if facts.weekday > 4 else 'weekday'} {'day' if hour < 16 else 'evening'}"
    if facts.hours is not None:
        yield f"hours {min(6, int(facts.hours))}"
    if facts.online:
        yield "online"
    if facts.seats:
        yield "seats"
    if facts.price is not None:
        yield f"price {_bin(facts.price, (0, 25, 75))}"
    if facts.event.dates_in_window > 1:
        yield f"dates {_bin(facts.event.dates_in_window, (1, 3, 9))}"


def _bin(value: float, upper: tuple[float, ...]) -> int:
    return sum(value > limit for limit in upper)
