"""How much a list's top ten depends on numbers that we cannot know exactly (SCORING.md 12.5)."""

from collections.abc import Sequence

import numpy as np

from app.score.baselines import Move, again
from app.score.kind import kind_table
from app.score.metrics import Indices
from app.score.understanding import FAMILIES, Room, Understanding

DRAWS = 50
_SEED = 11


def stability(members: Sequence[Indices], found: Sequence[Understanding], depth: int) -> float:
    """Share of a top ten that stays when every ratio is drawn from its range: median over draws.

    One draw moves a signal alike in every event that shows it, and a kind in every room of it.
    """
    generator = np.random.default_rng(_SEED)
    plain = np.array([each.any_field for each in found])
    overlaps = []
    for _ in range(DRAWS):
        drawn = _Draw(generator)
        for at in members:
            moved = np.array([again(found[n], drawn.move(found[n])) for n in at])
            kept = set(_top(plain[at], depth)) & set(_top(moved, depth))
            overlaps.append(len(kept) / min(depth, len(at)))
    return float(np.median(overlaps)) if overlaps else float("nan")


def _top(scores: np.typing.NDArray[np.float64], depth: int) -> list[int]:
    chosen: list[int] = np.argsort(-scores, kind="stable")[:depth].tolist()
    return chosen


class _Draw:
    """One drawing of all ratios, in standard deviations, as they are asked for."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._values: dict[str, float] = {}
        self._kinds = {row.name: row for row in kind_table()}

    def _of(self, name: str) -> float:
        if name not in self._values:
            self._values[name] = float(self._generator.standard_normal())
        return self._values[name]

    def move(self, event: Understanding) -> Move:
        """What this drawing moves in the rooms of an event."""
        parts = [(p.family, p.deviation * self._of(p.signal)) for p in event.parts]
        form = sum(part.deviation * self._of(part.signal) for part in event.form)

        def move(room: Room) -> tuple[float, float]:
            row, scales = self._kinds[room.kind], dict(zip(FAMILIES, room.scales, strict=True))
            share = row.share_deviation * self._of(f"{room.kind} share")
            share += sum(scales[family] * moved for family, moved in parts)
            talks = row.talks_deviation * self._of(f"{room.kind} talks")
            return share, talks + room.form_scale * form

        return move
