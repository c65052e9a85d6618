"""`gomeet backup` and `gomeet restore`."""

from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import database_url
from app.cli.world import console, world
from app.errors import Invalid
from app.settings import settings
from app.store import copies


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("backup")(backup)
    root.command("restore")(restore)


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; must not exist yet.")],
) -> None:
    """Write a consistent copy of the embedded database, also while the service runs."""
    with world() as found:
        copies.back_up(found.database, target)
    console.print(f"Wrote {target}. Keep secret.key of the data folder with it.", markup=False)


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `gomeet backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a copy in the place of the database. Stop the service first."""
    if not source.is_file():
        raise Invalid(f"There is no file {source}.")
    if not yes:
        typer.confirm("Replace the present database?", abort=True)
    copies.restore(database_url(settings()), source)
