"""Times that are taken: (start, end), aware, nothing of what for."""

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in their order, those that overlap or touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
