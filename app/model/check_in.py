"""What a person tells of an event afterwards, and what was foretold of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.model.learnt import Group


@dataclass(frozen=True, slots=True)
class Forecast:
    """What we said before the event of its room, for anybody.

    `chance` 0..1 is `any_field` as it was shown, `raw` the same before it was recalibrated by the
    person's own visits; `talks` the number of new conversations and
    `share` 0..1 of the people who hire, both without what was learned from the person.
    """

    chance: float
    talks: float
    share: float
    raw: float


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Ten seconds after an event, all optional (SCORING.md 8); None is "not said".

    `start` is the event's aware UTC start. `talked` counts new people really talked with (0, 1.5,
    4, 8, 13 stand for 0, 1–2, 3–5, 6–10, more), `hirers` how many of them hire (3 for three or
    more), `met_hirer` whether any did where only yes or no is told. `groups` names what the event
    shares with others.
    """

    event_id: UUID
    start: datetime
    went: bool
    forecast: Forecast
    talked: float | None = None
    hirers: int | None = None
    met_hirer: bool | None = None
    in_field: bool | None = None
    again: bool | None = None
    groups: tuple[Group, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether the person talked with somebody who hires; None where that is not said."""
        if not self.went:
            return None
        return self.met_hirer if self.hirers is None else self.hirers > 0
