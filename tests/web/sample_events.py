"""About 25 invented events of one week in an invented city, in the shape of docs/api-contract.md."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Json = dict[str, object]

CITY_ZONE = "America/Chicago"
START_POINTS = 17.0


@dataclass(frozen=True)
class Sample:
    """One event in short: day and hour count from the first day, `reasons` are (points, text, phrase)."""

    name: str
    kind: str
    day: int
    hour: float
    hours: float
    place: str
    reasons: tuple[tuple[float, str, str], ...]
    price: int | tuple[int, int] | None = None
    km: float = 3.0
    organizer: str = "Harbor Falls Chamber of Commerce"
    circle: float = 0.02
    status: str = "scheduled"
    mode: str = "offline"
    zone: str = CITY_ZONE
    all_day: bool = False
    busy: bool = False
    advice: str = "Arrive in the first half hour, when people still stand alone."
    sources: tuple[str, ...] = ("Harbor Falls Chamber",)
    details: Json = field(default_factory=dict)


MIX = (33.2, "Mixers let you talk with about 7 new people", "after-hours mixer")
OWNERS = (18.6, "Mixers draw more people who run businesses", "owners and managers")
CHAMBER = (6.4, "Run by the chamber of commerce", "Chamber of Commerce")
EVENING = (1.3, "On a weekday evening, when working people are free", "")
ROWS = (-8.1, "Seats in rows leave little chance to talk", "reserved seating")
TALK = (11.7, "Talks by practitioners draw people of the trade", "panel of directors")
FREE = (-0.3, "Free of charge, so a mixed crowd", "free admission")
BAR = (0.4, "Held where people stand and move", "taproom")

SAMPLES = (
    Sample("Chamber After Hours at Copper Kettle Brewing", "business_mixer", 1, 17.5, 2, "Copper Kettle Brewing", (MIX, OWNERS, CHAMBER, EVENING, BAR), 1500, 1.9, sources=("Harbor Falls Chamber", "Copper Kettle", "City Calendar"), advice="Arrive at 5:30 PM, before the groups have formed, and go alone: people talk to those who stand alone."),
    Sample("Harbor Valley Manufacturers’ Breakfast", "business_mixer", 2, 7.25, 1.75, "Lakeside Hotel, Ballroom B", ((29.1, "Round tables, about 6 people to talk with", "seated at tables of eight"), (21.4, "Plant managers are named as the audience", "for plant managers and owners"), (5.5, "A price that companies pay", "$45"), (-1.6, "An early hour few enjoy", "7:15 am")), 4500, 6.2, "Harbor Valley Manufacturers"),
    Sample("Founders & Funders Night", "hackathon_startup", 3, 18, 3, "The Foundry, 2nd floor", ((26.3, "Founders hire first of all", "founders and early teams"), (14.9, "An hour of open talk is on the programme", "open networking until 9"), (2.2, "In a shared office", "The Foundry"), FREE), 0, 2.4, "Harbor Falls Startup Week", sources=("The Foundry", "Startup Week")),
    Sample("Rotary Club Lunch: guests welcome", "club_association", 2, 12, 1.25, "Harbor Grill", ((24.8, "Service clubs are full of people who run things", "business and civic leaders"), (9.5, "Small tables, the same people every week", "guests welcome"), (0.4, "At lunch", ""), (-0.2, "Few guests a week", "")), 2200, 1.1, "Rotary Club of Harbor Falls"),
    Sample("Riverside Conservancy Gala", "fundraiser_gala", 4, 18.5, 4, "Old Customs House", ((22.4, "Galas draw people who give, and many of them run companies", "patrons and sponsors"), (8.2, "An hour of cocktails before dinner", "cocktail hour 6:30"), (4.1, "A high price", "$150–$400"), (-3.3, "A seated dinner ties you to one table", "seated dinner")), (15000, 40000), 3.3, "Riverside Conservancy"),
    Sample("Data & Drinks: analytics meetup", "professional_talk", 1, 18.5, 2.5, "Byte House", (TALK, (10.4, "Half of the evening is open talk", "drinks after"), (5.2, "Teams that hire sponsor it", "sponsored by Northlight"), FREE), 0, 4.4, "Harbor Falls Data", sources=("Byte House", "Meetup-like"), busy=True),
    Sample("Women Who Lead: quarterly round table", "professional_talk", 3, 8, 2, "Public Library, Reading Room", (TALK, (16.1, "Directors are named as the audience", "for women in leadership"), (3.2, "Round tables", "round table")), 1000, 0.8, "Lead Here"),
    Sample("Build Day with Homes Together", "volunteering", 5, 9, 4, "418 Alder Street", ((12.1, "Four hours side by side with about 5 people", "teams of six"), (7.7, "Companies send their staff", "corporate teams join us"), FREE), 0, 7.8, "Homes Together", advice="Ask to join a team you do not know."),
    Sample("Career Pivot Happy Hour", "business_mixer", 2, 17.5, 2, "Third Street Taproom", ((27.3, "Mixers let you talk with about 7 new people", "happy hour"), (-22.5, "May be mostly people between jobs", "thinking about your next step")), 0, 2.2, "Pivot Collective", circle=0.46),
    Sample("Harbor Falls Job Fair", "conference_expo", 3, 10, 5, "Exhibition Hall", ((-11.0, "Made for people who look for work", "job seekers welcome"),), 0, 5.1, "Workforce Board", circle=0.94),
    Sample("Chamber Music: Late Quartets", "spectator_show", 4, 19.5, 2, "St. Olave’s Hall", ((1.1, "Classical audiences include many professionals", ""), (-7.9, "Shows give little chance to talk", "concert"), ROWS, (1.5, "A price that keeps to the interested", "$35")), 3500, 2.0, "Harbor Chamber Players"),
    Sample("Opening Day: Gull & Anchor Coffee", "opening_market_festival", 5, 8, 6, "Gull & Anchor Coffee", ((9.4, "The owner greets everybody on opening day", "meet the owner"), (3.3, "Neighbors and other shop owners come to look", "neighborhood merchants"), (-2.2, "Short visits", "")), None, 1.4, "Gull & Anchor"),
    Sample("Sunday Worship and Coffee Hour", "faith_community", 6, 10, 2, "Grace on the Hill", ((6.6, "Coffee hour with people of all trades", "coffee hour follows"), (-4.1, "People come for another reason", "")), 0, 2.9, "Grace on the Hill"),
    Sample("Grief Support Circle", "support_health", 2, 18, 1.5, "Harbor Hospice House", ((-10.5, "People come here for support", "support circle"),), 0, 4.0, "Harbor Hospice"),
    Sample("Saturday Morning Golf Scramble", "sport_play", 5, 7.5, 5, "Bluff Point Golf Club", ((15.2, "Four hours with three people", "teams of four"), (9.1, "At the weekend golf draws people who run firms", "scramble"), (-1.1, "Few people in all", "")), 8500, 14.6, "Bluff Point"),
    Sample("Toddler Story Time", "family_kids", 1, 10, 0.75, "Public Library, Children’s Room", ((-12.2, "Parents look after their children", "ages 1 to 3"),), 0, 0.8, "Public Library"),
    Sample("City Council: Harbor Plan Hearing", "civic_public", 1, 19, 2, "City Hall", ((7.1, "Developers and employers come to speak", "public comment"), ROWS), 0, 1.3, "City of Harbor Falls"),
    Sample("Intro to Welding, one evening", "class_workshop", 3, 18, 3, "Makers’ Yard", ((4.4, "Side by side with 9 others", "class of ten"), (-1.9, "Learners more than employers", "no experience needed")), 6000, 5.5, "Makers’ Yard"),
    Sample("Natural Wine Tasting", "food_drink", 4, 18, 2, "Cellar Nine", ((12.8, "Standing tastings mix people", "walk-around tasting"), (2.9, "A price that draws people in work", "$40")), 4000, 1.7, "Cellar Nine"),
    Sample("Board Game Night", "hobby_social", 6, 18, 4, "The Meeple", ((3.3, "Hours at one table", "all evening"), (-2.4, "A general public", "")), 500, 3.6, "The Meeple"),
    Sample("Gallery Walk: Winter Light", "art_literary", 4, 17, 4, "Canal Street galleries", ((8.8, "Owners stand at the door of every gallery", "meet the artists"), FREE), 0, 1.6, "Canal Street", all_day=False),
    Sample("Great Lakes Supply Chain Expo", "conference_expo", 2, 0, 48, "Lakeshore Convention Center", ((24.2, "Two days among people of the trade", "300 exhibitors"), (10.8, "Exhibitors are employers", "exhibitors")), (9900, 24900), 38.0, "Great Lakes Logistics", all_day=True),
    Sample("Remote Leadership Webinar", "professional_talk", 2, 13, 1, "", ((-9.4, "Online there is little chance to talk", "webinar"), (2.1, "Managers are named", "for team leads")), 0, 0.0, "Eastline Academy", mode="online", zone="America/New_York"),
    Sample("Harbor Falls Toastmasters", "club_association", 1, 18.5, 1.5, "Union Hall", ((13.3, "Everybody speaks with everybody", "guests speak too"), (3.5, "Many are managers", "")), 0, 2.7, "Toastmasters", status="cancelled"),
    Sample("<img src=x onerror=\"document.title='owned'\"> & <b>Bold</b> Mixer", "business_mixer", 6, 16, 2, "<script>alert(1)</script> Hall", ((19.0, "Mixers let you talk with <i>new</i> people", "\"><svg onload=alert(1)>"),), 1000, 9.9, "<u>Org</u>"),
)  # fmt: skip


def instant(moment: datetime) -> str:
    """An aware moment as RFC 3339 UTC with Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def summary(number: int, sample: Sample, first_day: datetime) -> Json:
    """The `EventSummary` of a sample; `first_day` is a local midnight in the city."""
    local = (first_day + timedelta(days=sample.day)).replace(tzinfo=ZoneInfo(sample.zone))
    start = local + timedelta(hours=sample.hour)
    end = start + timedelta(hours=sample.hours)
    shape = "%Y-%m-%d" if sample.all_day else "%Y-%m-%dT%H:%M:%S"
    return {
        "id": f"0198-{number:04d}", "name": sample.name, "start": instant(start), "end": instant(end),
        "time_zone": sample.zone, "local_start": start.strftime(shape), "local_end": end.strftime(shape),
        "all_day": sample.all_day, "location": location(sample),
        "distance_km": None if sample.mode == "online" else sample.km,
        "organizer": {"name": sample.organizer, "url": "https://example.org/organizer"},
        "price": price(sample.price), "event_status": sample.status, "event_attendance_mode": sample.mode,
        "kind": sample.kind, "categories": [], "url": "https://example.org/event", "image": "", "series": "",
        "sources": list(sample.sources), "score": score(sample), "choice": None,
        "busy": sample.busy,
    }  # fmt: skip


