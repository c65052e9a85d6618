"""Decisions of people on events, with the marks by which they are found again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
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
    """The standing decisions that hold for anything of these sources, oldest first."""
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
    rows = session.execute(
        select(CurationMarkRow.source_url, CurationMarkRow.kind, CurationMarkRow.key).where(
            CurationMarkRow.curation_id == curation_id
        )
    )
    return [Mark(*row) for row in rows]


def bonds(session: Session, source_urls: Iterable[str]) -> list[Bond]:
    """The standing merges and splits that concern a listing of these sources, oldest first."""
    concerned = {
        row.id: row
        for urls in chunks(source_urls)
        for row in session.scalars(
            select(CurationRow)
            .join(CurationMarkRow, CurationMarkRow.curation_id == CurationRow.id)
            .where(
                CurationRow.act.in_((MERGE, SPLIT)),
                CurationRow.undone_at.is_(None),
                CurationMarkRow.source_url.in_(urls),
            )
        )
    }
    rows = sorted(concerned.values(), key=lambda row: (row.decided_at, row.id))
    return [bond(session, row) for row in rows]


def bond(session: Session, row: CurationRow) -> Bond:
    """What a merge or split holds for."""
    sides: tuple[set[Mark], set[Mark]] = (set(), set())
    statement = select(
        CurationMarkRow.source_url, CurationMarkRow.kind, CurationMarkRow.key, CurationMarkRow.side
    ).where(CurationMarkRow.curation_id == row.id)
    for url, kind, key, side in session.execute(statement):
        sides[side].add(Mark(url, kind, key))
    return Bond(row.id, row.act == MERGE, (frozenset(sides[0]), frozenset(sides[1])))


def found_by(session: Session, marks: Iterable[Mark]) -> dict[int, tuple[UUID, Said]]:
    """The listings that these marks of keys and fingerprints hit, by id: event, and found by what."""
    keys: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in marks:
        keys[mark.source_url, mark.kind].append(mark.key)
    found: dict[int, tuple[UUID, Said]] = {}
    for (url, kind), wanted in keys.items():
        column = {KEY: ListingRow.key, FINGERPRINT: ListingRow.fingerprint}[kind]
        for some in chunks(wanted):
            for id_, event_id, key, print_ in session.execute(
                select(ListingRow.id, ListingRow.event_id, ListingRow.key, ListingRow.fingerprint)
                .join(SourceRow, SourceRow.id == ListingRow.source_id)
                .where(SourceRow.url == url, column.in_(some))
            ):
                found[id_] = event_id, Said(url, key, print_, "")
    return found


def events_hit(session: Session, marks: Iterable[Mark]) -> list[UUID]:
    """Ids of the events that these marks may change. For a series, all of its source."""
    keys: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in marks:
        keys[mark.source_url, mark.kind].append(mark.key)
    found: set[UUID] = set()
    for (url, kind), wanted in keys.items():
        statement = (
            select(ListingRow.event_id)
            .join(SourceRow, SourceRow.id == ListingRow.source_id)
            .where(SourceRow.url == url)
        )
        column = {KEY: ListingRow.key, FINGERPRINT: ListingRow.fingerprint}.get(kind)
        for some in chunks(wanted):
            hit = statement if column is None else statement.where(column.in_(some))
            found.update(session.scalars(hit))
    return sorted(found)


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


def follow(session: Session, old: Mark, new_key: str) -> None:
    """Let decisions go with a listing that its publisher names, or dates, anew."""
    session.execute(
        update(CurationMarkRow)
        .where(
            CurationMarkRow.source_url == old.source_url,
            CurationMarkRow.kind == old.kind,
            CurationMarkRow.key == old.key,
        )
        .values(key=new_key)
    )


def follow_source(session: Session, old_url: str, new_url: str) -> None:
    """Let decisions go with a source that has moved for good."""
    session.execute(
        update(CurationMarkRow)
        .where(CurationMarkRow.source_url == old_url)
        .values(source_url=new_url)
    )


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
    .where(CurationRow.undone_at.is_(None))
)
