"""The whole score of an event for a person; its reasons add up to the number shown."""

from collections.abc import Iterable, Sequence
from functools import cache
from math import exp, log

import numpy as np

from app.model.learnt import NOTHING, Group, Learnt, Ratio
from app.model.score import Reason, Score
from app.model.user import Profile
from app.score import person, reasons
from app.score.candidates import Candidates, Taught, moved_rooms, moves
from app.score.chance import BASE_WEIGHT, SPREAD, TALKS_RANGE, Array, Rooms, chance, contributions
from app.score.kind import Kind, kind_table
from app.score.understanding import FAMILIES, Understanding

DRAWS = 200
CHECKED = "learned.checked"  # the reason of what recalibration moved
_SEED = 20260917
_SHARE, _TALKS, _FIT, _WEIGHT, _SPREAD, _ENTRY = range(6)  # coordinates of a room


@cache
def _draws() -> Array:
    return np.random.default_rng(_SEED).standard_normal((2, DRAWS, 1))


@cache
def _kinds() -> dict[str, Kind]:
    return {row.name: row for row in kind_table()}


def explain(
    event: Understanding,
    profile: Profile,
    groups: Sequence[Group] = (),
    learnt: Learnt = NOTHING,
) -> Score:
    """The score of one event: `explain_many` of a list of one."""
    return explain_many([event], profile, [groups], learnt)[0]


def explain_many(
    events: Sequence[Understanding],
    profile: Profile,
    groups: Sequence[Sequence[Group]] = (),
    learnt: Learnt = NOTHING,
) -> list[Score]:
    """Scores with reasons, range and advice, for the few events that are shown.

    `groups` are those of each event (`learn.groups_of`), by which what was learned concerns it.
    """
    if not events:
        return []
    at = person.lens(profile)
    many = Candidates.of(events)
    known = _known(groups or [()] * len(events), learnt)
    taught = Taught(np.array([sum(log(r.value) for _, r in here) for here in known]), learnt)
    moved = moves(many, at, taught)
    anybody, yours = (moved_rooms(many, moved, personal=own) for own in (False, True))
    start, slopes = contributions(anybody)
    _, your_slopes = contributions(yours)
    chances, your_chances = (
        np.add.reduceat(chance(rooms) * many.probability, many.first) for rooms in (anybody, yours)
    )
    if learnt == NOTHING:
        chances = many.any_field
    checked, your_checked = taught.checked(chances), taught.checked(your_chances)
    low, high = map(taught.checked, _range(events, many, anybody, chances))
    your_low, your_high = map(taught.checked, _range(events, many, yours, your_chances))
    result = []
    for n, event in enumerate(events):
        rooms = slice(many.first[n], many.first[n] + len(event.rooms))
        lessons = _lessons(known[n], moved.ratios[rooms])
        talk = _talk(moved.talk, anybody.talks[rooms] - many.talks[rooms])
        here = [
            *_reasons(event, slopes[:, rooms], [*lessons, *talk]),
            *_checked(chances[n], checked[n]),
        ]
        personal = _personal(
            at,
            moved.fits[:, n],
            float(moved.liking[n]),
            moved.talk,
            yours.talks[rooms] - many.talks[rooms],
        )
        yours_here = [
            *_reasons(event, your_slopes[:, rooms], [*lessons, *personal]),
            *_checked(your_chances[n], your_checked[n]),
        ]
        result.append(
            Score(
                any_field=float(checked[n]),
                your_field=float(your_checked[n]),
                low=float(low[n]),
                high=float(high[n]),
                confidence=reasons.confidence(event.weight),
                kind=event.kind,
                circle=event.circle,
                reasons=_sorted(here),
                start_points=100 * start,
                your_reasons=_sorted(yours_here),
                your_start_points=100 * start,
                your_low=float(your_low[n]),
                your_high=float(your_high[n]),
                circle_phrase=event.circle_phrase,
                hirers=_hirers(event),
                talks=_mean_talks(event),
                share=_mean_share(event),
                advice=reasons.advice(event, max(event.rooms, key=lambda room: room.probability)),
            )
        )
    return result


