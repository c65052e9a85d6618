"""How long a way takes: straight line, detour and speed by mode. Pure."""

from datetime import timedelta
from typing import NamedTuple

from app.model.user import TravelMode

UNKNOWN_KM = 5.0  # a place that no source names: across a middling town


class Pace(NamedTuple):
    """`detour` is road over straight line, `km_h` door to door, `start` minutes for each way."""

    detour: float
    km_h: float
    start: float


# Judgement, on the slow side: a plan that leaves ten minutes too many is kept, one too few is not.
PACES: dict[TravelMode, Pace] = {
    "walk": Pace(1.25, 4.8, 0),
    "bike": Pace(1.3, 14, 3),
    "transit": Pace(1.35, 22, 10),
    "car": Pace(1.35, 35, 6),
}


def travel(km: float | None, mode: TravelMode) -> timedelta:
    """One way over `km` of straight line, whole minutes; nothing where one is there already."""
    straight = UNKNOWN_KM if km is None else km
    if straight == 0:
        return timedelta(0)
    pace = PACES[mode]
    return timedelta(minutes=round(pace.start + 60 * straight * pace.detour / pace.km_h))
