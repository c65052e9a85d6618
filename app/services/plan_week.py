"""The week of one person: gather candidates and what is chosen, plan, and give it its words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from uuid import UUID
from zoneinfo import ZoneInfo

from app.errors import Invalid, NotFound
from app.model.event import Event
from app.model.user import Profile, User
from app.plan import periods
from app.plan.candidates import Candidate, Limits, way_home
from app.plan.week import Solve, Solver, Visit, Week, plan_week
from app.plan.why_not import WhyNot
from app.plan.worth import chance_of_week
from app.publish import wording
from app.services import rank
from app.services.resources import Resources
from app.store import busy, choices, users
from app.store.database import Session
from scrapers.base import AttendanceMode, EventStatus

UNKNOWN_LENGTH = timedelta(hours=2)
YEARS = range(1970, 2200)  # in which every clock and calendar can reckon
TIMES = ("", "once", "twice")


@dataclass(frozen=True, slots=True)
class Outing:
    """One event of the week: `way` is one way, `adds` what the week's chance (0..1) owes to it."""

    suggestion: rank.Suggestion
    way: timedelta
    hours: float
    adds: float
    reasons: tuple[str, ...]
    alternative: rank.Suggestion | None


@dataclass(frozen=True, slots=True)
class PlannedWeek:
    """A person's week: `first` and `last` are its days, all else as in `Week`."""

    name: str
    first: date
    last: date
    limits: Limits
    currency: str
    outings: tuple[Outing, ...]
    left_out: tuple[tuple[rank.Suggestion, WhyNot], ...]
    chance: float
    hours: float
    cents: int
    solver: Solver


def plan(
    world: Resources, session: Session, user_id: UUID, week: str, now: datetime
) -> PlannedWeek:
    """The plan of an ISO week such as `2026-W48` in the person's zone. Raises Invalid, NotFound.

    What is chosen in that week is in it, over or not; suggestions begin after `now`.
    """
    user = users.get(session, user_id)
    profile = user.profile
    monday = monday_of(week)
    zone = ZoneInfo(profile.time_zone)
    begin = periods.instant(monday, 0, zone)
    until = periods.instant(monday + timedelta(days=7), 0, zone)
    chosen = _chosen(session, user_id, profile)
    known = {
        item.event.id: item
        for item in [
            *_suggested(world, session, user, (max(begin, now), until), now),
            *(item for item in chosen if begin <= item.event.start < until),
        ]
    }
    visits = _visits(chosen, min(begin, now))
    going = choices.going(session, list(known), user_id)
    limits = limits_of(profile, world.settings.crowd, busy.taken(session, user_id))
    found = plan_week(
        [
            replace(_candidate(item, profile, zone, visits), going=going.get(item.event.id, 0))
            for item in known.values()
        ],
        limits,
        seed=_seed(user_id, week),
        exact=_solver(),
    )
    return _told(found, known, week, limits, profile.currency)


def limits_of(profile: Profile, crowd: int, taken: Sequence[busy.Span]) -> Limits:
    """What the person gives a week, how many of us may go to one event, and when they are taken."""
    return Limits(
        evenings=profile.weekly_evenings,
        hours=profile.weekly_hours,
        budget=profile.weekly_budget,
        reach_km=profile.reach_km,
        mode=profile.travel_mode,
        crowd=crowd,
        busy=tuple(taken),
    )


def monday_of(week: str) -> date:
    """The first day of an ISO 8601 week. Raises Invalid for other texts, NotFound for
    what is no week, or in no year that anybody plans."""
    year, _, number = week.partition("-W")
    plain = week.isascii() and year.isdigit() and number.isdigit()
    if not plain or len(year) != 4 or len(number) != 2:
        raise Invalid("Give a week as ISO 8601 does, such as 2026-W48.", "week")
    try:
        found = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        found = date.min
    if found.year not in YEARS:
        raise NotFound(f"There is no week {week} to plan.")
    return found


