"""Signs of life: `/readyz` fails when the clock has stopped."""

from datetime import datetime, timedelta
from uuid import uuid4

from app.errors import Unavailable
from app.services.resources import Resources
from app.store import leases

CLOCK = "clock"
TICKS_MISSED = 3
_holder = uuid4().hex


def beat(world: Resources, now: datetime) -> None:
    """Note that this process ticks; any process's sign of life will do."""
    with world.database.write() as session:
        leases.acquire(session, CLOCK, _holder, now)


def check(world: Resources, now: datetime) -> None:
    """Raise Unavailable if no process has ticked for three ticks."""
    limit = timedelta(seconds=TICKS_MISSED * world.settings.tick_seconds) + leases.TTL
    with world.database.read() as session:
        last = leases.last_beat(session, CLOCK)
    if last is None or now - last > limit:
        raise Unavailable("The clock has stopped: nothing is polled or sent.")
