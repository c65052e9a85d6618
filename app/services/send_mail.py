"""Empty the outbox: phase by phase, so that we know what a failure means (SECURITY.md 4.6)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.errors import MailError, NotFound
from app.find.interval import backed_off
from app.gateways import smtp
from app.services.resources import Resources
from app.store import outbox, users
from app.store.outbox import Parcel

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=2)
RETRY_CEILING = timedelta(hours=6)
RESEND_AFTER = timedelta(minutes=30)
BATCH = 100


def send_due(world: Resources, clock: Callable[[], datetime]) -> int:
    """Send what is due, one message after the other; how many were accepted.

    Several processes may run this at once: each message is claimed by one, and the number of its
    claim is checked before the final dot and after it.
    """
    sent = 0
    relay = smtp.relay_from(world.settings)
    if relay is None:
        return sent
    for _ in range(BATCH):
        now = clock()
        with world.database.write() as session:
            outbox.expire(session, now)
            parcel = outbox.claim(session, now)
        if parcel is None:
            break
        sent += _deliver(world, relay, parcel, clock)
    return sent


def _deliver(
    world: Resources, relay: smtp.Relay, parcel: Parcel, clock: Callable[[], datetime]
) -> bool:
    if not _still_wanted(world, parcel):
        _settle(world, parcel, state="cancelled")
        return False
    if parcel.dots_sent >= _dots_allowed(world):
        # Whoever sent the last dot died before the answer, or before noting it.
        _settle(world, parcel, state="uncertain", error="The answer to the final dot was lost.")
        return False
    try:
        smtp.send(
            parcel.message,
            world.settings.mail_from,
            parcel.recipient,
            relay,
            before_dot=lambda: _count_dot(world, parcel),
        )
    except _Overtaken:
        return False
    except MailError as error:
        _failed(world, parcel, error, clock())
        return False
    _settle(world, parcel, state="sent", sent_at=clock())
    return True


def _still_wanted(world: Resources, parcel: Parcel) -> bool:
    if parcel.user_id is None:
        return parcel.recipient == world.settings.operator_email
    with world.database.read() as session:
        try:
            return users.get(session, parcel.user_id).profile.digest_enabled
        except NotFound:  # the account was deleted, and the message with it
            return False


def _dots_allowed(world: Resources) -> int:
    """How often the final dot of one message may go out without an answer."""
    return 2 if world.settings.mail_uncertain == "resend" else 1


class _Overtaken(Exception):  # noqa: N818
    """The claim is lost or the message withdrawn: what is on the wire must stay without its dot."""


def _count_dot(world: Resources, parcel: Parcel) -> None:
    with world.database.write() as session:
        if not outbox.count_dot(session, parcel):
            raise _Overtaken


def _failed(world: Resources, parcel: Parcel, error: MailError, now: datetime) -> None:
    log.warning("mail %s: %s (%s)", parcel.id, error, error.state)
    if error.state == "uncertain":
        _uncertain(world, parcel, str(error), now)
    elif error.state == "failed":
        _settle(world, parcel, state="failed", error=str(error))
    else:
        wait = backed_off(parcel.attempt, FIRST_RETRY, RETRY_CEILING)
        _settle(
            world,
            parcel,
            state="pending",
            error=str(error),
            not_before=now + wait,
            dots_sent=parcel.dots_sent,  # if there was a dot, the server has refused it
        )


def _uncertain(world: Resources, parcel: Parcel, error: str, now: datetime) -> None:
    """The server may have it: send the same bytes once more, or hold, as the operator wishes."""
    if parcel.dots_sent + 1 < _dots_allowed(world):
        _settle(world, parcel, state="pending", error=error, not_before=now + RESEND_AFTER)
    else:
        _settle(world, parcel, state="uncertain", error=error)


def _settle(
    world: Resources,
    parcel: Parcel,
    *,
    state: str,
    error: str = "",
    not_before: datetime | None = None,
    sent_at: datetime | None = None,
    dots_sent: int | None = None,
) -> None:
    with world.database.write() as session:
        outbox.settle(
            session,
            parcel,
            state=state,
            error=error,
            not_before=not_before,
            sent_at=sent_at,
            dots_sent=dots_sent,
        )
