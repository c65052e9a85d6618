"""`gomeet week`: the plan of one week in the terminal."""

from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.cli.events import person_of
from app.cli.world import console, now, print_json, print_table, world
from app.plan import periods
from app.publish import wording
from app.services import plan_week
from app.services.plan_week import Outing, PlannedWeek

WEEK = timedelta(days=7)


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("week")(week)


def week(
    name: Annotated[str, typer.Argument(help="ISO week, such as 2026-W48; default: this.")] = "",
    user: Annotated[str, typer.Option(help="For this person (address); default: the first.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The whole plan as one object.")] = False,
) -> None:
    """Plan a week: the few events that together promise most, and why not the others."""
    with world() as found, found.database.read() as session:
        person = person_of(session, user)
        today = now().astimezone(ZoneInfo(person.profile.time_zone)).date()
        name = name or periods.label(today)
        plan = plan_week.plan(found, session, person.id, name, now())
    if as_json:
        print_json(_object(plan))
        return
    rows = [_row(outing) for outing in plan.outings]
    print_table(f"Week {plan.name}", ("chance", "when", "what", "where", "way", "or"), rows)
    console.print(
        f"At least one person who hires: {wording.percent(plan.chance)} %, "
        f"{plan.hours:.1f} hours with the way"
        if rows
        else _nothing(name, today)
    )
    for item, why in plan.left_out:
        console.print(f"- {item.event.name}: {why.text}", markup=False, highlight=False)


def _nothing(week: str, today: date) -> str:
    if week != periods.label(today):
        return "Nothing fits this week."
    return f"Nothing more fits this week; the next: gomeet week {periods.label(today + WEEK)}"


def _row(outing: Outing) -> tuple[object, ...]:
    item, other = outing.suggestion, outing.alternative
    return (
        f"{wording.percent(item.score.your_field)} %",
        wording.when(item.event),
        f"{item.event.name} (you go)" if item.choice else item.event.name,
        wording.place(item.event),
        f"{outing.way.total_seconds() / 60:.0f} min",
        other.event.name if other else "",
    )


def _object(plan: PlannedWeek) -> dict[str, object]:
    return {
        "week": plan.name,
        "chance": plan.chance,
        "hours": plan.hours,
        "cents": plan.cents,
        "currency": plan.currency,
        "solver": plan.solver,
        "outings": [_outing(outing) for outing in plan.outings],
        "left_out": [
            {"id": item.event.id, "name": item.event.name, "code": why.code, "text": why.text}
            for item, why in plan.left_out
        ],
    }


def _outing(outing: Outing) -> dict[str, object]:
    item, other = outing.suggestion, outing.alternative
    return {
        "id": item.event.id,
        "name": item.event.name,
        "start": item.event.start,
        "time_zone": item.event.time_zone,
        "chosen": item.choice is not None,
        "your_field": item.score.your_field,
        "way_minutes": round(outing.way.total_seconds() / 60),
        "hours": outing.hours,
        "adds": outing.adds,
        "reasons": list(outing.reasons),
        "alternative": {"id": other.event.id, "name": other.event.name} if other else None,
    }
