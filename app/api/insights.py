"""What your evenings came to, and whether our chances came true."""

from math import isnan

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import schemas
from app.api.conditional import answer_body
from app.api.deps import Me, World
from app.score.calibration import Bin, Calibration, Half
from app.services.insights import Insights, Line, insights

router = APIRouter(prefix="/insights", tags=["insights"])


class RangeOut(schemas.Sent):
    """Bounds with 90 % confidence."""

    low: float
    high: float


class PadLine(schemas.Sent):
    """Evenings of one `group` (series, organizer, venue, kind). `met` of `said` evenings that say so
    met somebody who hires; `range` is that of the true share.
    """

    group: str
    name: str
    visits: int
    talked: float
    hirers: int
    met: int
    said: int
    range: RangeOut


class BinOut(schemas.Sent):
    """Visits of like chances: `said` 0..1 on average, `happened` of `visits`."""

    said: float
    happened: int
    visits: int
    range: RangeOut
    sentence: str


class HalfOut(schemas.Sent):
    """One half of the chance, summed: as foretold, as it came."""

    said: float
    happened: float
    visits: int


class CalibrationOut(schemas.Sent):
    """How our chances did on your own visits; null where there are none yet."""

    sentence: str
    checked: int
    brier: float | None
    skill: float | None
    log_loss: float | None
    gap: float | None
    gap_range: RangeOut | None
    intercept: float
    slope: float
    bins: list[BinOut]
    talks: HalfOut
    share: HalfOut


class InsightsOut(schemas.Sent):
    """The yellow pad. `talk` is how much more you talk than foretold, as a factor."""

    visits: int
    missed: int
    talked: float
    hirers: int
    talk: float
    pad: list[PadLine]
    lessons: list[str]
    calibration: CalibrationOut


@router.get(
    "",
    responses={200: {"model": InsightsOut}, 304: {"description": "unchanged"}},
    summary="What your evenings came to",
)
async def get_insights(request: Request, world: World, me: Me) -> Response:
    """From your check-ins alone; nobody else sees it."""
    with world.database.read() as session:
        found = insights(session, me.user_id)
    return answer_body(request, _out(found))


def _out(found: Insights) -> InsightsOut:
    return InsightsOut(
        visits=found.visits,
        missed=found.missed,
        talked=found.talked,
        hirers=found.hirers,
        talk=round(found.talk, 2),
        pad=[_line(each) for each in found.pad],
        lessons=list(found.lessons),
        calibration=_calibration(found.calibration),
    )


def _line(line: Line) -> PadLine:
    return PadLine(
        group=line.group,
        name=line.name,
        visits=line.visits,
        talked=line.talked,
        hirers=line.hirers,
        met=line.met,
        said=line.said,
        range=_range(line.range),
    )


def _calibration(found: Calibration) -> CalibrationOut:
    return CalibrationOut(
        sentence=found.sentence,
        checked=found.checked,
        brier=_known(found.brier),
        skill=_known(found.skill),
        log_loss=_known(found.log_loss),
        gap=_known(found.gap),
        gap_range=_range(found.gap_interval) if found.checked else None,
        intercept=found.intercept,
        slope=found.slope,
        bins=[_bin(each) for each in found.bins],
        talks=_half(found.talks),
        share=_half(found.share),
    )


def _bin(each: Bin) -> BinOut:
    return BinOut(
        said=each.said,
        happened=each.happened,
        visits=each.visits,
        range=RangeOut(low=each.low, high=each.high),
        sentence=each.sentence,
    )


def _half(half: Half) -> HalfOut:
    return HalfOut(said=half.said, happened=half.happened, visits=half.visits)


def _range(interval: tuple[float, float]) -> RangeOut:
    return RangeOut(low=interval[0], high=interval[1])


def _known(value: float) -> float | None:
    return None if isnan(value) else value
