"""What people's decisions mean for one event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.model.curation import (
    BURST,
    CORRECT,
    EVENT,
    HIDE,
    PIN,
    SERIES,
    SOURCE,
    Correction,
    Ruling,
    Said,
)
from app.model.event import Event


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the decisions mean for one event: hidden or not, whose listings are left out, and the
    corrections, oldest first.
    """

    hidden: bool = False
    muted: frozenset[Said] = frozenset()
    corrections: tuple[Correction, ...] = ()

    def applied_to(self, event: Event) -> Event:
        """The event with every correction; the last word on a field holds."""
        for correction in self.corrections:
            event = correction.applied_to(event)
        return event


def judge(listings: Sequence[Said], rulings: Iterable[Ruling]) -> Verdict:
    """What rulings, oldest first, mean for the event that these listings tell of.

    Hiding an event or a series holds for the event, whoever else lists it. Hiding a source, or a
    burst of it, silences its listings: the event stays while another source tells of it. A pin
    stands against all but the hiding of the event itself.
    """
    meant = {mark for said in listings for mark in said.all_marks()}
    found = [ruling for ruling in rulings if ruling.mark in meant]
    pinned = any(ruling.act == PIN for ruling in found)
    hides = [
        ruling for ruling in found if ruling.act == HIDE and (ruling.scope == EVENT or not pinned)
    ]
    muting = {ruling.mark for ruling in hides if ruling.scope in (SOURCE, BURST)}
    muted = frozenset(said for said in listings if not muting.isdisjoint(said.all_marks()))
    return Verdict(
        hidden=any(ruling.scope in (EVENT, SERIES) for ruling in hides)
        or (bool(listings) and muted.issuperset(listings)),
        muted=muted,
        corrections=tuple(ruling.correction for ruling in found if ruling.act == CORRECT),
    )
