"""What the place is for: its function, never what neighborhood it lies in."""

from app.score.signals.base import from_cues

SIGNALS = from_cues("venue")
