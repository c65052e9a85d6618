"""Sources that tell the same as another one: so that a person can do with one of the two.

Nothing is merged or stopped unasked, for one of them may know more on another day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.store import sources
from app.store.database import Session
from app.store.tables import SourceRow

AT_LEAST, SHARE = 5, 0.8  # of its coming events, from which another source makes it superfluous


@dataclass(frozen=True, slots=True)
class Twin:
    """Another source that tells the same; `events` coming ones are in both.

    `same` where both addresses lead to one calendar.
    """

    id: UUID
    name: str
    events: int
    same: bool
    text: str


def twins(
    session: Session, row: SourceRow, upcoming: int, shared: Mapping[UUID, int]
) -> list[Twin]:
    """The others that tell what this source tells: one calendar at two addresses (CASES A7), or two
    producers for the same events (CASES D9).

    `upcoming` counts its coming events, `shared` those that each other one tells too.
    """
    found = (
        _twin(row, sources.get(session, other_id), count, upcoming)
        for other_id, count in shared.items()
    )
    return [twin for twin in found if twin]


def _twin(row: SourceRow, other: SourceRow, count: int, of: int) -> Twin | None:
    if row.moved_to == other.url or (row.content_hash and row.content_hash == other.content_hash):
        text = f"It is the same calendar as {other.name}: one of the two is enough."
        return Twin(other.id, other.name, count, same=True, text=text)
    if count < AT_LEAST or count < SHARE * of:
        return None
    text = f"{count} of its {of} coming events are also told by {other.name}."
    return Twin(other.id, other.name, count, same=False, text=text)
