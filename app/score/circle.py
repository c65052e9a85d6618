"""Job-seeker circles: made for people looking for work, so the room holds few who hire.

The gate of SCORING.md 4.3: J is the probability of a circle; at `HIGH` and above an event is left
out unless asked for, between `LOW` and `HIGH` its chance is multiplied by (1 − J).
"""

from functools import cache
from math import exp

from app.score.cues import table
from app.score.facts import Facts

LOW = 0.20
HIGH = 0.40

_NO_WORDS = -6.0  # log-odds of a circle where no word says so
_FADING = 0.5


def evidence(facts: Facts) -> tuple[float, str]:
    """Log-odds of a job-seeker circle, and the listing's own words for it (empty if none)."""
    total, best, phrase = _NO_WORDS, 0.0, ""
    for cue, weight_of_one in _weights().items():
        if cue not in facts.hits:
            continue
        found = [each for words in facts.hits[cue].values() for each in words]
        weight = weight_of_one * sum(_FADING**n for n in range(len(found)))
        total += weight
        if weight > best:
            best, phrase = weight, found[0]
    return total, phrase


@cache
def _weights() -> dict[str, float]:
    return {f"circle.{name}": float(entry["weight"]) for name, entry in table("circle").items()}


def probability(log_odds: float) -> float:
    """Probability from log-odds."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, log_odds))))


def gate(probability: float) -> float:
    """What a probability of a circle leaves of the chance."""
    return 1.0 if probability < LOW else max(1e-3, 1 - probability)