def _sorted(found: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(found, key=lambda reason: -abs(reason.points)))


def _hirers(event: Understanding) -> float:
    """E = h·μ·q: people who hire that one talks with, on average (SCORING.md 4.1)."""
    met = sum(room.probability * exp(room.talks) / (1 + exp(-room.share)) for room in event.rooms)
    return event.entry * event.gate * met


def _mean_talks(event: Understanding) -> float:
    """μ: new conversations, on average over what kind of room it is."""
    return sum(room.probability * exp(room.talks) for room in event.rooms)


def _mean_share(event: Understanding) -> float:
    """p of those talked with: people who hire, 0..1."""
    met = sum(room.probability * exp(room.talks) / (1 + exp(-room.share)) for room in event.rooms)
    return met / _mean_talks(event)


def _range(
    events: Sequence[Understanding], many: Candidates, rooms: Rooms, middle: Array
) -> tuple[Array, Array]:
    """10th and 90th percentile over fixed draws of every ratio from its range (SCORING.md 6)."""
    first, second = _draws()
    deviations = [(room.share_deviation, room.talks_deviation) for e in events for room in e.rooms]
    of_share, of_talks = np.array(deviations).T
    shape = (DRAWS, len(of_share))
    drawn = Rooms(
        share=rooms.share + first * of_share,
        talks=np.clip(rooms.talks + second * of_talks, *np.log(TALKS_RANGE)),
        fit=np.broadcast_to(rooms.fit, shape),
        weight=np.broadcast_to(rooms.weight, shape),
        spread=np.broadcast_to(rooms.spread, shape),
        entry=np.broadcast_to(rooms.entry, shape),
    )
    values = np.add.reduceat(chance(drawn) * many.probability, many.first, axis=1)
    low, high = np.percentile(values, (10, 90), axis=0)
    return np.minimum(low, middle), np.maximum(high, middle)


Personal = list[tuple[str, str, int, Array | float]]
Known = list[tuple[Group, Ratio]]


def _known(groups: Sequence[Sequence[Group]], learnt: Learnt) -> list[Known]:
    """What was learned of each event's groups."""
    ratios = dict(learnt.ratios)
    return [[(group, ratios[group]) for group in here if group in ratios] for here in groups]


def _lessons(known: Known, moved: Array) -> Personal:
    """What each group's own visits add; together they move the share as far as it goes."""
    total = sum(log(ratio.value) for _, ratio in known)
    if not total:
        return []
    return [
        (
            f"learned.{group[0]}",
            reasons.lesson(group, ratio),
            _FIT,
            moved * log(ratio.value) / total,
        )
        for group, ratio in known
    ]


def _talk(talk: float, moved: Array) -> Personal:
    if not talk:
        return []
    more = "more" if talk > 0 else "fewer"
    says = f"going by your check-ins, you talk with {more} people than most"
    return [("learned.talk", says, _TALKS, moved)]


def _checked(before: float, after: float) -> list[Reason]:
    """What the person's own visits correct at the end."""
    if before == after:
        return []
    rarer = "rarer" if after < before else "more often"
    says = f"going by your check-ins, it comes true {rarer} than we used to say"
    return [reasons.plain_reason(CHECKED, 100 * (after - before), says)]


def _personal(at: person.Lens, fits: Array, liking: float, talk: float, moved: Array) -> Personal:
    """What the person moves: name, words, coordinate and distance (for each room or for all).

    `moved` is how far liking and talk moved the talk of each room together, within its limits.
    """
    found: Personal = []
    if at.field:
        says = f"of the people who hire here, about {100 * exp(fits[0]):.0f} % are of use for {at.field}"
        found.append(("fit.field", says, _FIT, float(fits[0])))
        level = f"about {100 * exp(fits[1]):.0f} % of them may hire at your level"
        found.append(("fit.seniority", level, _FIT, float(fits[1])))
    both = liking + talk
    part = liking / both if both else 0.5
    if liking:
        says = "you like such evenings and stay longer" if liking > 0 else "it is not your thing"
        found.append(("interest.match", says, _TALKS, moved * part))
    return [*found, *_talk(talk, moved * (1 - part))]


