"""`gomeet`: the command line."""

import sys

import typer

from app.cli import (
    accounts,
    backup,
    cities,
    curate,
    demo,
    digest,
    discover,
    evaluate,
    events,
    explain,
    match,
    openings,
    poll,
    read,
    score,
    serve,
    sources,
    venues,
    week,
    worker,
)
from app.errors import GoMeetError

HELP = "Finds the public events where a job seeker will meet people who hire."
MODULES = (
    demo,
    serve,
    worker,
    read,
    discover,
    sources,
    cities,
    poll,
    events,
    curate,
    venues,
    week,
    openings,
    explain,
    score,
    evaluate,
    match,
    digest,
    accounts,
    backup,
)  # in the order of the help


def build() -> typer.Typer:
    """The whole command line."""
    root = typer.Typer(
        help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    for module in MODULES:
        module.register(root)
    return root


def main() -> None:
    """Run a command; what goes wrong is one sentence on standard error and exit status 1."""
    try:
        build()()
    except GoMeetError as error:
        print(f"gomeet: {error}", file=sys.stderr)  # noqa: T201 -- the command line's voice
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        print(f"gomeet: {named}{error.strerror or error}.", file=sys.stderr)  # noqa: T201 -- as above
        sys.exit(1)


if __name__ == "__main__":
    main()
