"""One row by one indexed read: what every request begins with, so its price is everybody's.

A session takes half a millisecond for it, most of which goes into building the statement anew.
Here it is compiled once and, on the embedded database, run on the driver itself (bench/README.md).
"""

from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from sqlite3 import Error
from typing import Any

from sqlalchemy import Engine, Select

from app.store.database import Database

Statement = Select[*tuple[Any, ...]]
Read = Callable[[dict[str, object]], tuple[Any, ...] | None]


def look_up(database: Database, statement: Statement, **values: object) -> tuple[Any, ...] | None:
    """The first row of a constant statement with `bindparam`s, None if there is none.

    `values` are plain strings and numbers. Raises Unavailable as `Database.read` does.
    """
    if database.embedded:
        try:
            return _on_driver(database.reader, statement)(values)
        except Error:  # the long way tries once more and knows what each error means
            pass
    with database.read() as session:
        return session.connection().execute(statement, values).first()


@lru_cache(maxsize=64)
def _on_driver(engine: Engine, statement: Statement) -> Read:
    compiled = statement.compile(engine)
    sql, names, constants = str(compiled), compiled.positiontup or [], compiled.params
    types = [column.type.dialect_impl(engine.dialect) for column in statement.selected_columns]
    readers = [type_.result_processor(engine.dialect, None) for type_ in types]

    def read(values: dict[str, object]) -> tuple[Any, ...] | None:
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql, [(constants | values)[name] for name in names])
            row = cursor.fetchone()
        if row is None:
            return None
        return tuple(
            reader(value) if reader else value for reader, value in zip(readers, row, strict=True)
        )

    return read