def location(sample: Sample) -> Json | None:
    """The place, none for an online event."""
    if not sample.place:
        return None
    return {
        "name": sample.place,
        "address": "12 Quay Street, Harbor Falls",
        "latitude": 41.9,
        "longitude": -87.6,
    }


def price(cents: int | tuple[int, int] | None) -> Json:
    """Whole cents, a span of them, or unknown."""
    least, most = cents if isinstance(cents, tuple) else (cents, cents)
    free = None if least is None else most == 0
    return {"free": free, "min": least, "max": most, "currency": "USD", "sold_out": False}


def score(sample: Sample) -> Json:
    """The `score` whose parts add up exactly."""
    chance = total(sample.reasons)
    return {
        "any_field": chance, "your_field": chance * 0.6, "low": max(0.0, chance - 0.14 * (0.4 + chance)),
        "high": min(1.0, chance + 0.13 * (0.4 + chance)), "confidence": "fair", "circle": sample.circle,
        "circle_phrase": sample.reasons[-1][2] if sample.circle > 0.2 else "", "hirers": chance * 2.6, "headline": sample.reasons[0][1],
    }  # fmt: skip


def total(reasons: tuple[tuple[float, str, str], ...]) -> float:
    """Start and points as a chance, 0..1."""
    return (START_POINTS + sum(points for points, _, _ in reasons)) / 100


