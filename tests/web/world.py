"""What the mock API remembers and answers: docs/api-contract.md played from memory."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import segno

from tests.web.sample_cities import cities, of_cities
from tests.web.sample_events import CITY_ZONE, SAMPLES, Json, detail, instant, summary
from tests.web.sample_openings import openings

PROFILE: Json = {
    "home_name": "Harbor Falls", "latitude": 41.88, "longitude": -87.63, "time_zone": CITY_ZONE, "reach_km": 25.0,
    "interests": ["live music", "cycling", "cooking"], "dislikes": ["golf"], "field": "software engineering",
    "seniority": "senior", "weekly_evenings": 4, "weekly_hours": 8.0, "weekly_budget": 6000, "currency": "USD", "travel_mode": "transit",
    "digest_enabled": True, "digest_weekday": 1, "digest_hour": 8,
}  # fmt: skip
NO_DOCUMENT = "The source has no document at this address."
CLIENTS: list[Json] = [
    {"name": "Apple Calendar", "url": None, "steps": ["Tap “Open in my calendar app” above.", "Tap Subscribe.", "Choose how often it is refreshed; every hour is kind."], "delay": "5 minutes to a day"},
    {"name": "Google Calendar", "url": "https://calendar.example.org/r", "steps": ["On a computer, open Google Calendar.", "Beside “Other calendars” press +, then “From URL”.", "Paste your address and press “Add calendar”."], "delay": "up to 24 hours"},
    {"name": "Outlook", "url": None, "steps": ["Open Outlook on the web.", "“Add calendar”, then “Subscribe from web”.", "Paste your address."], "delay": "about 3 hours"},
]  # fmt: skip


class Refused(Exception):  # noqa: N818 -- an answer, not a fault of ours
    """An answer other than 2xx."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.body: Json = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
        }


YESTERDAY: Json = {
    "id": "past-1",
    "name": "Harbor Falls Tech Mixer",
    "start": "2026-11-23T23:00:00Z",
    "local_start": "2026-11-23T18:00:00",
    "time_zone": "America/New_York",
    "location": {"name": "Gull Room", "address": "", "latitude": None, "longitude": None},
}
INSIGHTS: Json = {
    "visits": 34,
    "missed": 3,
    "talked": 131,
    "hirers": 22,
    "talk": 1.24,
    "pad": [
        {"group": "organizer", "name": "Harbor Founders", "visits": 7, "talked": 31, "hirers": 9,
         "met": 5, "said": 7, "range": {"low": 0.42, "high": 0.91}},
        {"group": "kind", "name": "food_drink", "visits": 9, "talked": 22, "hirers": 2,
         "met": 2, "said": 9, "range": {"low": 0.07, "high": 0.49}},
        {"group": "venue", "name": "Gull Room", "visits": 1, "talked": 4, "hirers": 1,
         "met": 1, "said": 1, "range": {"low": 0.23, "high": 1.0}},
    ],
    "lessons": [
        "Harbor Founders: your 7 visits with these hosts met 1.6 times as many people who hire as expected"
    ],
    "calibration": {
        "sentence": "When we said about 42 %, it happened 7 of 15 times.",
        "checked": 34,
        "bins": [
            {"said": 0.14, "happened": 1, "visits": 9, "range": {"low": 0.02, "high": 0.36},
             "sentence": ""},
            {"said": 0.42, "happened": 7, "visits": 15, "range": {"low": 0.27, "high": 0.67},
             "sentence": ""},
            {"said": 0.71, "happened": 6, "visits": 10, "range": {"low": 0.34, "high": 0.82},
             "sentence": ""},
        ],
    },
}  # fmt: skip


