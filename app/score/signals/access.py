"""How one gets in."""

from app.score.signals.base import from_cues

SIGNALS = from_cues("access")
