"""What routes are given: resources, the present time, who is asking, and a transaction."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.services.accounts import authenticate
from app.services.resources import Resources
from app.store.database import Session
from app.store.users import Caller

_bearer = HTTPBearer(auto_error=False, description="The token that `gomeet user add` prints.")


async def resources(request: Request) -> Resources:
    """The resources of this process."""
    found: Resources = request.app.state.resources
    return found


async def clock() -> datetime:
    """The present instant (UTC); tests put another one in its place."""
    return datetime.now(UTC)


World = Annotated[Resources, Depends(resources)]
Now = Annotated[datetime, Depends(clock)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def caller(world: World, now: Now, credentials: Credentials) -> Caller:
    """Who is asking. Raises Unauthorized."""
    token = credentials.credentials if credentials else ""
    return authenticate(world.database, world.keys, token, now)


Me = Annotated[Caller, Depends(caller)]


async def identified(request: Request) -> tuple[Caller, datetime]:
    """Who is asking and when, as `Me` and `Now` say it, without FastAPI between. As `caller`."""
    now: datetime = await request.app.dependency_overrides.get(clock, clock)()
    return await caller(await resources(request), now, await _bearer(request)), now


def transaction(world: World, now: Now) -> Iterator[Session]:
    """A writing transaction, committed when the route returns and rolled back when it raises.

    The scope is the function: by default FastAPI would commit behind the answer, so that a client
    could be told of a change that then fails, or ask again before it is there (CASES G4). For the
    same reason the catalog has the change before the answer goes out.
    """
    with world.database.write() as session:
        yield session
    world.catalog.catch_up(world.database, now)


Write = Annotated[Session, Depends(transaction, scope="function")]
