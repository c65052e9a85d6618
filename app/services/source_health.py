"""How a source is by what is stored of it, and the history of that."""

from datetime import datetime

from app.find.apply_poll import Memory
from app.find.health import Facts, Health, health
from app.find.turns import Turn, known_since
from app.store import sources, states
from app.store.codec import decode
from app.store.database import Session
from app.store.tables import SourceRow
from scrapers import OF_PLACES


def health_of(row: SourceRow, upcoming: int, now: datetime) -> Health:
    """The health of a source of which `upcoming` listings lie ahead."""
    memory = decode(row.memory, Memory)
    facts = Facts(
        outcome=row.outcome,
        last_ok_at=row.last_ok_at,
        failures=memory.failures,
        next_due_at=row.next_due_at,
        upcoming=upcoming,
        usual=row.usual,
        unreadable=row.unreadable,
        zone_suspect=row.zone_suspect,
        mending_rule=row.time_rule_proposed,
        paused=row.paused,
        error=row.error,
        of_places=row.scraper in OF_PLACES,
    )
    return health(facts, now=now)


def note(session: Session, row: SourceRow, now: datetime) -> None:
    """Put the state that a poll left a source in into its history, if it is another one."""
    session.flush()
    found = health_of(row, sources.upcoming(session, row.id, now), now)
    past = states.history(session, row.id, hold=True)
    if past and past[0].state == found.state:
        return
    turns = [Turn(item.state, item.since, item.told_at) for item in past]
    states.begin(
        session,
        row.id,
        state=found.state,
        cause=found.cause,
        told_at=known_since(turns, found.state, now),
        now=now,
    )
