"""Where a text is, by Nominatim: geopy speaks its language, our one door carries the requests."""

import asyncio
import json
from datetime import datetime
from math import cos, radians
from urllib.parse import urlsplit

from geopy.adapters import BaseAsyncAdapter
from geopy.exc import GeocoderParseError, GeocoderUnavailable, GeopyError
from geopy.geocoders import Nominatim

from app.errors import FetchError, Invalid, Unavailable
from app.gateways.http import Client, FetchRequest
from app.model.place import Point

KM_PER_DEGREE = 111.2


class Geocoder:
    """Asks the service at `url` (such as `https://nominatim.example`); raises Invalid for no such.

    Its User-Agent is ours, with the operator's contact. At most one question is under way, and the
    next begins no sooner than `pause` seconds after it.
    """

    def __init__(self, client: Client, url: str, now: datetime, *, pause: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            message = "GOMEET_GEOCODER_URL must be an address like https://nominatim.example."
            raise Invalid(message, "GEOCODER_URL")
        self._service = Nominatim(
            scheme=parts.scheme,
            domain=parts.netloc + parts.path.rstrip("/"),
            user_agent=client.user_agent,
            adapter_factory=lambda **_: _Door(client, now),
        )
        self._pause = pause
        self._turn = asyncio.Lock()

    async def locate(self, text: str, near: Point | None, km: float) -> Point | None:
        """Degrees of what the text names, within `km` of `near` if given; None if it finds nothing.

        Raises Unavailable where the service does not answer, or not with coordinates.
        """
        box = _box(near, km) if near else None
        async with self._turn:
            try:
                found = await self._service.geocode(text, viewbox=box, bounded=bool(box))
                return found and _on_earth(float(found.latitude), float(found.longitude))
            except (GeopyError, TypeError, ValueError, LookupError, AttributeError) as error:
                message = f"The geocoder gave no answer: {type(error).__name__}."
                raise Unavailable(message) from error
            finally:
                await asyncio.sleep(self._pause)


class _Door(BaseAsyncAdapter):  # type: ignore[misc] # geopy has no types
    """Carries geopy's requests through the one client, with all its limits."""

    def __init__(self, client: Client, now: datetime) -> None:
        super().__init__(proxies=None, ssl_context=None)
        self._client = client
        self._now = now

    async def get_text(self, url: str, **_: object) -> str:
        """The answer; time and agent are the client's own. Raises GeocoderUnavailable."""
        request = FetchRequest(
            url, self._now, accept="application/json", keyed=False, ask_robots=False
        )
        try:
            return (await self._client.fetch(request)).content.decode()
        except FetchError as error:
            raise GeocoderUnavailable(str(error)) from error

    async def get_json(self, url: str, **_: object) -> object:
        """The answer, read. Raises GeocoderUnavailable, GeocoderParseError."""
        try:
            return json.loads(await self.get_text(url))
        except ValueError as error:
            raise GeocoderParseError(str(error)) from error


def _box(near: Point, km: float) -> list[Point]:
    high = km / KM_PER_DEGREE
    wide = high / max(0.1, cos(radians(near[0])))
    return [(near[0] - high, near[1] - wide), (near[0] + high, near[1] + wide)]


def _on_earth(latitude: float, longitude: float) -> Point | None:
    """The point, None for what is nowhere: 0/0 is how a failed look-up speaks (CASES F3)."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude, longitude) == (0, 0):
        return None
    return latitude, longitude
