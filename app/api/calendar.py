"""What stands outside the versioned API: the subscribed feed and the way off the mailing list."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.api.conditional import answer
from app.api.deps import World, resources
from app.api.quick import PlainRoute
from app.publish.pages import unsubscribe_page
from app.services import calendar, unsubscribe

router = APIRouter(include_in_schema=False)

FEED_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Disposition": "inline",
}


async def get_feed(request: Request) -> Response:
    """The feed behind the secret address; 404, always the same, for any other.

    A plain route, because calendars ask all day, mostly for what they have already.
    """
    world, token = await resources(request), request.path_params["token"]
    feed = calendar.feed_of(world.database, world.keys, world.feeds, token, world.settings.base_url)
    return answer(
        request,
        feed.content,
        feed.etag,
        media_type="text/calendar; charset=utf-8",
        headers=FEED_HEADERS,
    )


router.add_api_route(
    "/calendar/{token}.ics", get_feed, methods=["GET", "HEAD"], route_class_override=PlainRoute
)


@router.get("/unsubscribe/{token}")
async def ask_to_unsubscribe(world: World, token: str) -> HTMLResponse:
    """A page with a button. Looking changes nothing: mail scanners follow links (CASES I5)."""
    unsubscribe.owner(world.keys, token)
    return HTMLResponse(unsubscribe_page(done=False), headers={"Cache-Control": "no-store"})


@router.post("/unsubscribe/{token}")
def do_unsubscribe(world: World, token: str) -> HTMLResponse:
    """RFC 8058: works without a login, for the button and for mail programs alike."""
    with world.database.write() as session:
        unsubscribe.unsubscribe(session, world.keys, token)
    return HTMLResponse(unsubscribe_page(done=True), headers={"Cache-Control": "no-store"})