class World:
    """What the API remembers; `now` is fixed."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        midnight = now.astimezone(ZoneInfo(CITY_ZONE)).replace(
            hour=0, minute=0, second=0, microsecond=0, tzinfo=None
        )
        events = [summary(number, sample, midnight) for number, sample in enumerate(SAMPLES)]
        self.events = {str(event["id"]): event for event in events}
        self.samples = dict(zip(self.events, SAMPLES, strict=True))
        self.choices: dict[str, Json] = {}
        self.told: dict[str, Json] = {}
        self.profile = dict(PROFILE)
        self.feed = "first"
        self.sources = {str(source["id"]): source for source in sources(now)}
        self.cities = cities()
        self.hidden: dict[str, Json] = {}
        self.busy: list[Json] = []

    def curate(self, event: str, body: Json) -> Json:
        """Hides an event, or its kin of one source: here always this one; or parts a listing."""
        if body["act"] == "split":
            alone = f"{event}-{body['listing_id']}"
            self.events[alone] = self.events[event] | {"id": alone, "name": "An event of its own"}
            self.samples[alone] = self.samples[event]
            return {"id": alone}
        decision = f"hidden-{len(self.hidden)}-{body['scope']}"
        self.hidden[decision] = self.events.pop(event)
        return {"id": decision}

    def show(self, decision: str) -> None:
        """Takes the decision back."""
        if decision in self.events:
            del self.events[decision]
            return
        event = self.hidden.pop(decision)
        self.events[str(event["id"])] = event

    def choose(self, event: str, state: str) -> Json:
        """Stores a choice with its snapshot."""
        if event not in self.events:
            raise Refused(404, "No such event")
        at = instant(self.now)
        self.events[event]["choice"] = state
        choice: Json = {
            "event_id": event,
            "state": state,
            "chosen_at": at,
            "updated_at": at,
            "event": self.events[event],
            "gone_since": None,
            "note": "",
        }
        self.choices[event] = choice
        return choice

    def of_check_ins(self, method: str, rest: list[str], body: Json) -> tuple[int, Json | None]:
        """What was over yesterday, until it is told of."""
        if method == "PUT":
            self.told[rest[0]] = body
            return 200, {"event": YESTERDAY, **body}
        if method == "DELETE":
            self.told.pop(rest[0], None)
            return 204, None
        due = [] if YESTERDAY["id"] in self.told else [YESTERDAY]
        return 200, {"items": [], "due": due}

    def withdraw(self, event: str) -> None:
        """Forgets a choice."""
        self.choices.pop(event, None)
        self.events[event]["choice"] = None

    def list_events(self, query: dict[str, str]) -> Json:
        """Filtered, sorted, paged."""
        found = [event for event in self.events.values() if matches(event, query)]
        found.sort(key=order(query.get("sort", "score")))
        first, limit = int(query.get("cursor", "0")), int(query.get("limit", "50"))
        more = str(first + limit) if first + limit < len(found) else None
        return {"items": found[first : first + limit], "next_cursor": more, "total": len(found)}

    def week(self, name: str) -> Json:
        """The chosen of a week and the best of each other day, the second best beside it."""
        first = date.fromisocalendar(int(name[:4]), int(name[6:]), 1)
        days = [(first + timedelta(days=day)).isoformat() for day in range(7)]
        found = [planned(self.events, day, self.now) for day in days]
        outings = [one for day in found[:6] for one in day[:1]]
        taken = {one["event"]["id"] for one in outings}
        others = [event for event in self.events.values() if event["id"] not in taken]
        return {
            "week": name, "first": days[0], "last": days[6], "outings": outings,
            "limits": {"evenings": 4, "hours": 8.0, "budget": 6000, "reach_km": 25.0, "travel_mode": "transit"},
            "left_out": [
                {key: event[key] for key in ("id", "name", "start", "time_zone", "local_start")}
                | {"code": "evenings", "text": "would be a fifth evening", "other_id": None}
                for event in others[:9]
            ],
            "chance": 0.81, "hours": 7.75, "cents": 4500, "currency": "USD", "solver": "exact",
        }  # fmt: skip

    def calendar(self) -> Json:
        """The subscription."""
        url = f"https://meet.example.org/calendar/gm_feed_{self.feed}_k3v9x2m7q4w8z1.ics"
        out = io.BytesIO()
        segno.make(url, micro=False).save(out, kind="svg", xmldecl=False, scale=4, border=0)
        return {
            "url": url,
            "webcal_url": url.replace("https", "webcal"),
            "qr_svg": out.getvalue().decode(),
            "clients": CLIENTS,
        }


def planned(events: dict[str, Json], day: str, now: datetime) -> list[dict[str, Any]]:
    """What one may do on a day: first what is chosen, then the best."""
    found = [
        event for event in events.values()
        if str(event["local_start"]).startswith(day) and str(event["start"]) > instant(now)
        and event["choice"] != "dismissed" and not event["all_day"] and matches(event, {})
    ]  # fmt: skip
    found.sort(key=lambda event: (event["choice"] != "chosen", by_score(event)))
    second = found[1] if len(found) > 1 else None
    return [
        {
            "event": event,
            "way_minutes": 21,
            "hours": 2.7,
            "adds": 0.12,
            "reasons": [
                "Mixers draw more people who run businesses (“owners and managers”)",
                "You went twice before: people get to know those who come back",
            ],
            "alternative": None if event["choice"] else second,
        }
        for event in found[:1]
    ]


def sources(now: datetime) -> list[Json]:
    """Five sources in different health."""

    def one(name: str, state: str, message: str = "", **more: object) -> Json:
        host = name.lower().replace(" ", "-")
        return {
            "id": host, "name": name, "url": f"https://{host}.example.org/calendar.ics", "scraper": "ical",
            "time_zone": CITY_ZONE, "trust": 1.0, "state": state, "since": instant(now - timedelta(days=2)), "paused": False, "last_ok_at": instant(now - timedelta(hours=2)),
            "last_polled_at": instant(now - timedelta(hours=2)), "next_due_at": instant(now + timedelta(hours=4)),
            "outcome": "ok", "message": message, "events": 42, "problems": [], "twins": [],
            "time_rule": "", "time_rule_proposed": "",
        } | more  # fmt: skip

    return [
        one("Harbor Falls Chamber", "ok", "42 coming events. Next try in 4 hours.", twins=[{"id": "public-library", "name": "Public Library", "events": 40, "same": False, "text": "40 of its 42 coming events are also told by Public Library."}]),
        one("Public Library", "ok", "118 coming events. Next try in 4 hours.", events=118, problems=[{"place": "VEVENT 7", "code": "bad_date", "cause": "Its start “2026-13-40” is not a date."}]),
        one("Copper Kettle", "failing", "It cannot be read at the moment; its events stay as they were. Next try in 4 hours.", events=9),
        one("Harbor Clubs", "wrong_zone_suspect", "Many of its events begin at night: its times seem to be UTC, labelled as local ones. Next try in 4 hours.", time_rule_proposed="utc_as_local"),
        one("Old Theatre", "gone", "The publisher has taken this calendar away (410). It is not asked again until you say so.", events=3, last_ok_at=instant(now - timedelta(days=9))),
    ]  # fmt: skip


def matches(event: Json, query: dict[str, str]) -> bool:
    """Whether an event passes the filters that the page uses."""
    score, price, km = event["score"], event["price"], event["distance_km"]
    assert isinstance(score, dict)
    assert isinstance(price, dict)
    return (
        str(event["start"]) < query.get("to", "9").replace(".000Z", "Z")
        and str(event["end"]) > query.get("from", "0").replace(".000Z", "Z")
        and query.get("kind", event["kind"]) == event["kind"]
        and query.get("q", "").lower() in str(event["name"]).lower()
        and ("evenings" not in query or str(event["local_start"])[11:13] >= "17")
        and not ("when_free" in query and event["busy"])
        and ("free" not in query or price["free"] is True)
        and ("km" not in query or (isinstance(km, float) and km <= float(query["km"])))
        and (score["circle"] < 0.6 or "include_circles" in query)
    )


def order(sort: str) -> Callable[[Json], float | str]:
    """The sort key: best or earliest first."""
    return by_start if sort == "start" else by_score


def by_start(event: Json) -> str:
    """Earliest first."""
    return str(event["start"])


def by_score(event: Json) -> float:
    """Best first."""
    score = event["score"]
    assert isinstance(score, dict)
    return -float(score["any_field"])


def answer(
    world: World, method: str, path: str, query: dict[str, str], body: Json
) -> tuple[int, Json | str | None]:
    """One request of /api/v1 as a status and a body."""
    match method, path.strip("/").split("/"):
        case "GET", ["events"]:
            return 200, world.list_events(query)
        case "GET", ["events", name] if name.endswith(".ics"):
            return 200, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        case "GET", ["events", name] if name in world.events:
            return 200, detail(world.events[name], world.samples[name])
        case "POST", ["events", name, "curation"]:
            return 201, world.curate(name, body)
        case "DELETE", ["curation", decision]:
            world.show(decision)
            return 204, None
        case "GET", ["openings"]:
            return 200, {"items": openings(world.now), "next_cursor": None, "total": 3}
        case "GET", ["weeks", name]:
            return 200, world.week(name)
        case "GET", ["insights"]:
            return 200, INSIGHTS
        case _, ["check-ins", *rest]:
            return world.of_check_ins(method, rest, body)
        case "GET", ["choices"]:
            return 200, {"items": list(world.choices.values())}
        case "PUT", ["choices", name]:
            return 200, world.choose(name, str(body["state"]))
        case "DELETE", ["choices", name]:
            world.withdraw(name)
            return 204, None
        case _, ["me", *rest]:
            return of_me(world, method, rest, body)
        case _, ["cities", *rest]:
            return 200, of_cities(world.cities, rest, homeless=world.profile["latitude"] is None)
        case _, ["sources", *rest]:
            return of_sources(world, method, rest, body)
    raise Refused(404, "Not found", "There is nothing at this address.")


def of_me(world: World, method: str, rest: list[str], body: Json) -> tuple[int, Json | None]:
    """Everything under /me."""
    match method, rest:
        case "GET", []:
            digest = {
                "enabled": True,
                "weekday": 1,
                "hour": 8,
                "next_at": instant(world.now + timedelta(days=6)),
            }
            return 200, {
                "id": "u1",
                "name": "Robin Vale",
                "email": "robin@example.org",
                "digest": digest,
            }
        case "PUT", ["profile"]:
            world.profile = body
            return 200, world.profile
        case "GET", ["profile"]:
            return 200, world.profile
        case "POST", ["calendar", "rotate"]:
            world.feed = "second"
            return 200, world.calendar()
        case "GET", ["calendar"]:
            return 200, world.calendar()
        case _, ["busy", *calendar]:
            return of_busy(world, method, calendar, body)
    raise Refused(404, "Not found")


def of_busy(world: World, method: str, rest: list[str], body: Json) -> tuple[int, Json | None]:
    """Everything under /me/busy; a calendar is read when it is asked for the second time."""
    match method, rest:
        case "GET", []:
            found: Json = {"items": [dict(calendar) for calendar in world.busy]}
            for calendar in world.busy:
                calendar |= {"looked_at": instant(world.now), "next_at": instant(world.now)}
                if not calendar["problem"]:
                    calendar |= {"read_at": instant(world.now), "times": 12}
            return 200, found
        case "POST", []:
            host = urlsplit(str(body["url"])).hostname or ""
            if not host:
                raise Refused(422, "Invalid", "This is no address.")
            added: Json = {
                "id": f"busy-{len(world.busy)}",
                "host": host,
                "added_at": instant(world.now),
                "looked_at": None,
                "read_at": None,
                "next_at": instant(world.now),
                "problem": "" if str(body["url"]).endswith(".ics") else NO_DOCUMENT,
                "times": 0,
                "unread": 0,
            }
            world.busy.append(added)
            return 201, dict(added)
        case "DELETE", [calendar_id]:
            world.busy = [each for each in world.busy if each["id"] != calendar_id]
            return 204, None
    raise Refused(405, "Not allowed")


def of_sources(world: World, method: str, rest: list[str], body: Json) -> tuple[int, Json | None]:
    """Everything under /sources."""
    match method, rest:
        case "GET", []:
            return 200, {"items": list(world.sources.values())}
        case "POST", []:
            return 201, add_source(world, str(body["url"]), str(body.get("name") or ""))
        case "POST", ["discover"]:
            return 200, discovery(world, str(body["url"]))
        case "PATCH", [name]:
            world.sources[name] |= body
            return 200, world.sources[name]
        case "POST", [name, "poll"]:
            world.sources[name]["next_due_at"] = instant(world.now)
            return 202, world.sources[name]
        case "DELETE", [name]:
            del world.sources[name]
            return 204, None
    raise Refused(404, "Not found")


def discovery(world: World, url: str) -> Json:
    """What an address leads to: two calendars, one of them in another format too; or nothing."""
    host = urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    if host == "localhost":
        raise Refused(
            422, "That address is not allowed", "Only addresses on the public internet can be read."
        )
    site = f"https://{host}"
    tried: list[Json] = [{"url": f"{site}/", "cause": "No events were found on this page."}]
    answer: Json = {"address": f"{site}/", "platforms": [], "candidates": [], "tried": tried}
    if host.startswith("empty"):
        message = "No events were found: 5 addresses of the site looked at, none with a calendar."
        return answer | {"message": message}
    return answer | {
        "message": "Found 24 coming events.",
        "platforms": ["The Events Calendar"],
        "candidates": candidates(world, site),
    }


def candidates(world: World, site: str) -> list[Json]:
    """A whole calendar, the page with the same events, and one that is a source already."""
    shown = [
        {
            "name": str(event["name"]), "start": event["start"], "end": event["end"], "time_zone": event["time_zone"],
            "local_start": event["local_start"], "local_end": event["local_end"], "all_day": event["all_day"],
            "place": "Mariners’ Hall",
        }
        for event in list(world.events.values())[:10]
    ]  # fmt: skip
    lost = [{"place": "VEVENT 7 “Open mic”", "code": "no_start", "cause": "It does not say when."}]
    whole: Json = {
        "url": f"{site}/events/?ical=1", "scraper": "ical", "platform": "The Events Calendar", "confidence": 0.9,
        "title": "Harbor Falls Guild of Makers", "time_zone": CITY_ZONE, "events": 24, "lost": 1, "preview": shown,
        "problems": lost, "same_as": None, "source_id": None, "source_name": None,
    }  # fmt: skip
    page = whole | {"url": f"{site}/events/", "scraper": "schema_org", "same_as": whole["url"]}
    known = whole | {
        "url": f"{site}/library.ics",
        "title": "",
        "events": 0,
        "lost": 0,
        "preview": [],
        "problems": [],
        "source_id": "public-library",
        "source_name": "Public Library",
    }
    return [whole, known, page]


def add_source(world: World, url: str, name: str) -> Json:
    """A new source, unless its host is a local one."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        raise Refused(
            422, "That address is not allowed", "Only addresses on the public internet can be read."
        )
    source = sources(world.now)[0] | {
        "id": f"new-{host}",
        "name": name or host,
        "url": url,
        "state": "new",
        "since": None,
        "message": "Not read yet.",
        "last_ok_at": None,
        "events": 0,
    }
    world.sources[str(source["id"])] = source
    return source