def _suggested(
    world: Resources, session: Session, user: User, span: tuple[datetime, datetime], now: datetime
) -> list[rank.Suggestion]:
    """The best undecided events that begin within the span."""
    since, until = span
    if since >= until:
        return []
    found, _ = rank.most_promising(session, user, world.catalog.at(session, now), since, until)
    return [item for item in found if item.event.start >= since]


def _chosen(session: Session, user_id: UUID, profile: Profile) -> list[rank.Suggestion]:
    """All that the person chose and that is not cancelled, as it was when chosen."""
    rows = choices.of_user(session, user_id)
    found = [rank.kept(row, profile) for row in rows if row.state == choices.CHOSEN]
    return [item for item in found if item.event.event_status is not EventStatus.CANCELLED]


def _visits(chosen: Sequence[rank.Suggestion], before: datetime) -> Counter[str]:
    """How often the person went to each series: chosen, and begun before then."""
    return Counter(
        item.event.series for item in chosen if item.event.series and item.event.start < before
    )


def _candidate(
    item: rank.Suggestion, profile: Profile, zone: ZoneInfo, visits: Counter[str]
) -> Candidate:
    event = item.event
    return Candidate(
        id=event.id,
        name=event.name,
        start=event.start,
        end=_end(event),
        day=event.start.astimezone(zone).date(),
        chance=item.score.your_field,
        place=event.location.point if event.location else None,
        online=event.event_attendance_mode is AttendanceMode.ONLINE,
        home_km=item.distance_km,
        price=_cents(event, profile),
        kind=item.score.kind,
        group=_people(event),
        visits=visits[event.series],
        fixed=item.choice == choices.CHOSEN,
        all_day=event.all_day,
    )


def _end(event: Event) -> datetime:
    end = event.end or event.start
    return end if end > event.start else event.start + UNKNOWN_LENGTH


def _cents(event: Event, profile: Profile) -> int | None:
    """What one pays at least; unknown where no source says, or in another currency."""
    price = event.price
    if price.free:
        return 0
    return price.minimum if price.currency in {"", profile.currency} else None


def _people(event: Event) -> str:
    """Whoever brings the same people each time: the organizer, else the series."""
    host = event.organizer
    return host.name.casefold() if host and host.name else event.series


def _seed(user_id: UUID, week: str) -> int:
    """The same for one person's week; among equals not everybody is sent to the same event."""
    drawn = blake2b(f"{user_id}|{week}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn, "big")


def _solver() -> Solve | None:
    """The exact solver; None on a machine that HiGHS is not built for."""
    try:
        from app.plan import exact
    except ImportError:
        return None
    return exact.solve


def _told(
    found: Week, known: dict[UUID, rank.Suggestion], week: str, limits: Limits, currency: str
) -> PlannedWeek:
    monday = monday_of(week)
    return PlannedWeek(
        name=week,
        first=monday,
        last=monday + timedelta(days=6),
        limits=limits,
        currency=currency,
        outings=tuple(_outing(visit, found, known, limits) for visit in found.visits),
        left_out=tuple((known[why.event.id], why) for why in found.left_out),
        chance=found.chance,
        hours=found.hours,
        cents=found.cents,
        solver=found.solver,
    )


def _outing(visit: Visit, week: Week, known: dict[UUID, rank.Suggestion], limits: Limits) -> Outing:
    others = [one.event for one in week.visits if one is not visit]
    item = known[visit.event.id]
    reasons = [wording.reason_words(one) for one in wording.top_reasons(item.score)]
    return Outing(
        suggestion=item,
        way=timedelta(hours=way_home(visit.event, limits.mode)),
        hours=visit.hours,
        adds=week.chance - chance_of_week(others),
        reasons=(*_regular(visit.event.visits), *reasons),
        alternative=known[visit.alternative.id] if visit.alternative else None,
    )


def _regular(visits: int) -> tuple[str, ...]:
    """Why coming back counts, for somebody who was there before."""
    if visits == 0:
        return ()
    times = TIMES[visits] if visits < len(TIMES) else f"{visits} times"
    return (f"You went {times} before: people get to know those who come back",)
