"""The application: routers, errors, middleware, the web client's files, and the clock."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from importlib.resources import files

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from app.api import (
    busy,
    calendar,
    check_ins,
    choices,
    cities,
    curation,
    discovery,
    events,
    health,
    insights,
    me,
    openings,
    problems,
    sources,
    venues,
    weeks,
)
from app.api.middleware import Edge
from app.api.quick import Memory
from app.api.schemas import Problem
from app.schedule import following, ticking
from app.services.resources import Resources

WEB = files("app") / "web"
SWITCH_SECONDS = 0.0005  # Python's 0.005 adds up: a request needs the lock back several times
DESCRIPTION = """Finds the public events where a job seeker will meet people who hire."""


def create_app(world: Resources, *, ticks: bool = True) -> FastAPI:
    """The ASGI application over these resources.

    `ticks` is whether this process is the one that polls and sends, where the settings say so.
    """
    docs = world.settings.docs
    app = FastAPI(
        title="Go Meet People",
        version="1",
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,  # FastAPI's loads its scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json" if docs else None,
        redirect_slashes=False,  # the address to redirect to would hold a token, and a foreign host
        responses={"4XX": {"model": Problem, "description": "RFC 9457 problem"}},
    )
    app.state.resources = world
    app.state.memory = Memory()
    app.state.ticks = ticks and world.settings.clock
    app.include_router(calendar.router)  # first, because calendars ask most often
    for module in (
        events,
        curation,
        openings,
        choices,
        check_ins,
        insights,
        weeks,
        me,
        busy,
        discovery,
        sources,
        venues,
        cities,
    ):
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(health.router)
    if docs:
        app.add_api_route("/docs", _docs, include_in_schema=False)
    problems.install(app)
    # Not mounted: a mount at "/" would answer for every route that exists for another method.
    app.router.default = StaticFiles(directory=str(WEB), html=True)
    app.add_middleware(Edge)
    return app


async def _docs() -> FileResponse:
    return FileResponse(str(WEB / "docs.html"))


def _favor_requests() -> None:
    """Let requests be answered quickly while a large feed is read in a thread (bench/README.md).

    What stays as long as the process leaves the garbage collector's sight: with it, a full
    collection stopped everything for half a second and more. And the thread gives the
    interpreter's lock back ten times as soon, which took the longest delay from 1 s to 0.1 s.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    _favor_requests()
    world: Resources = app.state.resources
    async with following(world), ticking(world) if app.state.ticks else nullcontext():
        yield
