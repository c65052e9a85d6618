"""Simple orders to beat, and our own with one thing taken away (SCORING.md 12.6)."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from app.model.event import Event
from app.score.chance import Array
from app.score.kind import kind_table
from app.score.understanding import Room, Understanding

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
    }


def share(room: Room) -> float:
    """Share of those present who take part in hiring, 0..1."""
    return float(1 / (1 + np.exp(-room.share)))


def _plain(room: Room) -> float:
    return float(1 - (1 - share(room)) ** np.exp(room.talks))


def mean_over_rooms(event: Understanding, value: Callable[[Room], float]) -> float:
    """Mean of a value over the kinds the event may be of."""
    return sum(room.probability * value(room) for room in event.rooms)
