"""The same publishers once more, as the platforms that many of them use would answer for them.

By hand, after each platform's documentation, so that readers meet the shapes that others write.
Whoever cannot say that an event is off leaves it out.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape
from zlib import crc32

from app.sample_city.cycle import TIME_ZONE, Occurrence
from app.sample_city.records import Publisher
from app.sample_city.wording import (
    LOCALITY,
    POSTAL_CODE,
    REGION,
    address,
    clock,
    end_text,
    event_url,
    place_line,
    place_name,
    price,
    start_text,
    venue_of,
)

Node = dict[str, Any]
JSON, XML = "application/json", "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Platform:
    """A second way to a publisher's calendar: `write` gives its bytes for these dates."""

    name: str
    section: str  # of the publisher
    path: str
    content_type: str
    trust: int
    write: Callable[[Publisher, Sequence[Occurrence], str], bytes]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _on(found: Iterable[Occurrence]) -> list[Occurrence]:
    return [each for each in found if not each.cancelled]


def _number(each: Occurrence) -> int:
    """A number that stays with the date, as databases give it."""
    return crc32(each.uid.encode())


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _spaced(text: str) -> str:
    """ISO 8601 with a blank for the T, as WordPress and LibCal write it."""
    return text.replace("T", " ")


def _text(each: Occurrence) -> str:
    return each.event.text.strip()


def _html(each: Occurrence) -> str:
    return f"<p>{escape(_text(each))}</p>"


def _address(each: Occurrence) -> str:
    venue = venue_of(each.event)
    return address(venue) if venue else ""


