"""`gomeet explain`: the whole score of one event, of the database or of a file."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app.cli.events import person_of
from app.cli.score import ANYBODY, Lines, as_object, fail
from app.cli.world import print_json, world
from app.errors import Invalid
from app.model.score import Reason, Score
from app.publish import wording
from app.score import explain, reasons, understand
from app.services import rank
from app.store import events


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("explain")(explain_event)


def explain_event(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="The id of the event.")],
    user: Annotated[str, typer.Option(help="For this person (address); default: the first.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="Look in these records, one JSON object a line.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Explain the score of one event: every part of it, adding up to the number shown."""
    if file is None:
        _explain_stored(event_id, user, as_json=as_json)
    else:
        _explain_record(event_id, file, as_json=as_json)


def _explain_stored(event_id: str, user: str, *, as_json: bool) -> None:
    with world() as found, found.database.read() as session:
        person = person_of(session, user)
        event = events.get(session, _uuid(event_id))
        item = rank.suggestions(session, person, [event.id])[0]
    score = item.score
    if as_json:
        yours = {
            "your_field": round(score.your_field, 6),
            "your_start_points": score.your_start_points,
            "your_reasons": score.your_reasons,
        }
        print_json({"id": event_id, "name": item.event.name, **as_object(score), **yours})
        return
    print(item.event.name)
    print(" · ".join(filter(None, (wording.when(item.event), wording.place(item.event)))))
    print(_parts("For anybody", score.start_points, score.reasons))
    field = person.profile.field or "your field"
    print(_parts(f"For you ({field})", score.your_start_points, score.your_reasons))
    print(_ending(score))


def _explain_record(record_id: str, file: Path, *, as_json: bool) -> None:
    lines = Lines(file)
    for record, event in lines:
        if record.id == record_id:
            score = explain(understand(event), ANYBODY)
            if as_json:
                print_json({"id": record.id, **as_object(score)})
            else:
                print(_parts(record.title, score.start_points, score.reasons))
                print(_ending(score))
            return
    lines.finish()
    fail(f"{file} holds no record with the id {record_id!r}; look at its `id` fields.")


def _parts(heading: str, start: float, parts: tuple[Reason, ...]) -> str:
    return "\n".join(["", heading, *(f"  {line}" for line in reasons.lines(start, parts))])


def _ending(score: Score) -> str:
    likely = f"{100 * score.low:.0f}–{100 * score.high:.0f} %"
    return (
        f"\nLikely range {likely}, {score.confidence} listing, kind {score.kind}.\n{score.advice}"
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(
            f"{text!r} is no id of an event; `gomeet events --json` names them."
        ) from None
