"""Simple orders to beat, and our own with one thing taken away (SCORING.md 12.6)."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from app.model.event import Event
from app.score.chance import TALKS_RANGE, Array, mixture
from app.score.kind import kind_table
from app.score.understanding import FAMILIES, Room, Understanding

_KEYWORDS = re.compile(r"\b(?:networking|mixer|professionals?)\b", re.IGNORECASE)


def simple_orders(events: Sequence[Event], found: Sequence[Understanding]) -> dict[str, Array]:
    """Orders that need no model (12.6); their chances are not compared, only their order."""
    mean = {row.name: row.share + row.talks for row in kind_table()}
    return {
        "random": np.random.default_rng(1).random(len(events)),
        "date order": np.array([-event.start.timestamp() for event in events]),
        "keywords": np.array(
            [float(bool(_KEYWORDS.search(f"{e.name} {e.description}"))) for e in events]
        ),
        "kind prior": np.array([mean[each.kind] for each in found]),
    }


def ablated_orders(found: Sequence[Understanding]) -> dict[str, Array]:
    """The model with one thing taken away (12.6)."""
    return {
        "share alone": np.array([mean_over_rooms(each, share) for each in found]),
        "conversations alone": np.array(
            [mean_over_rooms(each, lambda room: room.talks) for each in found]
        ),
        "plain formula": np.array([mean_over_rooms(each, _plain) * each.gate for each in found]),
        "no circle gate": np.array([each.any_field / each.gate for each in found]),
        "no damping, no clip": np.array([again(each, _undamped(each)) for each in found]),
        **{f"no {family}": _without(found, family) for family in (*FAMILIES, "form")},
        "no learned words": np.array([again(each, _unlearned(each)) for each in found]),
    }


Move = Callable[[Room], tuple[float, float]]


def again(event: Understanding, move: Move) -> float:
    """The chance of an event whose share (log-odds) and conversations (log) are moved so far."""
    moved = [move(room) for room in event.rooms]
    at = np.array(
        [(r.share + a, r.talks + b) for r, (a, b) in zip(event.rooms, moved, strict=True)]
    )
    m, inverse_k, h = (
        np.full(len(at), value)
        for value in (event.weight, 1 / event.spread, event.entry * event.gate)
    )
    talks = np.exp(np.clip(at[:, 1], *np.log(TALKS_RANGE)))
    chances = mixture(1 / (1 + np.exp(-at[:, 0])), talks, m, inverse_k, h)
    return float(np.dot([room.probability for room in event.rooms], chances))


def _without(found: Sequence[Understanding], family: str) -> Array:
    return np.array([again(each, _less(each, family)) for each in found])


def _less(event: Understanding, family: str) -> Move:
    form = sum(part.value for part in event.form)
    parts = sum(part.value for part in event.parts if part.family == family)

    def move(room: Room) -> tuple[float, float]:
        if family == "form":
            return 0.0, -room.form_scale * (form + room.hours)
        return -parts * room.scales[FAMILIES.index(family)], 0.0

    return move


def _undamped(event: Understanding) -> Move:
    def move(room: Room) -> tuple[float, float]:
        scales = dict(zip(FAMILIES, room.scales, strict=True))
        return sum(part.value * (1 - scales[part.family]) for part in event.parts), 0.0

    return move


def _unlearned(event: Understanding) -> Move:
    share, talks = (
        -sum(piece.value for piece in pieces)
        for pieces in (event.learned_share, event.learned_talks)
    )
    return lambda _room: (share, talks)


def share(room: Room) -> float:
    """Share of those present who take part in hiring, 0..1."""
    return float(1 / (1 + np.exp(-room.share)))


def _plain(room: Room) -> float:
    return float(1 - (1 - share(room)) ** np.exp(room.talks))


def mean_over_rooms(event: Understanding, value: Callable[[Room], float]) -> float:
    """Mean of a value over the kinds the event may be of."""
    return sum(room.probability * value(room) for room in event.rooms)