def _tribe(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """https://docs.theeventscalendar.com/rest-api/."""
    events = [
        {
            "id": _number(each),
            "global_id": f"{publisher.section}.example?id={each.uid}",
            "status": "publish",
            "title": each.name,
            "description": _html(each),
            "url": event_url(base, publisher, each),
            "all_day": each.all_day,
            "start_date": _spaced(start_text(each, offset=False)),
            "end_date": _spaced(end_text(each, offset=False) or start_text(each, offset=False)),
            "timezone": TIME_ZONE,
            "event_status": "canceled" if each.cancelled else "scheduled",
            "cost": price(each.event),
            "venue": _tribe_venue(each),
            "organizer": [{"organizer": each.event.organizer or publisher.organizer}],
            "categories": [{"name": name} for name in each.event.categories],
        }
        for each in found
    ]
    return _json(
        {
            "events": events,
            "rest_url": f"{base}/{publisher.section}/wp-json/tribe/events/v1/events/",
            "total": len(events),
            "total_pages": 1,
        }
    )


def _tribe_venue(each: Occurrence) -> Node | list[object]:
    venue = venue_of(each.event)
    return [] if venue is None else {
        "venue": place_name(each.event), "address": venue.street, "city": LOCALITY,
        "state": REGION, "zip": POSTAL_CODE, "geo_lat": venue.latitude, "geo_lng": venue.longitude,
    }  # fmt: skip


def _localist(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """https://developer.localist.com/doc/api."""
    events = [
        {
            "id": _number(each),
            "title": each.name,
            "description_text": _text(each),
            "localist_url": event_url(base, publisher, each),
            "location_name": place_name(each.event),
            "address": _address(each),
            "status": "canceled" if each.cancelled else "live",
            "private": False,
            "free": bool(each.event.offers) and max(each.event.offers) == 0,
            "ticket_cost": price(each.event),
            "filters": {"event_types": [{"name": name} for name in each.event.categories]},
            "event_instances": [
                {
                    "event_instance": {
                        "id": _number(each),
                        "start": start_text(each),
                        "end": end_text(each) or None,
                        "all_day": each.all_day,
                    }
                }
            ],
        }
        for each in found
    ]
    page = {"current": 1, "size": len(events), "total": 1}
    return _json({"events": [{"event": event} for event in events], "page": page, "date": {}})


def _libcal(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """The list behind a LibCal calendar page (`/ajax/calendar/list`)."""
    results = [
        {
            "id": _number(each),
            "title": each.name,
            "startdt": _spaced(start_text(each, offset=False)),
            "enddt": _spaced(end_text(each, offset=False)),
            "all_day": each.all_day,
            "description": _html(each),
            "url": event_url(base, publisher, each),
            "location": place_name(each.event),
            "campus": "",
            "online_event": bool(each.event.online),
            "online_join_url": each.event.online,
            "categories_arr": [{"name": name} for name in each.event.categories],
        }
        for each in _on(found)
    ]
    return _json({"total_results": len(results), "perpage": 500, "results": results})


def _legistar(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """https://webapi.legistar.com/Help/Api/GET-v1-Client-Events."""
    meetings = [
        {
            "EventId": _number(each),
            "EventBodyId": 1,
            "EventBodyName": each.name,
            "EventDate": f"{each.start:%Y-%m-%d}T00:00:00",
            "EventTime": clock(each.start),
            "EventLocation": place_line(each.event),
            "EventAgendaStatusName": "Cancelled" if each.cancelled else "Final",
            "EventComment": _text(each),
            "EventInSiteURL": event_url(base, publisher, each),
        }
        for each in found
        if not each.all_day
    ]
    return _json(meetings[::-1])


def _growthzone(_publisher: Publisher, found: Sequence[Occurrence], _base: str) -> bytes:
    """What a chamber's GrowthZone answers at `/api/events`, in XML."""
    rows = []
    for each in _on(found):
        venue = venue_of(each.event)
        fields = {
            "EventId": str(_number(each)),
            "Name": each.name,
            "Slug": each.event.slug,
            "StartDate": start_text(each, offset=False),
            "EndDate": end_text(each, offset=False),
            "IsAllDayEvent": str(each.all_day).lower(),
            "Description": _text(each),
            "LocationDesc": place_name(each.event),
            "MapAddr1": venue.street if venue else "",
            "MapCity": LOCALITY if venue else "",
            "AdmissionDesc": price(each.event),
            "Status": "Approved",
        }
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
        rows.append(f"<EventDisplay>{inner}</EventDisplay>")
    return f"<ArrayOfEventDisplay>{''.join(rows)}</ArrayOfEventDisplay>".encode()


def _squarespace(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """A Squarespace collection of events with `?format=json`."""
    upcoming = [
        {
            "id": each.uid,
            "title": each.name,
            "startDate": 1000 * _seconds(each.start),
            "endDate": 1000 * _seconds(each.end or each.start),
            "excerpt": _html(each),
            "sourceUrl": event_url(base, publisher, each),
            "location": _squarespace_place(each),
            "categories": list(each.event.categories),
        }
        for each in _on(found)
    ]
    website = {"baseUrl": base, "siteTitle": publisher.name, "timeZone": TIME_ZONE}
    return _json(
        {"website": website, "collection": {"typeName": "events"}, "upcoming": upcoming, "past": []}
    )


def _squarespace_place(each: Occurrence) -> Node:
    venue = venue_of(each.event)
    return {} if venue is None else {
        "addressTitle": place_name(each.event), "addressLine1": venue.street,
        "addressLine2": f"{LOCALITY}, {REGION}, {POSTAL_CODE}",
        "markerLat": venue.latitude, "markerLng": venue.longitude,
    }  # fmt: skip


def _gancio(_publisher: Publisher, found: Sequence[Occurrence], _base: str) -> bytes:
    """https://gancio.org/dev/api: `/api/events`."""
    return _json(
        [
            {
                "id": _number(each),
                "title": each.name,
                "slug": each.uid,
                "start_datetime": _seconds(each.start),
                "end_datetime": _seconds(each.end) if each.end else None,
                "multidate": False,
                "description": _text(each),
                "place": _gancio_place(each),
                "tags": list(each.event.categories),
                "media": [],
            }
            for each in _on(found)
        ]
    )


def _gancio_place(each: Occurrence) -> Node:
    venue = venue_of(each.event)
    found: Node = {"id": 1, "name": place_name(each.event)}
    return found if venue is None else found | {
        "address": address(venue), "latitude": venue.latitude, "longitude": venue.longitude,
    }  # fmt: skip


def _activity_pub(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """An outbox of events; FEP-8a8e names the properties."""
    public = "https://www.w3.org/ns/activitystreams#Public"
    items = [
        {
            "type": "Create",
            "to": [public],
            "object": {
                "type": "Event",
                "id": f"{event_url(base, publisher, each)}#{each.uid}",
                "uuid": each.uid,
                "to": [public],
                "name": each.name,
                "content": _html(each),
                "startTime": each.start.isoformat(),
                "endTime": each.end.isoformat() if each.end else None,
                "timezone": TIME_ZONE,
                "url": event_url(base, publisher, each),
                "ical:status": "CANCELLED" if each.cancelled else "CONFIRMED",
                "location": _activity_place(each),
            },
        }
        for each in found
    ]
    return _json(
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "OrderedCollectionPage",
            "orderedItems": items,
        }
    )


def _activity_place(each: Occurrence) -> Node | None:
    venue = venue_of(each.event)
    return None if venue is None else {
        "type": "Place", "name": place_name(each.event), "address": address(venue),
        "latitude": venue.latitude, "longitude": venue.longitude,
    }  # fmt: skip


def _ticketmaster(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """https://developer.ticketmaster.com/products-and-docs/apis/discovery-api/v2/."""
    events = [
        {
            "id": each.uid,
            "name": each.name,
            "url": event_url(base, publisher, each),
            "info": _text(each),
            "test": False,
            "dates": {
                "start": {
                    "localDate": f"{each.start:%Y-%m-%d}",
                    "localTime": f"{each.start:%H:%M:%S}",
                    "timeTBA": False,
                    "noSpecificTime": each.all_day,
                },
                "timezone": TIME_ZONE,
                "status": {"code": "cancelled" if each.cancelled else "onsale"},
            },
            "priceRanges": [
                {"currency": "USD", "min": min(each.event.offers), "max": max(each.event.offers)}
            ]
            if each.event.offers
            else [],
            "_embedded": {
                "venues": [_ticket_venue(each)],
                "attractions": [{"name": name} for name in each.event.performers],
            },
        }
        for each in found
    ]
    page = {"size": 200, "totalElements": len(events), "totalPages": 1, "number": 0}
    return _json({"_embedded": {"events": events}, "page": page})


def _ticket_venue(each: Occurrence) -> Node:
    venue = venue_of(each.event)
    found: Node = {"name": place_name(each.event), "timezone": TIME_ZONE}
    return found if venue is None else found | {
        "address": {"line1": venue.street}, "city": {"name": LOCALITY},
        "state": {"stateCode": REGION}, "postalCode": POSTAL_CODE,
        "location": {"latitude": str(venue.latitude), "longitude": str(venue.longitude)},
    }  # fmt: skip


def _xcal(publisher: Publisher, found: Sequence[Occurrence], base: str) -> bytes:
    """RFC 6321, all times in UTC."""
    rows = []
    for each in found:
        fields = [("uid", "text", f"{each.uid}@{publisher.host}"), ("summary", "text", each.name)]
        fields += [("dtstart", "date-time", _utc(each.start))]
        fields += [("dtend", "date-time", _utc(each.end))] if each.end else []
        fields += [("description", "text", _text(each))]
        where = place_line(each.event)
        fields += [("location", "text", where)] if where else []
        fields += [("status", "text", "CANCELLED" if each.cancelled else "CONFIRMED")]
        fields += [("url", "uri", event_url(base, publisher, each))]
        inner = "".join(f"<{n}><{kind}>{escape(v)}</{kind}></{n}>" for n, kind, v in fields)
        rows.append(f"<vevent><properties>{inner}</properties></vevent>")
    head = f"<version><text>2.0</text></version><prodid><text>-//{publisher.section}//EN</text></prodid>"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<icalendar xmlns="urn:ietf:params:xml:ns:icalendar-2.0"><vcalendar>'
        f"<properties>{head}</properties><components>{''.join(rows)}</components>"
        "</vcalendar></icalendar>"
    ).encode()


PLATFORMS = (
    Platform("Wave Foundation, by The Events Calendar", "foundation", "wp-json/tribe/events/v1/events", JSON, 60, _tribe),
    Platform("College, by Localist", "college", "api/2/events", JSON, 60, _localist),
    Platform("Library, by LibCal", "library", "ajax/calendar/list", JSON, 60, _libcal),
    Platform("City Hall, by Legistar", "cityhall", "v1/harborfalls/events", JSON, 60, _legistar),
    Platform("Chamber, by GrowthZone", "chamber", "api/events", XML, 60, _growthzone),
    Platform("Wharf Street, by Squarespace", "wharf-street", "events.json", JSON, 60, _squarespace),
    Platform("Clubs, by Gancio", "clubs", "api/events", JSON, 55, _gancio),
    Platform("Bulletin, by ActivityPub", "bulletin", "outbox.json", "application/activity+json", 55, _activity_pub),
    Platform("Tidewater, by a ticket seller", "tidewater", "discovery/v2/events.json", JSON, 50, _ticketmaster),
    Platform("Saltmarsh, by xCal", "saltmarsh", "taproom.xml", "application/calendar+xml", 55, _xcal),
)  # fmt: skip
