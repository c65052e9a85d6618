"""`gomeet user …`: accounts and their tokens."""

from typing import Annotated

import typer

from app.cli.world import console, now, print_json, print_table, world
from app.errors import Invalid
from app.model.user import Profile
from app.services import accounts, digest, export
from app.store import users

Email = Annotated[str, typer.Argument(help="The person's address.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Accounts and their tokens.")
    group.command("add")(add)
    group.command("list")(show)
    group.command("token")(token)
    group.command("export")(export_)
    group.command("delete")(delete)
    root.add_typer(group, name="user")


def add(
    email: Email,
    name: Annotated[str, typer.Option(help="For letters.")] = "",
    time_zone: Annotated[str, typer.Option(help="Such as America/New_York.")] = "UTC",
    home: Annotated[str, typer.Option(help="LAT,LON in degrees.")] = "",
    reach: Annotated[float, typer.Option(help="How far they go, in km.")] = 25.0,
    field: Annotated[str, typer.Option(help="The line of work looked for.")] = "",
) -> None:
    """Make an account and print a token for its first device."""
    latitude, longitude = _point(home)
    profile = Profile(
        latitude=latitude,
        longitude=longitude,
        time_zone=time_zone,
        reach_km=reach,
        field=field,
    )
    with world() as found, found.database.write() as session:
        user_id = accounts.create(
            session, found.keys, name=name, email=email, profile=profile, now=now()
        )
        secret = accounts.issue_token(session, found.keys, user_id, label="first", now=now())
    console.print(secret, soft_wrap=True, highlight=False)


def show() -> None:
    """List all accounts."""
    with world() as found, found.database.read() as session:
        rows = [(user.email, user.name, user.profile.time_zone) for user in users.every(session)]
    print_table("Accounts", ("address", "name", "time zone"), rows)


def token(
    email: Email,
    label: Annotated[str, typer.Option(help="Which device.")] = "device",
    revoke: Annotated[bool, typer.Option("--revoke", help="Sign out all devices first.")] = False,
) -> None:
    """Print a token for a further device."""
    with world() as found, found.database.write() as session:
        person = digest.find_user(session, email)
        if revoke:
            users.revoke_tokens(session, person.id, now())
        secret = accounts.issue_token(session, found.keys, person.id, label=label, now=now())
    console.print(secret, soft_wrap=True, highlight=False)


def export_(email: Email) -> None:
    """Print everything kept about a person, as JSON."""
    with world() as found, found.database.read() as session:
        print_json(export.everything(session, digest.find_user(session, email)))


def delete(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a person with everything kept about them."""
    if not yes:
        typer.confirm(f"Delete {email} with all choices?", abort=True)
    with world() as found, found.database.write() as session:
        users.delete(session, digest.find_user(session, email).id)


def _point(text: str) -> tuple[float | None, float | None]:
    if not text:
        return None, None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid("Give the home as LAT,LON in degrees, such as 41.93,-70.91.") from None
    return latitude, longitude
