"""The city's web pages: JSON-LD, microdata and h-event lists, and the pages for people."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app.sample_city import wording
from app.sample_city.cycle import (
    TIME_ZONE,
    WEEKS,
    Change,
    Occurrence,
    occurrences,
    season_end,
    skipped,
    usual,
)
from app.sample_city.records import Event, Publisher
from app.sample_city.wording import end_text, event_url, place_name, start_text, venue_of

Node = dict[str, object]

HTML = "text/html; charset=utf-8"
TYPES = {
    "business_mixer": "BusinessEvent",
    "conference_expo": "BusinessEvent",
    "professional_talk": "BusinessEvent",
    "hackathon_startup": "Hackathon",
    "class_workshop": "EducationEvent",
    "food_drink": "FoodEvent",
    "club_association": "SocialEvent",
    "volunteering": "SocialEvent",
    "fundraiser_gala": "SocialEvent",
    "spectator_show": "MusicEvent",
    "art_literary": "LiteraryEvent",
    "sport_play": "SportsEvent",
    "family_kids": "ChildrensEvent",
    "opening_market_festival": "Festival",
}


def render(template: str, **values: object) -> bytes:
    """One of the package's templates as UTF-8; a name the template misses raises."""
    return _environment().get_template(template).render(values).encode()


def listing_page(
    publisher: Publisher, today: date, changes: frozenset[Change], base_url: str
) -> bytes:
    """The publisher's list of events, with structured data in its format."""
    found = [each for event in publisher.events for each in occurrences(event, today, changes)]
    found.sort(key=lambda each: (each.start, each.uid))
    values: dict[str, object] = {"publisher": publisher, "occurrences": found, "base_url": base_url}
    if publisher.format == "json_ld":
        values["scripts"] = _scripts(publisher, found, today, base_url)
    return render(f"{publisher.format}.html", **values)


def type_of(event: Event) -> str:
    """The schema.org type the publisher gives the event."""
    return event.type or TYPES.get(event.kind, "Event")


def node(publisher: Publisher, each: Occurrence, base_url: str) -> Node:
    """One occurrence as a JSON-LD node."""
    event = each.event
    described: Mapping[str, object] = {
        "@type": type_of(event),
        "@id": event_url(base_url, publisher, each),
        "name": each.name,
        "url": event_url(base_url, publisher, each),
        "description": event.text.strip(),
        "startDate": start_text(each),
        "endDate": end_text(each),
        "doorTime": each.doors and each.doors.isoformat(),
        "eventStatus": f"https://schema.org/{status(each)}",
        "previousStartDate": each.planned.isoformat() if each.moved else None,
        "eventAttendanceMode": f"https://schema.org/{_mode(event)}EventAttendanceMode",
        "location": _location(event),
        "organizer": _organization(event.organizer or publisher.organizer),
        "performer": [{"@type": "Person", "name": name} for name in event.performers],
        "offers": _offers(event),
        "keywords": ", ".join(event.categories),
    }
    return {key: value for key, value in described.items() if value}


def status(each: Occurrence) -> str:
    """schema.org `EventStatusType` of an occurrence."""
    if each.cancelled:
        return "EventCancelled"
    return "EventRescheduled" if each.moved else "EventScheduled"


def _scripts(
    publisher: Publisher, found: list[Occurrence], today: date, base_url: str
) -> list[Markup]:
    """The page's JSON-LD: a graph beside the site's own node, and a script for the series."""
    single = [
        node(publisher, each, base_url)
        for each in found
        if not each.event.series or each.exceptional
    ]
    site: Node = {"@type": "WebSite", "name": publisher.name, "url": f"{base_url}/{publisher.path}"}
    half = len(single) // 2
    odd = [each for each in found if each.exceptional]
    series = [
        _series(publisher, event, today, odd, base_url)
        for event in publisher.events
        if event.series
    ]
    graph: Node = {"@context": "https://schema.org", "@graph": [site, *single[:half]]}
    array = [{"@context": "https://schema.org", **each} for each in single[half:]]
    blocks: Iterable[object] = filter(None, [graph, array, *series])
    return [_script(block) for block in blocks]


def _script(block: object) -> Markup:
    """JSON that may stand in a script element: no `<` of the text can close it."""
    text = json.dumps(block, indent=1, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 -- escaped on the line above


def _series(
    publisher: Publisher, event: Event, today: date, odd: list[Occurrence], base_url: str
) -> Node:
    """A series as one node with an `eventSchedule` to the season's end; `odd` dates stand apart."""
    first = usual(event, today)
    last = first.end or first.start
    apart = [*skipped(event, today), *(each.planned for each in odd if each.event is event)]
    described = node(publisher, first, base_url)
    described["@context"] = "https://schema.org"
    described["eventSchedule"] = {
        "@type": "Schedule",
        "repeatFrequency": f"P{WEEKS // len(event.weeks)}W",
        "byDay": f"https://schema.org/{first.start:%A}",
        "startDate": first.start.date().isoformat(),
        "endDate": season_end(today).isoformat(),
        "startTime": f"{first.start:%H:%M:%S}",
        "endTime": f"{last:%H:%M:%S}",
        "exceptDate": [moment.date().isoformat() for moment in apart],
        "scheduleTimezone": TIME_ZONE,
    }
    return described


def _mode(event: Event) -> str:
    if event.online and event.venue:
        return "Mixed"
    return "Online" if event.online else "Offline"


def _location(event: Event) -> list[Node]:
    places: list[Node] = []
    if venue := venue_of(event):
        places.append(
            {
                "@type": "Place",
                "name": place_name(event),
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": venue.street,
                    "addressLocality": wording.LOCALITY,
                    "addressRegion": wording.REGION,
                    "postalCode": wording.POSTAL_CODE,
                    "addressCountry": "US",
                },
                "geo": {
                    "@type": "GeoCoordinates",
                    "latitude": venue.latitude,
                    "longitude": venue.longitude,
                },
            }
        )
    if event.online:
        places.append({"@type": "VirtualLocation", "url": event.online})
    return places


def _organization(name: str) -> Node | None:
    return {"@type": "Organization", "name": name} if name else None


def _offers(event: Event) -> list[Node]:
    availability = "SoldOut" if event.sold_out else "InStock"
    return [
        {
            "@type": "Offer",
            "price": f"{amount:.2f}",
            "priceCurrency": "USD",
            "availability": f"https://schema.org/{availability}",
        }
        for amount in event.offers
    ]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.sample_city"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(type_of=type_of, status=status, venue_of=venue_of, town=wording)
    return environment
