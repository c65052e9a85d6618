"""`gomeet serve`, `gomeet demo` and `gomeet migrate`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app.cli.poll import poll_now
from app.cli.world import console, now, world
from app.log import configure
from app.main import create_app
from app.model.user import Profile
from app.sample_city.city import HOME, TIME_ZONE
from app.sample_city.city import sources as city_sources
from app.sample_city.server import serve as play
from app.services import accounts, sources
from app.services.resources import Resources
from app.settings import Settings, settings
from app.store import users
from app.store.database import Session

DEMO_EMAIL = "demo@harborfalls.example"


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("serve")(serve)
    root.command("demo")(demo)
    root.command("migrate")(migrate)
