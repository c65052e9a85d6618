"""Invented feeds to measure with: distinct events as organizers write them, the same ones every day.

Nine in ten components are single events, the rest weekly series; every second feed repeats some
events of the one before it in other words, as aggregators do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

NOW = datetime.now(UTC).replace(  # noqa: TID251 -- the service measured reads the clock itself
    hour=0, minute=0, second=0, microsecond=0
)
FEED_SIZE = 5000
DAYS = 180
ZONE = "America/New_York"
_DATES_OF_SERIES = 10
_SERIES_SHARE = 0.1  # of the listings
_REPEATED_SHARE = 0.05  # of a feed's events stand in the next one too
_WORDS_IN_TEXT = 55  # at least; about 60 on average

_ADJECTIVES = [
    "Quarterly",
    "Autumn",
    "Downtown",
    "Harborside",
    "Annual",
    "Free",
    "Practical",
    "Open",
    "Regional",
    "Friendly",
    "Late",
    "Early",
    "Coastal",
    "Founders'",
    "Women's",
    "Volunteer",
    "Family",
    "Hidden",
    "Northern",
    "Creative",
    "Industrial",
    "Local",
    "Hands-on",
]
_SUBJECTS = [
    "Manufacturing",
    "Software",
    "Jazz",
    "Pottery",
    "Real Estate",
    "Product Design",
    "Coffee",
    "Biotech",
    "Marketing",
    "Chamber Music",
    "Gardening",
    "Finance",
    "Robotics",
    "Poetry",
    "Wine",
    "Running",
    "Astronomy",
    "Leadership",
    "Storytelling",
    "Cycling",
    "Data Science",
    "Nonprofit",
    "Architecture",
    "Sailing",
    "Film",
    "Baking",
    "Export",
    "Clean Energy",
    "Photography",
]
_FORMS = [
    "Mixer",
    "Breakfast",
    "Workshop",
    "Concert",
    "Panel",
    "Meetup",
    "Tasting",
    "Open House",
    "Lecture",
    "Festival",
    "Expo",
    "Class",
    "Gala",
    "Book Club",
    "Hackathon",
    "Roundtable",
    "Story Time",
    "Market",
    "Town Hall",
    "Luncheon",
    "Tour",
    "Game Night",
]
_STREETS = [
    "Water",
    "Mill",
    "Chapel",
    "Granite",
    "Orchard",
    "Ferry",
    "Lantern",
    "Summit",
    "Willow",
    "Foundry",
]
_HALLS = [
    "Hall",
    "Loft",
    "Library",
    "Brewery",
    "Center",
    "Gallery",
    "Theater",
    "Commons",
    "Chapel",
    "Works",
    "Garden",
]
_FIRST = [
    "Amber",
    "Beacon",
    "Cedar",
    "Dunmore",
    "Eastgate",
    "Fairlee",
    "Granby",
    "Hollis",
    "Ivory",
    "Juniper",
    "Kestrel",
]
_SECOND = [
    "Point",
    "Row",
    "House",
    "Yard",
    "Cove",
    "Bridge",
    "Quarter",
    "Lane",
    "Field",
    "Wharf",
    "Square",
    "Heights",
]
_CLAUSES = (
    "Doors open half an hour before the start and light refreshments are served",
    "Bring business cards and be ready to introduce yourself in thirty seconds",
    "Our {adjective} speakers talk about what changed in {subject} this year",
    "Registration is required because seats in the {hall} are limited",
    "Members attend free of charge, guests pay ${price} at the door",
    "Whether you are new to {subject} or have done it for {number} years you are welcome",
    "After the {form} there is time for questions, conversation and a short tour",
    "Parking is behind the building, the entrance is on {street} Street",
    "Hosted by the {first} {second} Association with support of {number} local employers",
    "The evening is led by a hiring manager of a {subject} company with {number} employees",
    "No experience in {subject} is needed, all materials are provided",
    "Please write to us {number} days ahead if you need an interpreter or step-free access",
)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True)
class Spec:
    """One component of a feed; `weeks` is 1 for a single event, else the dates of a series."""

    uid: str
    name: str
    text: str
    place: str
    host: str
    start: datetime
    minutes: int
    weeks: int = 1


def feeds(events: int, *, feed_size: int = FEED_SIZE) -> list[list[Spec]]:
    """Components of as many feeds as `events` listings fill."""
    made: list[list[Spec]] = []
    while sum(map(_listings, made)) < events:
        size = min(feed_size, events - sum(map(_listings, made)))
        made.append(feed(len(made), size, made[-1] if len(made) % 2 else ()))
    return made


def calendar(specs: list[Spec], *, stamp: datetime = NOW) -> bytes:
    """The feed as bytes: CRLF, folded at 75 octets, every component stamped with `stamp`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Bench//Feeds//EN",
        f"X-WR-TIMEZONE:{ZONE}",
    ]
    for spec in specs:
        lines += _component(spec, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{line}\r\n" for line in lines).encode()


def changed(specs: list[Spec], every: int) -> list[Spec]:
    """The feed with one word more in every so many descriptions."""
    return [
        replace(spec, text=f"{spec.text} Updated.") if n % every == 0 else spec
        for n, spec in enumerate(specs)
    ]


def _listings(specs: list[Spec]) -> int:
    return sum(spec.weeks for spec in specs)


def feed(number: int, size: int, earlier: Sequence[Spec] = ()) -> list[Spec]:
    """Components of one feed of so many listings, some of them retold from an earlier feed."""
    random = Random(number)
    series = int(size * _SERIES_SHARE / _DATES_OF_SERIES)
    specs = [_spec(random, f"{number}-s{n}", _DATES_OF_SERIES) for n in range(series)]
    singles = [spec for spec in earlier if spec.weeks == 1]
    repeated = random.sample(singles, min(len(singles), int(size * _REPEATED_SHARE)))
    specs += [_retold(random, spec, f"{number}-r{n}") for n, spec in enumerate(repeated)]
    return specs + [_spec(random, f"{number}-{n}", 1) for n in range(size - _listings(specs))]


def _spec(random: Random, uid: str, weeks: int) -> Spec:
    day = NOW + timedelta(days=random.randrange(1, DAYS - 7 * weeks))
    return Spec(
        uid=f"{uid}@bench.example",
        name=_filled(random, "{adjective} {subject} {form}"),
        text=_text(random),
        place=_filled(
            random, "{first} {second} {hall}, {address} {street} Street, Harbor Falls, MA"
        ),
        host=_filled(random, "{first} {second} Association"),
        start=day + timedelta(hours=random.randrange(8, 21), minutes=random.choice((0, 0, 30))),
        minutes=random.choice((60, 90, 120, 180)),
        weeks=weeks,
    )


def _retold(random: Random, spec: Spec, uid: str) -> Spec:
    ending = random.choice(("- RSVP", "in Harbor Falls", ""))
    name = f"{spec.name} {ending}".strip()
    return replace(spec, uid=f"{uid}@retold.example", name=name, text=spec.text[:200])


def _filled(random: Random, pattern: str) -> str:
    return pattern.format(
        adjective=random.choice(_ADJECTIVES),
        subject=random.choice(_SUBJECTS),
        form=random.choice(_FORMS),
        street=random.choice(_STREETS),
        hall=random.choice(_HALLS),
        first=random.choice(_FIRST),
        second=random.choice(_SECOND),
        number=random.randrange(3, 90),
        address=random.randrange(1, 900),
        price=random.randrange(5, 80),
    )


def _text(random: Random) -> str:
    sentences: list[str] = []
    for clause in random.sample(_CLAUSES, len(_CLAUSES)):
        sentences.append(f"{_filled(random, clause)}.")
        if sum(len(each.split()) for each in sentences) >= _WORDS_IN_TEXT:
            break
    return " ".join(sentences)


def _component(spec: Spec, stamp: datetime) -> Iterator[str]:
    end = spec.start + timedelta(minutes=spec.minutes)
    yield from ("BEGIN:VEVENT", f"UID:{spec.uid}", f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}")
    yield f"DTSTART;TZID={ZONE}:{spec.start:%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID={ZONE}:{end:%Y%m%dT%H%M%S}"
    if spec.weeks > 1:
        yield f"RRULE:FREQ=WEEKLY;COUNT={spec.weeks}"
    yield from _folded(f"SUMMARY:{spec.name.translate(_ESCAPES)}")
    yield from _folded(f"DESCRIPTION:{spec.text.translate(_ESCAPES)}")
    yield from _folded(f"LOCATION:{spec.place.translate(_ESCAPES)}")
    yield f'ORGANIZER;CN="{spec.host}":mailto:hello@bench.example'
    yield from _folded(f"URL:https://bench.example/events/{spec.uid.partition('@')[0]}")
    yield "END:VEVENT"


def _folded(line: str) -> Iterator[str]:
    """Folded at 75 octets (RFC 5545 3.1); the texts are ASCII."""
    yield line[:75]
    yield from (f" {line[at : at + 74]}" for at in range(75, len(line), 74))
