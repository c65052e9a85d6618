"""`gomeet digest`: the weekly letter, as it would go out or for real."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.world import console, now, world
from app.errors import Invalid
from app.services import digest as letters
from app.services import send_mail


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("digest")(digest)


def digest(
    user: Annotated[str, typer.Option(help="Address of one person; default: everybody due.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write it, send nothing.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for --dry-run.")] = Path(),
) -> None:
    """Send the letters that are due, or write one to look at."""
    if dry_run:
        _write(user, out)
        return
    with world() as found:
        if not found.settings.smtp_host:
            raise Invalid("No mail server is set: GOMEET_SMTP_HOST is empty.")
        queued = letters.plan_due(found, now())
        sent = send_mail.send_due(found, now)
    console.print(f"{queued} queued, {sent} sent")


def _write(user: str, out: Path) -> None:
    if not user:
        raise Invalid("Say whose letter to write: --user ADDRESS.")
    with world() as found:
        with found.database.read() as session:
            person = letters.find_user(session, user)
        letter = letters.preview(found, person, now())
    if letter is None:
        console.print("There is nothing to tell this week, so no letter would go out.")
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("digest.eml", letter.message),
        ("digest.html", letter.rendered.html.encode()),
        ("digest.txt", letter.rendered.text.encode()),
    ):
        (out / name).write_bytes(content)
        console.print(str(out / name), markup=False)
