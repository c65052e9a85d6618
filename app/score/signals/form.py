"""What the form does to the number of new people one talks with (SCORING.md 3, multipliers on μ)."""

from app.score.facts import Facts
from app.score.signals.base import Signal, from_cues


def _place(facts: Facts) -> str | None:
    """A place that is an address on the net, unless the words say so already."""
    if not facts.online or "form.online" in facts.hits:
        return None
    return (facts.event.location and facts.event.location.name) or "online"


SIGNALS = (
    *from_cues("form"),
    Signal(
        "form.online_place", "form", 0.1, (0.05, 0.3), "S", "SCORING.md 3, online",
        "it is online", _place, "Ask a question by name and write to the speaker afterwards.",
    ),
)  # fmt: skip
