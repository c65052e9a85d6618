"""Pauses between requests that all processes keep together: one publisher sees one client.

Kept by PostgreSQL's clock, since the machines of an install need not agree on the time.
"""

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.store.database import Database

_DIAL, _QUIET = "dial", "quiet"
_BOOK = text(
    "INSERT INTO pace (key, until) VALUES (:key, clock_timestamp() + :pause * interval '1 s')"
    " ON CONFLICT (key) DO UPDATE"
    " SET until = greatest(pace.until, clock_timestamp()) + :pause * interval '1 s'"
    " RETURNING extract(epoch FROM until - clock_timestamp())::float8"
)
_HOLD = text(
    "INSERT INTO pace (key, until) VALUES (:key, clock_timestamp() + :pause * interval '1 s')"
    " ON CONFLICT (key) DO UPDATE SET until = excluded.until"
    " RETURNING 0.0::float8"
)
_LEFT = text(
    "SELECT extract(epoch FROM until - clock_timestamp())::float8 FROM pace WHERE key = :key"
)
_PASSED = text("DELETE FROM pace WHERE until < clock_timestamp()")


class SharedPaces:
    """When which address may be dialled next, and which hosts want to be left alone; seconds.

    Raises Unavailable while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """`database` is a PostgreSQL one."""
        self._database = database

    async def book(self, address: str, interval: float) -> float:
        """Book the next dial of `address`, `interval` after the last; the seconds until then."""
        free_after = await self._ask(_BOOK, _DIAL, address, interval)
        return max(free_after - interval, 0.0)

    async def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long."""
        await self._ask(_HOLD, _QUIET, host, seconds)

    async def held(self, host: str) -> float:
        """Seconds for which a host still wants to be left alone, 0 if it does not."""
        return max(await self._ask(_LEFT, _QUIET, host), 0.0)

    async def _ask(self, statement: Any, topic: str, name: str, pause: float = 0.0) -> float:
        def ask() -> float:
            with self._database.write() as session:
                given = {"key": f"{topic} {name}", "pause": pause}
                return session.execute(statement, given).scalar() or 0.0

        return await asyncio.to_thread(ask)


def forget(session: Session) -> None:
    """Drop the pauses that are over; there are none on an embedded database."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_PASSED)
