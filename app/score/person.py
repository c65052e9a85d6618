"""What a person's profile means for a score: field, seniority, likes (SCORING.md 5)."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from app.model.user import Profile
from app.score.chance import Array
from app.score.cues import table
from app.score.facts import Facts
from app.score.words import Lexicon, lexicon, words

CRAFT, TRADE, NEAR, ELSEWHERE = 0.85, 0.65, 0.35, 0.15  # φ by match; ELSEWHERE is a factor
BUSINESS, BUSINESS_LIMIT = 1.5, 0.3  # φ at a general business event: base times this, at most
UNKNOWN_BASE, UNKNOWN_BRIDGE = 0.08, 0.10  # a line of work that is not in the table
LIKED, DISLIKED = 1.15, 0.8  # factors on the number of conversations
SENIORITY = {"entry": 0.9, "mid": 0.8, "senior": 0.55, "manager": 0.28, "director": 0.15}
EXECUTIVES, SENIORITY_LIMIT = 1.5, 0.9  # where the listing names executives

Masks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lens:
    """A profile resolved against the tables; bit masks for fields of work and interests.

    `field` is empty where the person named none: then every field is welcome and no seniority is
    asked, and the chance is the one of any field.
    """

    field: str
    own: int
    near: int
    base: float
    bridge: float
    seniority: float
    likes: int
    dislikes: int


@cache
def _bits(name: str) -> dict[str, int]:
    return {key: 1 << n for n, key in enumerate(table(name))}


def mask(facts: Facts, prefix: str, name: str) -> int:
    """The rows of the table `name` that the listing shows as cues `prefix.row`, as bits."""
    bits, start = _bits(name), f"{prefix}."
    return sum(bits[cue.removeprefix(start)] for cue in facts.hits if cue.startswith(start))


@cache
def _interests() -> dict[int, str]:
    return {bit: name for name, bit in _bits("interests").items()}


def topics(interests: int) -> tuple[str, ...]:
    """The names of the interests whose bits are set."""
    return tuple(name for bit, name in _interests().items() if bit & interests)


def topic_bit(name: str) -> int:
    """The bit of an interest; 0 for a name that is none."""
    return _bits("interests").get(name, 0)


@cache
def _names() -> Lexicon:
    fields = {f"field.{key}": {"text": entry["names"]} for key, entry in table("fields").items()}
    likes = {f"like.{key}": {"text": list(found)} for key, found in table("interests").items()}
    return lexicon(fields | likes, ())


def _named(text: str, prefix: str) -> list[str]:
    """Rows that a person's own words name, the longest phrase first."""
    hits = [hit for hit in _names().find("text", words(text)) if hit.cue.startswith(prefix)]
    hits.sort(key=lambda hit: hit.first - hit.last)
    return list(dict.fromkeys(hit.cue.removeprefix(prefix) for hit in hits))


def _mask_of(texts: tuple[str, ...]) -> int:
    rows = {row for text in texts for row in _named(text, "like.")}
    return sum(_bits("interests")[row] for row in rows)


def lens(person: Profile) -> Lens:
    """Resolve a profile once for a whole list of events."""
    rows = _named(person.field, "field.")
    entry = table("fields")[rows[0]] if rows else {}
    bits = _bits("fields")
    return Lens(
        field=person.field.strip(),
        own=bits[rows[0]] if rows else 0,
        near=sum(bits[row] for row in entry.get("near", ())),
        base=entry.get("industry", UNKNOWN_BASE),
        bridge=entry.get("bridge", UNKNOWN_BRIDGE),
        seniority=SENIORITY.get(person.seniority, SENIORITY["mid"]),
        likes=_mask_of(person.interests),
        dislikes=_mask_of(person.dislikes),
    )


def field_fit(at: Lens, crafts: Masks, trades: Masks, work: npt.NDArray[np.bool_]) -> Array:
    """r: chance that somebody who hires is of use for the person's line of work, 0..1.

    `crafts` and `trades` are the lines of work that each event names, `work` whether it is an
    event for people in work at all. r = 1 − (1 − φ)(1 − b).
    """
    if not at.field:
        return np.ones(len(crafts))
    named = crafts | trades
    share = np.where(work, min(BUSINESS * at.base, BUSINESS_LIMIT), at.base)
    share = np.where((crafts != 0) & work, ELSEWHERE * at.base, share)
    share = np.where((named & at.near) != 0, np.where(work, NEAR, share), share)
    share = np.where((trades & at.own) != 0, np.where(work, TRADE, np.maximum(share, NEAR)), share)
    share = np.where((crafts & at.own) != 0, np.where(work, CRAFT, np.maximum(share, NEAR)), share)
    result: Array = 1 - (1 - share) * (1 - at.bridge)
    return result


def seniority_fit(at: Lens, executives: npt.NDArray[np.bool_]) -> Array:
    """s: chance that somebody who hires may hire at the person's level, 0..1."""
    if not at.field:
        return np.ones(len(executives))
    raised = min(SENIORITY_LIMIT, at.seniority * EXECUTIVES)
    return np.where(executives, max(raised, at.seniority), at.seniority)


def interest_factor(at: Lens, interests: Masks) -> Array:
    """Factor on new conversations: who enjoys the subject stays and talks."""
    liked = (interests & at.likes) != 0
    disliked = (interests & at.dislikes) != 0
    return np.where(liked, LIKED, 1.0) * np.where(disliked, DISLIKED, 1.0)
