"""Which events a person's merges and splits send a listing to, or keep it from."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.model.curation import Bond, Mark, Said


class Bonds:
    """What people said of listings being of one event, or of two; `homes` is where each mark is."""

    def __init__(self, bonds: Iterable[Bond], homes: Mapping[Mark, UUID]) -> None:
        self._bonds = tuple(bonds)
        self._homes = dict(homes)

    def home_of(self, said: Said) -> UUID | None:
        """The event of those that the listing was merged with, by the last word on it."""
        away = self.away_from(said)
        for bond in reversed(self._bonds):
            if bond.together and _sides(bond, said):
                for mark in sorted(bond.sides[0] | bond.sides[1], key=str):
                    home = self._homes.get(mark)
                    if home is not None and home not in away:
                        return home
        return None

    def away_from(self, said: Said) -> set[UUID]:
        """The events of those that the listing was split from."""
        return {
            self._homes[mark]
            for bond in self._bonds
            if not bond.together
            for side in _sides(bond, said)
            for mark in bond.sides[1 - side]
            if mark in self._homes
        }

    def settle(self, said: Said, event_id: UUID) -> None:
        """Remember where the listing went."""
        self._homes.update(dict.fromkeys(said.marks(), event_id))


def _sides(bond: Bond, said: Said) -> list[int]:
    return [side for side in (0, 1) if not bond.sides[side].isdisjoint(said.marks())]
