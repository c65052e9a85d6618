"""Monotonic numbers that also put writers in line."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import CounterRow
from app.store.upsert import insert

CATALOG = "catalog"


def advance(session: Session, name: str = CATALOG) -> int:
    """Add one and give the new value; whoever else advances waits until this one commits."""
    first = insert(session, CounterRow).values(name=name, value=1)
    statement = first.on_conflict_do_update(
        index_elements=[CounterRow.name], set_={"value": CounterRow.value + 1}
    ).returning(CounterRow.value)
    return session.execute(statement).scalar_one()


def current(session: Session, name: str = CATALOG) -> int:
    """The present value, 0 before the first change."""
    return session.scalar(select(CounterRow.value).where(CounterRow.name == name)) or 0
