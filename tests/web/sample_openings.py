"""New places as the API gives them: a sure one, one that only a licence knows, a branch of a chain."""

from datetime import datetime, timedelta

from tests.web.sample_events import Json

LINKS: Json = {
    "ics": "/api/v1/openings/o1.ics?day=2026-11-25&zone=America/Chicago",
    "google": "https://calendar.google.com/calendar/render?action=TEMPLATE",
    "outlook": "https://outlook.live.com/",
    "office365": "https://outlook.office.com/",
    "yahoo": "https://calendar.yahoo.com/",
}


def openings(now: datetime) -> list[Json]:
    """Three of them around `now`."""
    today = now.date()

    def one(number: int, name: str, kind: str, **more: object) -> Json:
        return {
            "id": f"o{number}",
            "name": name,
            "kind": kind,
            "location": {"name": name, "address": "7 Lantern Street", "latitude": 41.9, "longitude": -87.6},
            "distance_km": 1.4,
            "opens": None,
            "precision": "day",
            "first_day": today.isoformat(),
            "last_day": (today + timedelta(weeks=6)).isoformat(),
            "confidence": 0.35,
            "chain": False,
            "url": "https://courier.example.org/1",
            "suggestion": "In its first weeks go on a weekday between 8 and 9:30: the owner is usually there.",
            "hello": "Congratulate on the opening, ask what they roast, and who they would like to see come in.",
            "visit": {"start": "2026-11-25T08:00:00-06:00", "end": "2026-11-25T09:30:00-06:00", "time_zone": "America/Chicago", "links": LINKS},
            "proofs": [{"source": "Business licenses", "evidence": "first_licence", "opens": None, "precision": "day", "said": today.isoformat(), "url": "", "words": "Retail Food Establishment"}],
        } | more  # fmt: skip

    told = {"source": "The Courier", "evidence": "now_open", "opens": None, "precision": "day", "said": today.isoformat(), "url": "https://courier.example.org/1", "words": "Low Tide Coffee is now open on Lantern Street."}  # fmt: skip
    return [
        one(1, "Low Tide Coffee", "coffee_shop", confidence=0.89, opens=today.isoformat(), proofs=[told]),
        one(2, "Fogbank Brewing and Barrel House on the Old Chandlery Quay", "brewery", location=None, distance_km=None),
        one(3, "Mug & Mast Coffee #41", "coffee_shop", chain=True, visit=None, suggestion="A branch of a chain: its owner is seldom there."),
    ]  # fmt: skip
