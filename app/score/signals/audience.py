"""Who the listing says it is for."""

from app.score.signals.base import from_cues

SIGNALS = from_cues("audience")
