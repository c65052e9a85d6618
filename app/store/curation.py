"""Decisions of people on events, with the marks by which they are found again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.model.curation import (
    FINGERPRINT,
    KEY,
    MERGE,
    SPLIT,
    Bond,
    Correction,
    Mark,
    Ruling,
    Said,
)
from app.store.codec import decode
from app.store.events import chunks
from app.store.tables import CurationMarkRow, CurationRow, ListingRow, SourceRow, UserRow

MAX_MERGES = 20  # one after the other, until we look no further


def add(
    session: Session, row: CurationRow, marks: Iterable[Mark], others: Iterable[Mark] = ()
) -> None:
    """Keep a decision with what it holds for; `others` are of the other event of a bond."""
    session.add(row)
    session.flush()
    rows = [
        {
            "curation_id": row.id,
            "source_url": mark.source_url,
            "kind": mark.kind,
            "key": mark.key,
            "side": side,
        }
        for side, some in enumerate((marks, others))
        for mark in dict.fromkeys(some)
    ]
    session.execute(insert(CurationMarkRow), rows)


def get(session: Session, curation_id: UUID) -> CurationRow:
    """The decision, undone or not. Raises NotFound."""
    row = session.get(CurationRow, curation_id)
    if row is None:
        raise NotFound("There is no such decision.")
    return row


def every(session: Session) -> Sequence[tuple[CurationRow, str | None]]:
    """All decisions with the name of who took them, newest first; None: by the operator."""
    statement = (
        select(CurationRow, UserRow.name)
        .outerjoin(UserRow, UserRow.id == CurationRow.decided_by)
        .order_by(CurationRow.decided_at.desc(), CurationRow.id)
    )
    return [(row, name) for row, name in session.execute(statement)]


def rulings(session: Session, source_urls: Iterable[str]) -> list[Ruling]:
    """What stands of anything of these sources but merges and splits, oldest first."""
    found = [
        (at, id_, Ruling(act, scope, decode(fields, Correction), Mark(url, kind, key)))
        for urls in chunks(source_urls)
        for at, id_, act, scope, fields, url, kind, key in session.execute(
            _STANDING.where(CurationMarkRow.source_url.in_(urls))
        )
    ]
    return [ruling for *_, ruling in sorted(found, key=lambda each: each[:2])]


def marks_of(session: Session, curation_id: UUID) -> list[Mark]:
    """What a decision holds for."""
    rows = session.execute(_MARKS.where(CurationMarkRow.curation_id == curation_id))
    return [Mark(*row) for row in rows]


def bonds(session: Session, source_urls: Iterable[str]) -> list[Bond]:
    """The standing merges and splits that concern a listing of these sources, oldest first."""
    concerned = {
        id_
        for urls in chunks(source_urls)
        for id_ in session.scalars(
            select(CurationRow.id)
            .join(CurationMarkRow, CurationRow.id == CurationMarkRow.curation_id)
            .where(
                CurationRow.act.in_((MERGE, SPLIT)),
                CurationRow.undone_at.is_(None),
                CurationMarkRow.source_url.in_(urls),
            )
            .distinct()
        )
    }
    return bonds_of(session, concerned)


def bonds_of(session: Session, curation_ids: Iterable[UUID]) -> list[Bond]:
    """What these merges and splits hold for, undone or not, oldest first."""
    sides: defaultdict[tuple[datetime, UUID, str], tuple[set[Mark], set[Mark]]] = defaultdict(
        lambda: (set(), set())
    )
    statement = _MARKS.join(CurationRow, CurationRow.id == CurationMarkRow.curation_id).add_columns(
        CurationMarkRow.side, CurationRow.decided_at, CurationRow.id, CurationRow.act
    )
    for ids in chunks(curation_ids):
        rows = session.execute(statement.where(CurationMarkRow.curation_id.in_(ids)))
        for url, kind, key, side, at, id_, act in rows:
            sides[at, id_, act][side].add(Mark(url, kind, key))
    return [
        Bond(id_, act == MERGE, (frozenset(one), frozenset(other)))
        for (_, id_, act), (one, other) in sorted(sides.items(), key=lambda each: each[0])
    ]


def survivor(session: Session, event_id: UUID) -> UUID:
    """The event that this one was merged into, however often; itself if it was not."""
    for _ in range(MAX_MERGES):
        into = session.scalar(
            select(CurationRow.event_id)
            .where(
                CurationRow.other_id == event_id,
                CurationRow.act == MERGE,
                CurationRow.undone_at.is_(None),
            )
            .limit(1)
        )
        if into is None:
            break
        event_id = into
    return event_id


def overruled_at(session: Session, act: str, at: datetime) -> list[CurationRow]:
    """Decisions of this kind that were taken back at this very instant: by another decision."""
    statement = select(CurationRow).where(CurationRow.act == act, CurationRow.undone_at == at)
    return list(session.scalars(statement))


def forget_marks(session: Session, curation_id: UUID, side: int, marks: Iterable[Mark]) -> None:
    """Let one side of a decision hold for these no more."""
    for mark in marks:
        session.execute(
            delete(CurationMarkRow).where(
                CurationMarkRow.curation_id == curation_id,
                CurationMarkRow.side == side,
                CurationMarkRow.source_url == mark.source_url,
                CurationMarkRow.kind == mark.kind,
                CurationMarkRow.key == mark.key,
            )
        )


def marked(session: Session, source_url: str) -> set[Mark]:
    """What of a source any standing decision holds for."""
    statement = _MARKS.join(CurationRow, CurationRow.id == CurationMarkRow.curation_id).where(
        CurationRow.undone_at.is_(None), CurationMarkRow.source_url == source_url
    )
    return {Mark(*row) for row in session.execute(statement)}


def found_by(session: Session, marks: Iterable[Mark]) -> dict[int, tuple[UUID, Said]]:
    """The listings that these marks hit, by id: event, and found by what. For a series, all of its
    source.
    """
    keys: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in marks:
        keys[mark.source_url, mark.kind].append(mark.key)
    found: dict[int, tuple[UUID, Said]] = {}
    for (url, kind), wanted in keys.items():
        statement = (
            select(ListingRow.id, ListingRow.event_id, ListingRow.key, ListingRow.fingerprint)
            .join(SourceRow, SourceRow.id == ListingRow.source_id)
            .where(SourceRow.url == url)
        )
        column = {KEY: ListingRow.key, FINGERPRINT: ListingRow.fingerprint}.get(kind)
        for some in chunks(wanted):
            hit = statement if column is None else statement.where(column.in_(some))
            for id_, event_id, key, print_ in session.execute(hit):
                found[id_] = event_id, Said(url, key, print_, "")
    return found


def events_hit(session: Session, marks: Iterable[Mark]) -> list[UUID]:
    """Ids of the events that these marks may change, as `found_by` has them."""
    return sorted({event_id for event_id, _ in found_by(session, marks).values()})


def burst(
    session: Session, source_id: UUID, since: datetime, until: datetime
) -> list[tuple[str, str]]:
    """Key and fingerprint of the listings of a source that were first seen in this span."""
    rows = session.execute(
        select(ListingRow.key, ListingRow.fingerprint).where(
            ListingRow.source_id == source_id, ListingRow.first_seen_at.between(since, until)
        )
    )
    return [(key, fingerprint) for key, fingerprint in rows]


def follow(session: Session, moves: Mapping[Mark, str]) -> None:
    """Let decisions go with listings that their publisher names, or dates, anew.

    All at once: where a daily event moves by a day, each takes the mark that was the next one's.
    """
    rows = [
        (id_, new)
        for old, new in moves.items()
        for id_ in session.scalars(
            select(CurationMarkRow.id).where(
                CurationMarkRow.source_url == old.source_url,
                CurationMarkRow.kind == old.kind,
                CurationMarkRow.key == old.key,
            )
        )
    ]
    if rows:
        session.execute(update(CurationMarkRow), [{"id": id_, "key": new} for id_, new in rows])


def follow_source(session: Session, old_url: str, new_url: str) -> None:
    """Let decisions go with a source that has moved for good."""
    session.execute(
        update(CurationMarkRow)
        .where(CurationMarkRow.source_url == old_url)
        .values(source_url=new_url)
    )


_MARKS = select(CurationMarkRow.source_url, CurationMarkRow.kind, CurationMarkRow.key)
_STANDING = (
    select(
        CurationRow.decided_at,
        CurationRow.id,
        CurationRow.act,
        CurationRow.scope,
        CurationRow.fields,
        CurationMarkRow.source_url,
        CurationMarkRow.kind,
        CurationMarkRow.key,
    )
    .join(CurationMarkRow, CurationMarkRow.curation_id == CurationRow.id)
    .where(CurationRow.undone_at.is_(None), CurationRow.act.not_in((MERGE, SPLIT)))
)
