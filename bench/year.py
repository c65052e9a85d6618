"""A year of evenings: does learning from check-ins find better rooms? `python -m bench.year`.

Invented people with hidden habits go to invented rooms whose hosts draw more or fewer people who
hire than their kind lets expect. Everybody is offered the same events, goes to the best two of each
week, and checks in as people do: some tell all, some only yes or no, some nothing. One list stays
as it was, one learns, and one learns and puts a wild card (a Thompson draw) on its second place.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt

from app.model.check_in import CheckIn, Forecast
from app.model.learnt import NOTHING, Group, Learnt
from app.score.calibration import recalibrated, recalibration
from app.score.chance import SPREAD, logit, mixture
from app.score.learn import PRIOR, learn

Floats = npt.NDArray[np.float64]

START = datetime(2026, 1, 5, 19, tzinfo=UTC)
WEEKS, OFFERED, GOES = 52, 25, 2
KINDS = {  # share who hire and new conversations, as SCORING.md 3 has them for such kinds
    "business_mixer": (0.45, 7.0),
    "professional_talk": (0.25, 3.5),
    "club_association": (0.30, 4.0),
    "food_drink": (0.16, 2.5),
    "volunteering": (0.16, 4.0),
    "class_workshop": (0.14, 2.0),
    "hobby_social": (0.12, 4.0),
    "sport_play": (0.15, 3.0),
}
HOSTS = 40
HOST_SPREAD, KIND_SPREAD, OVERCONFIDENT = 0.9, 0.4, 0.15  # of log-odds; ours is too high by so much
WEIGHT = 17.0
TELLS_ALL, TELLS_YES_NO = 0.6, 0.2  # the rest tells nothing
AT_LEAST = 0.6  # of the best that was left out, for a wild card (SCORING.md 9)


@dataclass(frozen=True, slots=True)
class Rooms:
    """Hosts of one person's town: kind, what we foretell, and what is true."""

    kind: npt.NDArray[np.int64]
    share: Floats
    talks: Floats
    true_share: Floats


@dataclass(slots=True)
class Life:
    """One person under one policy: check-ins, and what came of each week."""

    told: list[CheckIn] = field(default_factory=list)
    hirers: list[float] = field(default_factory=list)  # expected, of the true rooms
    outcomes: list[tuple[float, float, bool]] = field(default_factory=list)  # static, shown, came
    learnt: Learnt = NOTHING


def town(random: np.random.Generator) -> Rooms:
    """Hosts, each with a character of its own."""
    names = list(KINDS)
    kind = random.integers(0, len(names), HOSTS)
    share, talks = np.array([KINDS[name] for name in names]).T
    kinds = random.normal(0, KIND_SPREAD, len(names))
    odds = np.array([logit(each) for each in share[kind]])
    true = odds + kinds[kind] + random.normal(0, HOST_SPREAD, HOSTS) - OVERCONFIDENT
    return Rooms(kind, share[kind], talks[kind], 1 / (1 + np.exp(-true)))


def groups(rooms: Rooms, host: int) -> tuple[Group, ...]:
    """What an evening of this host shares with others."""
    return (("kind", list(KINDS)[rooms.kind[host]]), ("organizer", f"host {host}"))


def chances(rooms: Rooms, hosts: Sequence[int], learnt: Learnt, *, ratios: Floats) -> Floats:
    """The chances of these evenings, as the score makes them."""
    share = np.minimum(rooms.share[hosts] * ratios, 0.95)
    talks = np.clip(rooms.talks[hosts] * learnt.talk, 0.05, 15)
    made = mixture(
        share,
        talks,
        np.full(len(hosts), WEIGHT),
        np.full(len(hosts), 1 / SPREAD),
        np.ones(len(hosts)),
    )
    return recalibrated(made, learnt.intercept, learnt.slope) if learnt.checked else made


def ratios_of(rooms: Rooms, hosts: Sequence[int], learnt: Learnt) -> Floats:
    """The product of what was learned of each evening's groups."""
    known = {group: ratio.value for group, ratio in learnt.ratios}
    return np.array([np.prod([known.get(group, 1.0) for group in groups(rooms, h)]) for h in hosts])


def drawn(
    random: np.random.Generator, rooms: Rooms, hosts: Sequence[int], learnt: Learnt
) -> Floats:
    """The same, each group's ratio drawn from what is still possible (Thompson)."""
    found = dict(learnt.ratios)
    draws: dict[Group, float] = {}
    for host in hosts:
        for group in groups(rooms, host):
            if group not in draws:
                prior, ratio = PRIOR[group[0]], found.get(group)
                hirers, expected = (ratio.hirers, ratio.expected) if ratio else (0.0, 0.0)
                draws[group] = random.gamma(prior + hirers) / (prior + expected)
    return np.array([np.prod([draws[group] for group in groups(rooms, h)]) for h in hosts])


