"""Who invites."""

from app.score.signals.base import from_cues

SIGNALS = from_cues("organizer")
