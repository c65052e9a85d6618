"""What it is about, where the topic says something of who comes."""

from app.score.signals.base import from_cues

SIGNALS = from_cues("topic")