def go(
    random: np.random.Generator,
    rooms: Rooms,
    life: Life,
    host: int,
    shown: float,
    week: int,
    habit: float,
) -> None:
    """One evening, and what is told of it."""
    expected = rooms.talks[host] * habit
    met = int(random.negative_binomial(SPREAD, SPREAD / (SPREAD + expected)))
    hirers = int(random.binomial(met, rooms.true_share[host]))
    static = float(chances(rooms, [host], NOTHING, ratios=np.ones(1))[0])
    raw = replace(life.learnt, checked=0)
    uncorrected = float(chances(rooms, [host], raw, ratios=ratios_of(rooms, [host], raw))[0])
    life.outcomes.append((static, shown, hirers > 0))
    mood = random.random()
    talked = min((0.0, 1.5, 4.0, 8.0, 13.0), key=lambda coded: abs(coded - met))
    said: dict[str, object] = {}
    if mood < TELLS_ALL:
        said = {"talked": talked, "hirers": min(hirers, 3)}
    elif mood < TELLS_ALL + TELLS_YES_NO:
        said = {"met_hirer": hirers > 0}
    life.told.append(
        CheckIn(
            UUID(int=len(life.told) + 1),
            START + timedelta(weeks=week),
            went=True,
            forecast=Forecast(
                shown, float(rooms.talks[host]), float(rooms.share[host]), uncorrected
            ),
            groups=groups(rooms, host),
            **said,  # type: ignore[arg-type] # names of fields
        )
    )


def live(seed: int, policy: str) -> Life:
    """A year of one person under one policy: `static`, `learning` or `wild card`."""
    random = np.random.default_rng(seed)
    rooms, habit, life = town(random), random.gamma(4, 1 / 4), Life()
    offers = [random.choice(HOSTS, OFFERED, replace=False) for _ in range(WEEKS)]
    luck = np.random.default_rng((seed, len(policy)))
    for week, hosts in enumerate(offers):
        listed = list(hosts)
        means = chances(rooms, listed, life.learnt, ratios=ratios_of(rooms, listed, life.learnt))
        order = list(np.argsort(-means, kind="stable"))
        chosen = order[:GOES]
        if policy == "wild card":
            rest = [n for n in order[GOES - 1 :] if means[n] >= AT_LEAST * means[order[GOES - 1]]]
            luck_of = chances(
                rooms, listed, life.learnt, ratios=drawn(luck, rooms, listed, life.learnt)
            )
            chosen = [*order[: GOES - 1], max(rest, key=lambda n: luck_of[n])]
        life.hirers.append(
            float(sum(rooms.talks[listed[n]] * habit * rooms.true_share[listed[n]] for n in chosen))
        )
        for n in chosen:
            go(luck, rooms, life, listed[n], float(means[n]), week, habit)
        if policy != "static":
            life.learnt = learn(life.told, START + timedelta(weeks=week, days=1))
    return life


def slope(lives: Sequence[Life], *, which: int, since: int) -> float:
    """The calibration slope of all evenings from a week on; no prior weighs in so many."""
    told = [(each[which], each[2]) for life in lives for each in life.outcomes[since * GOES :]]
    return recalibration(told)[1]


def measure(people: int) -> dict[str, object]:
    """All figures; the same every time."""
    lives = {
        policy: [live(seed, policy) for seed in range(people)]
        for policy in ("static", "learning", "wild card")
    }
    weekly = {name: np.array([life.hirers for life in found]) for name, found in lives.items()}
    half = WEEKS // 2
    gain = {}
    for name in ("learning", "wild card"):
        apart = (weekly[name] - weekly["static"])[:, half:].mean(axis=1)
        error = 1.96 * apart.std(ddof=1) / np.sqrt(people)
        gain[name] = [
            round(float(x), 3) for x in (apart.mean(), apart.mean() - error, apart.mean() + error)
        ]
    wild = (weekly["wild card"] - weekly["learning"])[:, half:].mean(axis=1)
    error = 1.96 * wild.std(ddof=1) / np.sqrt(people)
    return {
        "people": people,
        "people who hire met a week, second half": {
            name: round(float(found[:, half:].mean()), 3) for name, found in weekly.items()
        },
        "more than static, second half (95 %)": gain,
        "wild card less learning alone (95 %)": [
            round(float(x), 3) for x in (wild.mean(), wild.mean() - error, wild.mean() + error)
        ],
        "slope of the static chances": round(slope(lives["static"], which=0, since=half), 2),
        "slope of the chances shown, learning": round(
            slope(lives["learning"], which=1, since=half), 2
        ),
        "weekly": {name: found.mean(axis=0).round(3).tolist() for name, found in weekly.items()},
    }


def draw(found: dict[str, object], file: Path) -> None:
    """People who hire met a week, smoothed over a month."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    weekly = found["weekly"]
    assert isinstance(weekly, dict)
    for name, values in weekly.items():
        axes.plot(np.convolve(values, np.ones(4) / 4, "valid"), label=name)
    axes.set(
        xlabel="week", ylabel="people who hire, met a week", title="A year of two evenings a week"
    )
    axes.legend()
    figure.tight_layout()
    figure.savefig(file)


def main() -> None:
    """Print the figures, and draw them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--out", type=Path, help="a PNG file to draw")
    options = parser.parse_args()
    found = measure(options.people)
    if options.out:
        draw(found, options.out)
    print(json.dumps({name: each for name, each in found.items() if name != "weekly"}, indent=2))


if __name__ == "__main__":
    main()
