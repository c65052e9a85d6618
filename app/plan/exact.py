"""The best week there is, by HiGHS: a mixed-integer programme with tangents for the groups.

The worth of a group is concave in its gain, so it lies below each of its tangents. Tangents are
added where the answer claims more than the truth, until it claims no more (Kelley's cutting planes).
"""

from collections.abc import Mapping, Sequence
from math import exp, inf

import numpy as np
import numpy.typing as npt
from highspy import HighsModelStatus, HighsVarType

# The bare solver: highspy.Highs prints a banner before it can be told to be quiet.
from highspy._core import _Highs as Highs

from app.plan.rows import Row
from app.plan.worth import SAME_PEOPLE, Worth, concave

Indices = npt.NDArray[np.int32]
Values = npt.NDArray[np.float64]

CLOSE = 1e-5  # above HiGHS's own tolerance of 1e-6, else no tangent would satisfy
ROUNDS = 40
OPTIONS: dict[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_max_nodes": 20_000,  # unlike seconds, the same bound however busy the machine is
}


def solve(worth: Worth, rows: Sequence[Row], fixed: frozenset[int]) -> frozenset[int]:
    """Positions of the chosen events, `fixed` among them; only these where HiGHS finds none."""
    count = len(worth.gain)
    model = _model(worth, rows, fixed)
    chosen = fixed
    for _ in range(ROUNDS):
        model.run()
        if model.getModelStatus() != HighsModelStatus.kOptimal:
            break
        values = model.getSolution().col_value
        chosen = frozenset(item for item in range(count) if values[item] > 0.5)
        overstated = [
            (group, gain)
            for group, gain in worth.gains(chosen).items()
            if values[count + group] > concave(gain) + CLOSE
        ]
        if not overstated:
            break
        for group, gain in overstated:
            _tangent(model, worth, group, gain)
    return chosen


def _model(worth: Worth, rows: Sequence[Row], fixed: frozenset[int]) -> Highs:
    """One column an event, one a group; HiGHS makes small, so every worth has a minus."""
    model = Highs()
    for name, value in OPTIONS.items():
        model.setOptionValue(name, value)
    for item, net in enumerate(worth.net):
        model.addCol(-net, float(item in fixed), 1.0, 0, *_entries({}))
        model.changeColIntegrality(item, HighsVarType.kInteger)
    for _ in range(max(worth.group, default=-1) + 1):
        model.addCol(-1.0, 0.0, SAME_PEOPLE, 0, *_entries({}))
    for row in rows:
        model.addRow(-inf, row.most, len(row.weights), *_entries(row.weights))
    for gain, group in zip(worth.gain, worth.group, strict=True):
        _tangent(model, worth, group, gain)
    for group in set(worth.group):
        _tangent(model, worth, group, 0.0)
    return model


def _tangent(model: Highs, worth: Worth, group: int, at: float) -> None:
    """worth of the group <= the tangent of `concave` at the gain `at`."""
    slope = exp(-at / SAME_PEOPLE)
    members = [item for item, number in enumerate(worth.group) if number == group]
    weights = {len(worth.gain) + group: 1.0}
    weights |= {item: -slope * worth.gain[item] for item in members}
    model.addRow(-inf, concave(at) - slope * at, len(weights), *_entries(weights))


def _entries(weights: Mapping[int, float]) -> tuple[Indices, Values]:
    return np.array(list(weights), np.int32), np.array(list(weights.values()), np.float64)