def detail(event: Json, sample: Sample) -> Json:
    """The `EventDetail` of a sample, from its summary."""
    base = "https://calendar.example.org/add"
    return event | {
        "description": description(sample), "advice": sample.advice, "virtual_location": "", "performers": [],
        "reasons": reasons(sample, 1.0), "start_points": START_POINTS,
        "your_reasons": reasons(sample, 0.6), "your_start_points": START_POINTS * 0.6,
        "links": {"ics": f"/api/v1/events/{event['id']}.ics", "google": base, "outlook": base, "office365": base, "yahoo": base},
        "listings": [
            {"id": number, "source": name, "source_id": name.lower().replace(" ", "-"), "url": "https://example.org/listing", "name": sample.name, "start": event["start"], "seen_at": event["start"]}
            for number, name in enumerate(sample.sources)
        ],
    }  # fmt: skip


def description(sample: Sample) -> str:
    """A few plain sentences as organizers write them."""
    return (
        f"Join {sample.organizer} at {sample.place or 'your desk'}.\n\nCome as you are, bring a friend or "
        "come alone: most of us did the first time. Light food is served, and there is time to talk before "
        "and after. Please let us know if you need a ramp or a quiet corner.\n\nParking is free on Quay "
        "Street after five. The nearest stop is Customs House, lines 4 and 11. Doors open a quarter of an "
        "hour early, and nobody minds if you have to leave before the end."
    )


def reasons(sample: Sample, factor: float) -> list[Json]:
    """The reasons of a sample, scaled."""
    return [
        {"family": "kind", "signal": f"s{n}", "points": points * factor, "text": text, "phrase": phrase, "basis": "DSJL"[n % 4]}
        for n, (points, text, phrase) in enumerate(sample.reasons)
    ]  # fmt: skip
