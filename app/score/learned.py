"""The learned part: linear on features, fitted on judged listings, shipped as coefficients.

It corrects the hand-made tables and is shrunk towards them: with all coefficients at zero the
rules alone decide. `coefficients/judged.npz` holds the numbers, `coefficients/README.md` where
they come from; `bench/fit_score.py` makes both again.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import islice

import numpy as np
import numpy.typing as npt

from app.model.event import KINDS
from app.score.chance import Array
from app.score.facts import Facts
from app.score.features import features, phrase_of
from app.score.understanding import Piece

QUOTED = 3  # strongest features of a correction that are named one by one
LIMIT = 2.0  # a correction moves log-odds or log talks by this at most


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One row for each feature: corrections of the kinds (log-odds each), of the share who hire,
    of the new conversations (logarithms) and of the circle (log-odds). `kind_share` and
    `kind_talks` shift the rows of the kind table; `share_scale` and `form_scale` say how much of
    the hand-made evidence holds, `circle_scale` and `circle_base` calibrate that of a circle.
    """

    rows: dict[str, int]
    kinds: npt.NDArray[np.float32]
    kinds_base: Array
    share: Array
    talks: Array
    circle: Array
    kind_share: Array
    kind_talks: Array
    share_scale: float
    form_scale: float
    circle_scale: float
    circle_base: float

    @classmethod
    def none(cls) -> "Coefficients":
        """No corrections: the rules alone decide."""
        row, kinds = np.zeros(0), np.zeros(len(KINDS))
        by_kind = np.zeros((0, len(KINDS)), dtype=np.float32)
        return cls({}, by_kind, kinds, row, row, row, kinds, kinds, 1.0, 1.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the learned part adds for one listing; `kind_share` and `kind_talks` for each kind."""

    kinds: Array
    share: tuple[Piece, ...]
    talks: tuple[Piece, ...]
    kind_share: Array
    kind_talks: Array
    share_scale: float
    form_scale: float
    circle: float
    circle_scale: float
    circle_phrase: str

    def circle_of(self, log_odds: float) -> float:
        """Log-odds of a circle after correction of the hand-made ones."""
        return self.circle + self.circle_scale * log_odds


@cache
def coefficients() -> Coefficients:
    """The shipped coefficients, read once."""
    data = resources.files("app.score.coefficients").joinpath("judged.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        names = bytes(stored["names"]).decode("utf-8").split("\n")
        scalars = stored["scalars"]
        return Coefficients(
            rows={name: row for row, name in enumerate(names)},
            kinds=stored["kinds"].astype(np.float32),
            kinds_base=stored["kinds_base"].astype(np.float64),
            share=stored["share"].astype(np.float64),
            talks=stored["talks"].astype(np.float64),
            circle=stored["circle"].astype(np.float64),
            kind_share=stored["kind_share"].astype(np.float64),
            kind_talks=stored["kind_talks"].astype(np.float64),
            share_scale=float(scalars[0]),
            form_scale=float(scalars[1]),
            circle_scale=float(scalars[2]),
            circle_base=float(scalars[3]),
        )


def correct(facts: Facts, known: Coefficients) -> Correction:
    """The corrections of one listing by all its features that have a row."""
    found = [(name, value) for name, value in features(facts).items() if name in known.rows]
    names = [name for name, _ in found]
    rows = np.array([known.rows[name] for name in names], dtype=np.int64)
    values = np.array([value for _, value in found])
    circle = values * known.circle[rows]
    top = int(circle.argmax()) if len(circle) and circle.max() > 0 else None
    return Correction(
        kinds=known.kinds_base + values @ known.kinds[rows],
        share=_pieces(values * known.share[rows], names, facts),
        talks=_pieces(values * known.talks[rows], names, facts),
        kind_share=known.kind_share,
        kind_talks=known.kind_talks,
        share_scale=known.share_scale,
        form_scale=known.form_scale,
        circle=known.circle_base + float(circle.sum()),
        circle_scale=known.circle_scale,
        circle_phrase="" if top is None else phrase_of(names[top], facts),
    )


def _pieces(moved: Array, names: list[str], facts: Facts) -> tuple[Piece, ...]:
    """The strongest contributions one by one, the rest as one without a phrase; limited in sum."""
    total = float(moved.sum())
    scale = float(np.clip(total, -LIMIT, LIMIT)) / total if abs(total) > LIMIT else 1.0
    strongest = np.argsort(-np.abs(moved), kind="stable")
    quoted = ((int(n), phrase) for n in strongest if (phrase := phrase_of(names[n], facts)))
    pieces = [Piece(scale * float(moved[n]), phrase) for n, phrase in islice(quoted, QUOTED)]
    rest = scale * total - sum(piece.value for piece in pieces)
    return (*pieces, Piece(rest, "")) if len(moved) else ()
