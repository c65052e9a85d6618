"""The operator's keys for platforms that want one: put on at the door, and nowhere else.

An address is stored, shown, logged and handed to parsers without its key. The key joins the request
at the last moment, only over https and only at the host that it is for; no redirect carries it to
another host, and one that repeats it in its `Location` has it taken out (CASES A15).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote_plus, urlsplit

from pydantic import SecretStr

from app.errors import FetchError
from app.gateways.urls import Target
from app.gateways.verdicts import failure
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a platform wants its key: in a parameter of the query, or ("") as a bearer token."""

    platform: str
    key: Callable[[Settings], SecretStr]
    setting: str
    parameter: str = ""


SLOTS: Mapping[str, Slot] = {
    "app.ticketmaster.com": Slot(
        "Ticketmaster", lambda has: has.ticketmaster_key, "GOMEET_TICKETMASTER_KEY", "apikey"
    ),
    "api.seatgeek.com": Slot(
        "SeatGeek", lambda has: has.seatgeek_key, "GOMEET_SEATGEEK_KEY", "client_id"
    ),
    "rest.bandsintown.com": Slot(
        "Bandsintown", lambda has: has.bandsintown_key, "GOMEET_BANDSINTOWN_KEY", "app_id"
    ),
    "www.eventbriteapi.com": Slot(
        "Eventbrite", lambda has: has.eventbrite_key, "GOMEET_EVENTBRITE_KEY"
    ),
    "api.predicthq.com": Slot("PredictHQ", lambda has: has.predicthq_key, "GOMEET_PREDICTHQ_KEY"),
}
_BEARER_PARAMETERS = frozenset({"token", "access_token"})  # what people paste in place of a field


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that the operator has set, by host."""

    secrets: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Keys":
        """As the settings have them; those that are empty are none."""
        given = {host: slot.key(settings).get_secret_value() for host, slot in SLOTS.items()}
        return cls({host: key.strip() for host, key in given.items() if key.strip()})

    def put_on(self, target: Target, origin: Target) -> tuple[Target, dict[str, str]]:
        """What goes on the wire for `target`: its address and the fields beside the usual ones.

        Both are as they were where no key is wanted, where a redirect has led from the host of
        `origin`, or where the address brings a key of its own. Raises FetchError (outcome
        `keyless`) where one is wanted and there is none.
        """
        slot = SLOTS.get(target.host)
        if slot is None or target.host != origin.host or _is_set(target, slot):
            return target, {}
        if target.scheme != "https":
            raise _keyless(
                target, f"{slot.platform} gets its key over https alone; write https://."
            )
        key = self.secrets.get(target.host)
        if key is None:
            raise _keyless(target, f"{slot.platform} wants a key of yours: set {slot.setting}.")
        if not slot.parameter:
            return target, {"Authorization": f"Bearer {key}"}
        joint = "&" if "?" in target.path else "?"
        return replace(
            target, path=f"{target.path}{joint}{slot.parameter}={quote(key, safe='')}"
        ), {}

    def refused(self, target: Target) -> FetchError:
        """What a refusal (401) of a request means that had the operator's key."""
        slot = SLOTS[target.host]
        return _keyless(target, f"{slot.platform} does not accept the key in {slot.setting}.")

    def without(self, target: Target, origin: Target) -> Target:
        """Where a redirect leads, without the key of `origin`. Raises FetchError if one stays."""
        key = self.secrets.get(origin.host)
        if key is None:
            return target
        parts = _query(target.path)
        kept = [part for part in parts if unquote_plus(part.partition("=")[2]) != key]
        cleaned = target if kept == parts else _with_query(target, kept)
        if key in unquote_plus(cleaned.url):
            raise failure("broken", f"{origin.host}: a redirect repeats our key")
        return cleaned


def keyless_address(address: str) -> str:
    """A checked address of a keyed platform without the key that somebody pasted with it."""
    slot = SLOTS.get(urlsplit(address).hostname or "")
    path, mark, query = address.partition("?")
    if slot is None or not mark:
        return address
    kept = "&".join(part for part in query.split("&") if not _is_key(part, slot))
    return f"{path}?{kept}" if kept else path


def _keyless(target: Target, message: str) -> FetchError:
    return FetchError("keyless", message, detail=f"{target.host}: no good key")


def _is_set(target: Target, slot: Slot) -> bool:
    return any(_is_key(part, slot) for part in _query(target.path))


def _is_key(part: str, slot: Slot) -> bool:
    name = unquote_plus(part.partition("=")[0]).lower()
    return name == slot.parameter or (not slot.parameter and name in _BEARER_PARAMETERS)


def _query(path: str) -> list[str]:
    query = path.partition("?")[2]
    return query.split("&") if query else []


def _with_query(target: Target, parts: list[str]) -> Target:
    path = target.path.partition("?")[0]
    return replace(target, path=f"{path}?{'&'.join(parts)}" if parts else path)
