"""The evidence a listing can give, one module for each family."""

from app.score.signals import access, audience, form, organizer, price, time, topic, venue
from app.score.signals.base import Signal

SHARE_SIGNALS: tuple[Signal, ...] = (
    *audience.SIGNALS,
    *topic.SIGNALS,
    *organizer.SIGNALS,
    *venue.SIGNALS,
    *price.SIGNALS,
    *access.SIGNALS,
    *time.SIGNALS,
)
FORM_SIGNALS: tuple[Signal, ...] = form.SIGNALS

__all__ = ["FORM_SIGNALS", "SHARE_SIGNALS", "Signal"]