def _reasons(event: Understanding, slopes: Array, personal: Personal) -> Iterable[Reason]:
    """Every part of the way from the average event to this one, in percentage points."""
    weights = 100 * np.array([room.probability for room in event.rooms])
    slopes = slopes * weights
    yield from _kind_reasons(event, slopes)
    for part in event.parts:
        scale = [room.scales[FAMILIES.index(part.family)] for room in event.rooms]
        points = part.value * float(slopes[_SHARE] @ scale)
        yield reasons.signal_reason(part.signal, part.family, points, part.phrase, part.basis)
    spread = log(event.spread) - log(SPREAD)
    for part in event.form:
        points = part.value * float(slopes[_TALKS] @ [room.form_scale for room in event.rooms])
        if part.signal == "form.rounds":
            points += spread * float(slopes[_SPREAD].sum())
        yield reasons.signal_reason(part.signal, "form", points, part.phrase, part.basis)
    yield from _learned_reasons(event, slopes)
    yield from _plain_reasons(event, slopes)
    for name, says, coordinate, distance in personal:
        yield reasons.plain_reason(name, float(np.sum(slopes[coordinate] * distance)), says)


def _kind_reasons(event: Understanding, slopes: Array) -> Iterable[Reason]:
    row = _kinds()[event.kind]
    share = float(slopes[_SHARE] @ [room.kind_share for room in event.rooms])
    talks = float(slopes[_TALKS] @ [room.kind_talks for room in event.rooms])
    yield reasons.kind_share_reason(row, share)
    yield reasons.kind_talks_reason(row, talks)


def _learned_reasons(event: Understanding, slopes: Array) -> Iterable[Reason]:
    """What was learned, one reason for the share and the talk of the same words."""
    share, talks = float(slopes[_SHARE].sum()), float(slopes[_TALKS].sum())
    points: dict[str, float] = {}
    for slope, pieces in ((share, event.learned_share), (talks, event.learned_talks)):
        for piece in pieces:
            points[piece.phrase] = points.get(piece.phrase, 0.0) + slope * piece.value
    for phrase, moved in points.items():
        yield reasons.learned_reason(phrase, moved)


def _plain_reasons(event: Understanding, slopes: Array) -> Iterable[Reason]:
    hours = float(slopes[_TALKS] @ [room.hours * room.form_scale for room in event.rooms])
    if hours:
        longer = "longer" if hours > 0 else "shorter"
        yield reasons.plain_reason("form.hours", hours, f"it is {longer} than usual")
    weight = (log(event.weight) - log(BASE_WEIGHT)) * float(slopes[_WEIGHT].sum())
    if weight:
        says = (
            "the listing says much" if weight > 0 else "the listing says little, so we are careful"
        )
        yield reasons.plain_reason("evidence.weight", weight, says)
    entry = float(slopes[_ENTRY].sum())
    if event.entry != 1:
        says = "you may not get in"
        yield reasons.plain_reason(
            "entry.chance", entry * log(event.entry), says, event.entry_phrase
        )
    if event.gate != 1:
        yield reasons.plain_reason("circle.gate", entry * log(event.gate), *_gate_words(event))


def _gate_words(event: Understanding) -> tuple[str, str]:
    if event.withheld == "grief":
        return "it is no place to look for contacts; we never suggest it", ""
    if event.withheld == "circle":
        return "it is made for people who look for work", event.circle_phrase
    return "it may be mostly job seekers", event.circle_phrase
