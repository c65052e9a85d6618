"""What one does there: the kind of an event, by the words of its listing (SCORING.md 3, 12.3)."""

from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np

from app.model.event import KINDS
from app.score.chance import Array, logit
from app.score.cues import table
from app.score.facts import Facts
from app.score.signals.base import DEFENDED

# Points of the first, second, … phrase of a kind in one field. A title says what it is; a text
# mentions much. By judgement; the learned part corrects them.
_POINTS = {"title": 1.8, "category": 1.2, "organizer": 1.0, "venue": 0.6, "text": 0.45}
_FADING = 0.5
_ONE_WORD = 0.75  # a phrase of one word is weaker than one of several
_CUES = tuple(f"kinds.{name}" for name in KINDS)
_OTHER = KINDS.index("other")
_UNKNOWN = 0.4  # points of `other` with nothing found at all


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the kind table: log-odds of the share who hire, log of new conversations, their
    standard deviations, the usual hours, what to call such rooms.
    """

    name: str
    share: float
    share_deviation: float
    talks: float
    talks_deviation: float
    hours: float
    basis: str
    rooms: str


@cache
def kind_table() -> tuple[Kind, ...]:
    """All kinds in the order of `KINDS`."""
    return tuple(_kind(name) for name in KINDS)


def _kind(name: str) -> Kind:
    entry = table("kinds")[name]
    share, low, high = entry["share"]
    talks, few, many = entry["talks"]
    return Kind(
        name=name,
        share=logit(share),
        share_deviation=(logit(high) - logit(low)) / DEFENDED,
        talks=log(talks),
        talks_deviation=log(many / few) / DEFENDED,
        hours=entry["hours"],
        basis=entry["basis"],
        rooms=entry["rooms"],
    )


def points(facts: Facts) -> Array:
    """Evidence for each kind, in log-odds, in the order of `KINDS`."""
    hits = facts.hits
    found = np.array([_points(hits[name]) if name in hits else 0.0 for name in _CUES])
    found[_OTHER] += _UNKNOWN
    for cue, place, sure in _sure():
        if cue in hits:
            found[place] += sure
    return found


@cache
def _sure() -> tuple[tuple[str, int, float], ...]:
    """Cues that nearly settle the kind: the cue, the place of the kind, the points."""
    return tuple(
        (f"sure.{name}", KINDS.index(name), float(entry["points"]))
        for name, entry in table("sure").items()
    )


def _points(by_field: dict[str, list[str]]) -> float:
    return sum(_field_points(name, phrases) for name, phrases in by_field.items())


def _field_points(field: str, phrases: list[str]) -> float:
    if len(phrases) == 1:
        return _POINTS[field] * (1.0 if " " in phrases[0] else _ONE_WORD)
    strengths = sorted((1.0 if " " in each else _ONE_WORD for each in phrases), reverse=True)
    return _POINTS[field] * sum(each * _FADING**n for n, each in enumerate(strengths))


def probabilities(evidence: Array) -> Array:
    """Probabilities of the kinds from log-odds (softmax), summing to 1."""
    raised = np.exp(evidence - evidence.max())
    result: Array = raised / raised.sum()
    return result
