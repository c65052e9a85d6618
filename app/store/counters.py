"""Monotonic numbers that also put writers in line."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.store.tables import CounterRow

CATALOG = "catalog"


def advance(session: Session, name: str = CATALOG) -> int:
    """Add one and give the new value; whoever else advances waits until this one commits."""
    statement = (
        update(CounterRow)
        .where(CounterRow.name == name)
        .values(value=CounterRow.value + 1)
        .returning(CounterRow.value)
    )
    value = session.execute(statement).scalar_one_or_none()
    if value is None:
        session.add(CounterRow(name=name, value=1))
        session.flush()
        return 1
    return value


def current(session: Session, name: str = CATALOG) -> int:
    """The present value, 0 before the first change."""
    return session.scalar(select(CounterRow.value).where(CounterRow.name == name)) or 0
