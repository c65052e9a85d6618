"""What it costs; a price works through income, so no ratio is above 2 (SCORING.md 1.6)."""

from collections.abc import Callable

from app.score.facts import Facts
from app.score.signals.base import Signal


def _between(low: float, high: float) -> Callable[[Facts], str | None]:
    def applies(facts: Facts) -> str | None:
        if facts.price is None or not low < facts.price <= high:
            return None
        return facts.price_phrase

    return applies


def _band(
    name: str, bounds: tuple[float, float], ratio: tuple[float, float, float], row: int, says: str
) -> Signal:
    middle, low, high = ratio
    basis = "J" if row <= 37 else "D"
    source = f"SCORING.md 2, row {row}"
    return Signal(
        f"price.{name}", "price", middle, (low, high), basis, source, says, _between(*bounds)
    )


SIGNALS = (
    _band("free", (-1, 0), (0.9, 0.75, 1.05), 36, "it is free"),
    _band("low", (0, 25), (1.0, 0.9, 1.1), 37, "it costs little"),
    _band("middle", (25, 75), (1.2, 1.0, 1.5), 38, "it costs something"),
    _band("high", (75, 200), (1.5, 1.2, 2.0), 39, "it costs a good deal"),
    _band("top", (200, float("inf")), (2.0, 1.4, 2.6), 40, "it is expensive"),
)
