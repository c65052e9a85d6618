"""What people decided on an event, by facts that outlive its rows: marks, and what they mean.

A mark names the address of a source and what it says (its key for a listing, the listing's
fingerprint, a series), never a row of ours: whatever is wiped and read anew meets it again.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from app.model.event import Event
from scrapers.base import Place

HIDE, PIN, CORRECT, MERGE, SPLIT = ACTS = ("hide", "pin", "correct", "merge", "split")
EVENT, SERIES, SOURCE, BURST = SCOPES = ("event", "series", "source", "burst")

KEY, FINGERPRINT = "key", "fingerprint"  # kinds of a mark beside SERIES and SOURCE


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person puts in the place of what sources say; empty leaves it as it is."""

    name: str = ""
    url: str = ""
    place_name: str = ""

    def applied_to(self, event: Event) -> Event:
        """The event with what was corrected; a place of another name keeps its address."""
        place = event.location
        if self.place_name:
            place = replace(place or Place(), name=self.place_name)
        return replace(
            event, name=self.name or event.name, url=self.url or event.url, location=place
        )


@dataclass(frozen=True, slots=True)
class Said:
    """By what a listing is found again: its source's address, its key, fingerprint and series."""

    source_url: str
    key: str
    fingerprint: str
    series: str

    def marks(self) -> tuple["Mark", ...]:
        """What a decision on this listing alone holds for."""
        return (
            Mark(self.source_url, KEY, self.key),
            Mark(self.source_url, FINGERPRINT, self.fingerprint),
        )

    def all_marks(self) -> tuple["Mark", ...]:
        """Every mark that would hit this listing."""
        return (*self.marks(), Mark(self.source_url, SERIES, self.series), whole(self.source_url))


@dataclass(frozen=True, slots=True)
class Mark:
    """What a decision holds for: `kind` is key, fingerprint, series or source (empty `key`)."""

    source_url: str
    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One standing decision (of ACTS and SCOPES) with one of its marks."""

    act: str
    scope: str
    correction: Correction
    mark: Mark


@dataclass(frozen=True, slots=True)
class Bond:
    """A person's word that the listings on the two sides are one event (`together`), or are two.

    A listing is on a side if one of its marks is.
    """

    id: UUID
    together: bool
    sides: tuple[frozenset[Mark], frozenset[Mark]]


def whole(source_url: str) -> Mark:
    """The mark of everything that a source says."""
    return Mark(source_url, SOURCE)
