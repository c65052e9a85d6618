"""The learned part: linear on features, fitted on judged listings, shipped as coefficients.

It corrects the hand-made tables and is shrunk towards them: with all coefficients at zero the
rules alone decide. `coefficients/judged.npz` holds the numbers, `coefficients/README.md` where
they come from; `bench/fit_score.py` makes both again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO

import numpy as np
import numpy.typing as npt

from app.model.event import KINDS
from app.score.chance import Array
from app.score.facts import REMEMBERED, Facts, Wording
from app.score.features import Group, by_view, of_occasion, of_wording, phrase_of
from app.score.understanding import Piece

QUOTED = 3  # strongest features of a correction that are named one by one
LIMIT = 2.0  # a correction moves log-odds or log talks by this at most


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """One row for each feature of `names`: corrections of the kinds (log-odds each), of the share who hire,
    of the new conversations (logarithms) and of the circle (log-odds). `kind_share` and
    `kind_talks` shift the rows of the kind table; `share_scale` and `form_scale` say how much of
    the hand-made evidence holds, `circle_scale` and `circle_base` calibrate that of a circle.
    """

    names: tuple[str, ...]
    kinds: Array
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
    views: dict[str, dict[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        """Index the names by view, so that a feature finds its row by its word."""
        object.__setattr__(self, "views", by_view(self.names))

    def find(self, groups: Iterable[Group]) -> "Found":
        """Those of the features that have a row."""
        names: list[tuple[str, str]] = []
        rows: list[int] = []
        strengths: list[float] = []
        for view, words, strength in groups:
            index = self.views.get(view)
            if index is None:
                continue
            kept = [word for word in dict.fromkeys(words) if word in index]
            names += [(view, word) for word in kept]
            rows += [index[word] for word in kept]
            strengths += [strength] * len(kept)
        return Found(names, np.array(rows, dtype=np.int64), np.array(strengths))

    @classmethod
    def none(cls) -> "Coefficients":
        """No corrections: the rules alone decide."""
        row, kinds = np.zeros(0), np.zeros(len(KINDS))
        return cls(
            (), np.zeros((0, len(KINDS))), kinds, row, row, row, kinds, kinds, 1.0, 1.0, 1.0, 0.0
        )


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

    def of_kind(self, place: int) -> tuple[float, float]:
        """What it adds to the share and the talks of the kind at this place of the table."""
        return float(self.kind_share[place]), float(self.kind_talks[place])

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
            names=tuple(names),
            kinds=stored["kinds"].astype(np.float64),
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


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Features that have a row: view and word, the row, and the strength."""

    names: list[tuple[str, str]]
    rows: npt.NDArray[np.int64]
    strengths: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """A sum of contributions, and the strongest of those that a phrase stands behind."""

    total: float
    strongest: tuple[Piece, ...]

    def pieces(self, more: float, *, any_feature: bool) -> tuple[Piece, ...]:
        """The strongest one by one, the rest as one without a phrase; limited in sum."""
        total = self.total + more
        scale = LIMIT / abs(total) if abs(total) > LIMIT else 1.0
        named = tuple(Piece(scale * piece.value, piece.phrase) for piece in self.strongest)
        rest = scale * total - sum(piece.value for piece in named)
        return (*named, Piece(rest, "")) if any_feature else ()


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What the texts of a listing contribute."""

    any_feature: bool
    kinds: Array
    share: _Sum
    talks: _Sum
    circle: float
    circle_most: float
    circle_phrase: str


@lru_cache(REMEMBERED)
def _heard(wording: Wording, known: Coefficients) -> _Heard:
    found = known.find(of_wording(wording))
    circle = found.strengths * known.circle[found.rows]
    top = int(circle.argmax()) if len(circle) else None
    return _Heard(
        any_feature=bool(found.names),
        kinds=known.kinds_base + found.strengths @ known.kinds[found.rows],
        share=_sum(found.strengths * known.share[found.rows], found, wording),
        talks=_sum(found.strengths * known.talks[found.rows], found, wording),
        circle=known.circle_base + float(circle.sum()),
        circle_most=0.0 if top is None else float(circle[top]),
        circle_phrase="" if top is None else phrase_of(found.names[top], wording),
    )


def _sum(moved: Array, found: Found, wording: Wording) -> _Sum:
    sizes = np.abs(moved)
    strongest = iter(np.argsort(-sizes, kind="stable").tolist())
    named: list[Piece] = []
    while len(named) < QUOTED and (n := next(strongest, None)) is not None:
        if phrase := phrase_of(found.names[n], wording):
            named.append(Piece(float(moved[n]), phrase))
    return _Sum(float(moved.sum()), tuple(named))


def correct(facts: Facts, known: Coefficients) -> Correction:
    """The corrections of one listing by all its features that have a row."""
    heard = _heard(facts.wording, known)
    found = known.find(of_occasion(facts))
    strengths, rows = found.strengths, found.rows
    circle = strengths * known.circle[rows]
    says_circle = heard.circle_most > max(0.0, circle.max(initial=0.0))
    some = heard.any_feature or len(rows) > 0
    return Correction(
        kinds=heard.kinds + strengths @ known.kinds[rows],
        share=heard.share.pieces(float(strengths @ known.share[rows]), any_feature=some),
        talks=heard.talks.pieces(float(strengths @ known.talks[rows]), any_feature=some),
        kind_share=known.kind_share,
        kind_talks=known.kind_talks,
        share_scale=known.share_scale,
        form_scale=known.form_scale,
        circle=heard.circle + float(circle.sum()),
        circle_scale=known.circle_scale,
        circle_phrase=heard.circle_phrase if says_circle else "",
    )
