"""The person who is signed in: profile, weekly mail, subscribed calendar."""

import io
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import present, schemas
from app.api.conditional import answer_body
from app.api.deps import Me, Now, World, Write
from app.plan.periods import next_due
from app.publish.links import subscription_clients, webcal
from app.services import accounts
from app.services.resources import Resources
from app.store import users

router = APIRouter(prefix="/me", tags=["me"])


@router.get(
    "",
    responses={200: {"model": schemas.MeOut}, 304: {"description": "unchanged"}},
    summary="Who is signed in",
)
async def get_me(request: Request, world: World, me: Me, now: Now) -> Response:
    """Name, address, and when the next weekly mail comes."""
    with world.database.read() as session:
        user = users.get(session, me.user_id)
    profile = user.profile
    zone = ZoneInfo(profile.time_zone)
    due = next_due(now, zone, profile.digest_weekday, profile.digest_hour)
    body = schemas.MeOut(
        id=user.id,
        name=user.name,
        email=user.email,
        digest=schemas.DigestOut(
            enabled=profile.digest_enabled,
            weekday=profile.digest_weekday,
            hour=profile.digest_hour,
            next_at=due if profile.digest_enabled else None,
        ),
    )
    return answer_body(request, body)


@router.get(
    "/profile",
    responses={200: {"model": schemas.ProfileBody}, 304: {"description": "unchanged"}},
    summary="Your profile",
)
async def get_profile(request: Request, world: World, me: Me) -> Response:
    """What you told us of yourself."""
    with world.database.read() as session:
        profile = users.get(session, me.user_id).profile
    return answer_body(request, present.profile(profile))


@router.put("/profile", summary="Change your profile")
def put_profile(session: Write, me: Me, body: schemas.ProfileBody) -> schemas.ProfileBody:
    """Replaces the whole profile."""
    profile = accounts.checked(present.profile_from(body))
    users.set_profile(session, me.user_id, profile)
    return present.profile(profile)


@router.get(
    "/calendar",
    responses={200: {"model": schemas.CalendarOut}, 304: {"description": "unchanged"}},
    summary="Your subscription address",
)
async def get_calendar(request: Request, world: World, me: Me) -> Response:
    """The secret address of your calendar, with steps for each calendar program."""
    with world.database.read() as session:
        token = accounts.feed_token(session, world.keys, me.user_id)
    return answer_body(request, _calendar(world, token))


@router.post("/calendar/rotate", summary="Make a new subscription address")
def rotate_calendar(world: World, session: Write, me: Me) -> schemas.CalendarOut:
    """The old address stops working at once."""
    return _calendar(world, accounts.rotate_feed(session, world.keys, me.user_id))


def _calendar(world: Resources, token: str) -> schemas.CalendarOut:
    url = f"{world.settings.base_url}/calendar/{token}.ics"
    drawing = io.BytesIO()
    code = segno.make(webcal(url), error="m")
    code.save(
        drawing, kind="svg", scale=4, border=2, dark="#1d1b16", light="#ffffff", xmldecl=False
    )
    return schemas.CalendarOut(
        url=url,
        webcal_url=webcal(url),
        qr_svg=drawing.getvalue().decode(),
        clients=[
            schemas.ClientOut(
                name=client.name, url=client.url, steps=list(client.steps), delay=client.delay
            )
            for client in subscription_clients(url)
        ],
    )
