"""A new place to try: a visit suggestion with a window of dates, not a fake timed event."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scrapers.base import Evidence, OpeningListing, Place


@dataclass(frozen=True, slots=True)
class Voice:
    """A listing with the name of its source and that source's trust, 0 to 1."""

    source: str
    trust: float
    listing: OpeningListing


@dataclass(frozen=True, slots=True)
class Proof:
    """What one source gave us to think that the place is new; `words` are its own."""

    source: str
    evidence: Evidence
    opens: date | None = None
    precision: str = "day"
    said: date | None = None
    url: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A new place, merged from what its sources say.

    `kind` is one of scrapers.base.PLACE_KINDS. The visit is worth it from `first_day` to
    `last_day`; `opens` is the best known day of the opening, None where nobody says. `confidence`
    (0 to 1) is how sure we are that the place is new and open in the window. `chain`: a branch of
    many. `proofs` stand strongest first.
    """

    id: UUID
    name: str
    kind: str
    first_day: date
    last_day: date
    confidence: float
    opens: date | None = None
    precision: str = "day"
    location: Place | None = None
    url: str = ""
    chain: bool = False
    proofs: tuple[Proof, ...] = ()
