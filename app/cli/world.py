"""What commands share: resources, the present time, a table, and lines of JSON."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
from rich.console import Console
from rich.table import Table

from app.bootstrap import open_resources
from app.log import configure
from app.services.resources import Resources
from app.settings import settings

console = Console()
stderr = Console(stderr=True)


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


@contextmanager
def world(*, verbose: bool = False) -> Iterator[Resources]:
    """Resources as the settings say; the log stays quiet unless asked."""
    configure("INFO" if verbose else "WARNING")
    with open_resources(settings(), now()) as found:
        yield found


def print_json(value: object) -> None:
    """One line of JSON on standard output."""
    print(msgspec.json.encode(value).decode())


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; texts of others are printed as they are, never as markup."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    console.print(table)


def _plain(cell: object) -> str:
    from rich.markup import escape

    return escape("" if cell is None else str(cell))
