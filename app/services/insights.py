"""What a person's evenings came to: the yellow pad, and whether our chances came true."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.model.check_in import CheckIn
from app.model.learnt import Group, Ratio
from app.score.calibration import Calibration, Interval, beta_interval, calibration
from app.score.reasons import lesson
from app.store import check_ins, users
from app.store.check_ins import Told
from app.store.database import Session

PAD = ("series", "organizer", "venue", "kind")  # what a line of the pad may be about
SAID_FROM = 2  # visits from which a lesson is told: one evening is a story, not a rate


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the pad: evenings of one group, what they gave, and what that is worth.

    `talked` and `hirers` are sums over those evenings that say so. `met` of `said` evenings met
    somebody who hires; `range` bounds the true share of such evenings with 90 %: wide after few.
    """

    group: str
    name: str
    visits: int
    talked: float
    hirers: int
    met: int
    said: int
    range: Interval


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything; `talk` is the factor on conversations, 1 where nothing is known yet."""

    visits: int
    missed: int
    talked: float
    hirers: int
    talk: float
    pad: tuple[Line, ...]
    lessons: tuple[str, ...]
    calibration: Calibration


def insights(session: Session, user_id: UUID) -> Insights:
    """Of all that the person told. Raises NotFound."""
    learnt = users.get(session, user_id).learnt
    told = check_ins.of_user(session, user_id)
    said = [each.check_in for each in told]
    visited = [each for each in said if each.went]
    members = _members([each for each in told if each.check_in.went])
    return Insights(
        visits=len(visited),
        missed=len(said) - len(visited),
        talked=sum(each.talked or 0 for each in visited),
        hirers=sum(each.hirers or 0 for each in visited),
        talk=learnt.talk,
        pad=tuple(_pad(members)),
        lessons=tuple(
            f"{_name(group, members[group][0])}: {lesson(group, ratio)}"
            for group, ratio in sorted(learnt.ratios, key=lambda pair: -_news(pair[1]))
            if group in members and ratio.visits >= SAID_FROM
        ),
        calibration=calibration(said),
    )


Members = dict[Group, list[Told]]


def _news(ratio: Ratio) -> float:
    return abs(ratio.value - 1)


def _members(told: Sequence[Told]) -> Members:
    """The evenings of each group that a line may be about."""
    members: Members = {}
    for each in told:
        for group in each.check_in.groups:
            if group[0] in PAD:
                members.setdefault(group, []).append(each)
    return members


def _pad(members: Members) -> list[Line]:
    """The lines, those of most visits first."""
    lines = [
        _line(group[0], _name(group, found[0]), [each.check_in for each in found])
        for group, found in members.items()
    ]
    return sorted(lines, key=lambda line: (-line.visits, PAD.index(line.group), line.name))


def _name(group: Group, told: Told) -> str:
    """As the event writes it; groups themselves are folded to compare."""
    event = told.event
    if group[0] == "series":
        return event.name
    if group[0] == "organizer" and event.organizer:
        return event.organizer.name
    if group[0] == "venue" and event.location:
        return event.location.name
    return group[1]


def _line(group: str, name: str, found: Sequence[CheckIn]) -> Line:
    outcomes = [each.met for each in found if each.met is not None]
    met = sum(outcomes)
    return Line(
        group=group,
        name=name,
        visits=len(found),
        talked=sum(each.talked or 0 for each in found),
        hirers=sum(each.hirers or 0 for each in found),
        met=met,
        said=len(outcomes),
        range=beta_interval(met, len(outcomes) - met),
    )
