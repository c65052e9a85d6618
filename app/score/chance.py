"""The only formula (SCORING.md 4.1): arrays of rooms in, chances and their contributions out.

A room is what decides the chance, in coordinates on which evidence adds up: the log-odds of the
share who hire, the logarithm of the number of new conversations, and so on. Everything here works
on arrays of any equal shape; one event is an array of length one, not a second implementation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

BASE_SHARE = 0.14  # p0: adults at an average public event who take part in hiring (SCORING.md 1.1)
SPREAD = 1.3  # k: size of the negative binomial of conversations, measured 1.2–1.6 (1.4)
BASE_TALKS = 1.5  # μ of an average public event (7)
BASE_WEIGHT = 17.0  # m of a fairly described one: kind and two families known (5)
TALKS_RANGE = (0.05, 15.0)
CLIP = 2.5  # evidence moves the odds by a ratio of 12 at most (4.2)


def logit(share: float) -> float:
    """Log-odds of a share strictly between 0 and 1."""
    return float(np.log(share) - np.log1p(-share))


@dataclass(frozen=True, slots=True)
class Rooms:
    """Arrays of equal shape: log-odds of the share who hire, log of new conversations, log of the
    fit to a person (field times seniority; 0 for anybody), log of the evidence weight m, log of
    the spread k of conversations, and log of the chance to get in (h times the circle gate).
    """

    share: Array
    talks: Array
    fit: Array
    weight: Array
    spread: Array
    entry: Array

    def stack(self) -> Array:
        """All coordinates in one array, the coordinate first."""
        return np.stack([getattr(self, each.name) for each in fields(self)])


REFERENCE = np.array(
    [logit(BASE_SHARE), np.log(BASE_TALKS), 0.0, np.log(BASE_WEIGHT), np.log(SPREAD), 0.0]
)


def chance(rooms: Rooms) -> Array:
    """Chance of a real conversation with at least one person who hires, 0..1."""
    return _chance(rooms.stack())


def _chance(at: Array) -> Array:
    share, talks, fit, weight, spread, entry = at
    q = np.exp(fit) / (1 + np.exp(-share))
    return mixture(q, np.exp(talks), np.exp(weight), np.exp(-spread), np.exp(entry))


def mixture(q: Array, talks: Array, weight: Array, inverse_k: Array, entry: Array) -> Array:
    """P = h·(1 − (1 + μq/κ)^−κ) with 1/κ = 1/k + 1/a + 1/(ka), a = qm/(1 − q).

    The mean over an uneven number of conversations (negative binomial, mean μ, size k) and an
    uncertain share q (weight m); as κ grows it becomes 1 − exp(−μq).
    """
    inverse_kappa = inverse_k + (1 - q) / (q * weight) * (1 + inverse_k)
    met = np.log1p(talks * q * inverse_kappa)
    result: Array = -np.expm1(-met / inverse_kappa) * entry
    return result


def gradient(at: Array) -> Array:
    """Derivative of the chance by each coordinate, coordinate first."""
    share, talks, fit, weight, spread, entry = at
    p = 1 / (1 + np.exp(-share))
    q = np.exp(fit) * p
    inverse_a = (1 - q) / (q * np.exp(weight))
    inverse_k = np.exp(-spread)
    kappa = 1 / (inverse_k + inverse_a + inverse_k * inverse_a)
    met = np.exp(talks) * q  # people who hire that one talks with, on average
    u = met / kappa
    missed = np.exp(entry - kappa * np.log1p(u))
    by_met = missed / (1 + u) * met  # by the logarithm of met
    by_kappa = missed * (np.log1p(u) - u / (1 + u)) * kappa**2  # by minus 1/κ
    by_q = by_met + by_kappa * (1 + inverse_k) / (q * np.exp(weight))  # by the logarithm of q
    return np.stack(
        [
            by_q * (1 - p),
            by_met,
            by_q,
            by_kappa * (1 + inverse_k) * inverse_a,
            by_kappa * inverse_k * (1 + inverse_a),
            np.exp(entry) - missed,
        ]
    )


_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(20)


def contributions(rooms: Rooms) -> tuple[float, Array]:
    """The chance of an average public event, and what each coordinate adds to it.

    Moves in a straight line from the average event to each room and integrates the derivative
    (SCORING.md 7; Gauss–Legendre, 20 nodes): gives the *mean slope* of each coordinate along the
    way, coordinate first. Slope times distance, summed over coordinates, is the difference of the
    chances; a coordinate's part splits among the evidence in proportion to what each piece moved.
    """
    end = rooms.stack()
    start = REFERENCE.reshape((-1,) + (1,) * (end.ndim - 1))
    steps = ((_NODES + 1) / 2).reshape((-1,) + (1,) * (end.ndim - 1))
    way = start[:, None] + steps * (end - start)[:, None]
    slopes = np.tensordot(_NODE_WEIGHTS / 2, gradient(way), axes=(0, 1))
    return float(_chance(REFERENCE)), slopes


def damped(values: Sequence[float], correlation: float) -> list[float]:
    """Log ratios that say much the same, weighted (SCORING.md 4.2).

    Positives by size get 1, (1 − ρ), (1 − ρ)² …, negatives likewise and apart; so adding a
    favorable value never lowers the sum. Gives each value times its weight, in the same order.
    """
    result = [0.0] * len(values)
    for sign in (1.0, -1.0):
        chosen = [n for n, value in enumerate(values) if value * sign > 0]
        chosen.sort(key=lambda n: -abs(values[n]))
        for rank, n in enumerate(chosen):
            result[n] = values[n] * (1 - correlation) ** rank
    return result
