"""What we make of one listing, kept beside the event: everything but the person."""

from dataclasses import dataclass

FAMILIES = ("audience", "topic", "organizer", "venue", "price", "access", "time")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of evidence: its signal, the listing's own words, and what it moves.

    `value` is the log ratio, damped inside its family; `deviation` its standard deviation.
    """

    signal: str
    family: str
    value: float
    deviation: float
    phrase: str = ""
    basis: str = "J"


@dataclass(frozen=True, slots=True)
class Piece:
    """One learned contribution: what it moves by how much, and the listing's words behind it."""

    value: float
    phrase: str


@dataclass(frozen=True, slots=True)
class Room:
    """The event if it is of this kind; `probability` says how likely that is.

    `share` is the log-odds of the share who hire, `talks` the log of new conversations, each with
    its standard deviation. `kind_share` and `kind_talks` are what the kind moved of them,
    `scales` the factor of each family (in the order of `FAMILIES`) after damping and clipping,
    `form_scale` the one of the form, `hours` the part of a long or short evening.
    """

    kind: str
    probability: float
    share: float
    share_deviation: float
    talks: float
    talks_deviation: float
    kind_share: float
    kind_talks: float
    scales: tuple[float, ...]
    form_scale: float = 1.0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """The intrinsic part of a score, ready to be stored as JSON.

    `model` names the version that made it; another version must read the event again. `weight` is
    m, `spread` k, `entry` the chance to get in (h), `gate` what the circle and the etiquette leave
    (1 if all). `crafts`, `trades`, `interests` are bit masks over the tables of `person`.
    `withheld` is why the event is not suggested at all: "" or `circle`, `grief`, `called_off`.
    """

    model: str
    kind: str
    rooms: tuple[Room, ...]
    parts: tuple[Part, ...]
    form: tuple[Part, ...]
    learned_share: tuple[Piece, ...]
    learned_talks: tuple[Piece, ...]
    weight: float
    spread: float
    entry: float
    gate: float
    circle: float
    any_field: float
    circle_phrase: str = ""
    withheld: str = ""
    entry_phrase: str = ""
    executives: bool = False
    work: bool = False
    crafts: int = 0
    trades: int = 0
    interests: int = 0
