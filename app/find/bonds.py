"""Which events a person's merges and splits send a listing to, or keep it from."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from app.model.curation import Bond, Mark, Said


class Bonds:
    """What people said of listings being of one event, or of two; `homes` is where each mark is."""

    def __init__(self, bonds: Iterable[Bond], homes: Mapping[Mark, UUID]) -> None:
        self._homes = dict(homes)
        self._at: defaultdict[Mark, list[tuple[int, Bond, int]]] = defaultdict(list)
        for place, bond in enumerate(bonds):  # the oldest first
            for side in (0, 1):
                for mark in bond.sides[side]:
                    self._at[mark].append((place, bond, side))

    def home_of(self, said: Said, away: Collection[UUID] = ()) -> UUID | None:
        """The event of those that the listing was merged with, by the last word on it.

        None of `away`, those that it was split from.
        """
        for _, bond, _ in sorted(self._meant(said), key=lambda each: -each[0]):
            if bond.together:
                for mark in sorted(bond.sides[0] | bond.sides[1], key=str):
                    home = self._homes.get(mark)
                    if home is not None and home not in away:
                        return home
        return None

    def away_from(self, said: Said) -> set[UUID]:
        """The events of those that the listing was split from."""
        return {
            self._homes[mark]
            for _, bond, side in self._meant(said)
            if not bond.together
            for mark in bond.sides[1 - side]
            if mark in self._homes
        }

    def settle(self, said: Said, event_id: UUID) -> None:
        """Remember where the listing went."""
        if self._at:
            self._homes.update(dict.fromkeys(said.marks(), event_id))

    def _meant(self, said: Said) -> list[tuple[int, Bond, int]]:
        return [each for mark in said.marks() for each in self._at.get(mark, ())]
