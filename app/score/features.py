"""What the learned part sees of a listing: its words, its cues by field, and its structure.

A feature is a word in a view: `t:` title, `d:` title and text, `o:` organizer, `v:` venue, `u:`
address on the net, `field=` a cue in that field, `s:` a bin of its structure. What a listing does not say is no feature (SCORING.md 6), and words that
say who somebody is are none either (11).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from app.score.cues import table
from app.score.facts import Facts, Wording

TEXT_WORDS = 150  # words of the description that are looked at
_TITLE_CUE, _OTHER_CUE, _ONLINE = 1.0, 0.6, 2.0
_STOP = frozenset(table("stop")["words"])
_URL = re.compile(r"[a-z]{3,}")
_PLAIN_URL = frozenset(("https", "http", "www", "com", "event", "events", "org", "html"))
_URL_WORDS = 12

Group = tuple[str, Iterable[str], float]  # a view, its words and their strength


def features(facts: Facts) -> dict[str, float]:
    """Name and strength of every feature of a listing."""
    found = (*of_wording(facts.wording), *of_occasion(facts))
    return {f"{view}{word}": strength for view, words, strength in found for word in words}


def by_view(names: Iterable[str]) -> dict[str, dict[str, int]]:
    """The place of each name in the sequence, `{view: {word: place}}`."""
    found: dict[str, dict[str, int]] = {}
    for place, name in enumerate(names):
        view, word = _split(name)
        found.setdefault(view, {})[word] = place
    return found


def _split(name: str) -> tuple[str, str]:
    mark = ":" if name[1:2] == ":" else "="
    view, _, word = name.partition(mark)
    return view + mark, word


def phrase_of(name: tuple[str, str], wording: Wording) -> str:
    """The listing's own words behind a feature (view, word), empty where it is no word."""
    view, word = name
    if view.endswith("="):
        return wording.hits[word][view[:-1]][0]
    return word if view in {"t:", "d:", "o:", "v:"} else ""


def of_wording(wording: Wording) -> list[Group]:
    """What the texts give; a word may stand more than once in a view and counts once."""
    title = _texts(wording, "title")
    single = _single(title)
    text = _single(_texts(wording, "text", TEXT_WORDS))
    return [
        ("t:", [*single, *_pairs(title)], 1.0),
        ("d:", [*single, *text], 0.4),
        ("o:", _single(_texts(wording, "organizer")), 0.8),
        ("v:", _single(_texts(wording, "venue")), 0.4),
        *_cues(wording),
    ]


def _cues(wording: Wording) -> Iterator[Group]:
    by_field: dict[str, list[str]] = {}
    for cue, fields in wording.hits.items():
        for field in fields:
            by_field.setdefault(field, []).append(cue)
    for field, cues in by_field.items():
        yield f"{field}=", cues, _TITLE_CUE if field == "title" else _OTHER_CUE


def of_occasion(facts: Facts) -> list[Group]:
    """What address, clock, money and size give."""
    address = _URL.findall(facts.event.url.lower().partition("?")[0])[:_URL_WORDS]
    return [
        ("u:", [word for word in address if word not in _PLAIN_URL], 0.4),
        ("s:", _structure(facts), 1.0),
        ("s:", ["online"] if facts.online else [], _ONLINE),
    ]


@cache
def _identity() -> frozenset[str]:
    return frozenset(table("identity")["words"])


def _texts(wording: Wording, field: str, most: int | None = None) -> list[str]:
    identity = _identity()
    kept = [text for text in wording.words[field] if text not in identity][:most]
    return ["0" if text[0] <= "9" and text.isdigit() else text for text in kept]


def _single(texts: list[str]) -> list[str]:
    return [word for word in texts if word not in _STOP and len(word) > 1]


def _pairs(texts: list[str]) -> Iterator[str]:
    return (f"{a} {b}" for a, b in pairwise(texts) if not (a in _STOP and b in _STOP))


def _structure(facts: Facts) -> Iterator[str]:
    if facts.start is not None:
        hour = facts.start.hour
        yield f"hour {hour // 2 * 2}"
        yield f"{'weekend' if facts.weekday > 4 else 'weekday'} {'day' if hour < 16 else 'evening'}"
    if facts.hours is not None:
        yield f"hours {min(6, int(facts.hours))}"
    if facts.wording.seats:
        yield "seats"
    if facts.price is not None:
        yield f"price {_bin(facts.price, (0, 25, 75))}"
    if facts.event.dates_in_window > 1:
        yield f"dates {_bin(facts.event.dates_in_window, (1, 3, 9))}"


def _bin(value: float, upper: tuple[float, ...]) -> int:
    return sum(value > limit for limit in upper)
