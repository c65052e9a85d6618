"""Values of ours to the bodies of schemas.py."""

from datetime import datetime

from app.api import schemas
from app.model.event import Event
from app.model.score import Reason, Score
from app.model.user import Profile
from app.plan.why_not import WhyNot
from app.publish.links import Links, event_links
from app.publish.wording import reason_words, top_reasons
from app.services.plan_week import Outing, PlannedWeek
from app.services.rank import Suggestion
from app.store.events import Voice
from scrapers.base import Place


def summary(found: Suggestion) -> schemas.EventSummary:
    """One event of a list."""
    return schemas.EventSummary.model_validate(_summary(found))


def detail(found: Suggestion, voices: list[Voice], ics_url: str) -> schemas.EventDetail:
    """One event with all that is known of it."""
    event, score = found.event, found.score
    extra = schemas.EventExtra(
        description=event.description,
        virtual_location=event.virtual_location,
        performers=list(event.performers),
        listings=[_listing(voice) for voice in voices if not voice.hidden],
        reasons=[_reason(reason) for reason in score.reasons],
        start_points=score.start_points,
        your_reasons=[_reason(reason) for reason in score.your_reasons],
        your_start_points=score.your_start_points,
        advice=score.advice,
        links=links(event_links(event, ics_url)),
    )
    return schemas.EventDetail.model_validate(_summary(found) | dict(extra))


def week(found: PlannedWeek) -> schemas.WeekOut:
    """A planned week."""
    limits = found.limits
    return schemas.WeekOut(
        week=found.name,
        first=found.first,
        last=found.last,
        limits=schemas.WeekLimits(
            evenings=limits.evenings,
            hours=limits.hours,
            budget=limits.budget,
            reach_km=limits.reach_km,
            travel_mode=limits.mode,
        ),
        outings=[_outing(one) for one in found.outings],
        left_out=[_left_out(item, why) for item, why in found.left_out],
        chance=found.chance,
        hours=round(found.hours, 2),
        cents=found.cents,
        currency=found.currency,
        solver=found.solver,
    )


def profile(value: Profile) -> schemas.ProfileBody:
    """The profile as it is sent."""
    names = schemas.ProfileBody.model_fields
    return schemas.ProfileBody(**{name: _listed(getattr(value, name)) for name in names})


def profile_from(body: schemas.ProfileBody) -> Profile:
    """The profile as it was received."""
    values = {name: getattr(body, name) for name in schemas.ProfileBody.model_fields}
    values["interests"], values["dislikes"] = tuple(body.interests), tuple(body.dislikes)
    return Profile(**values)


def _outing(found: Outing) -> schemas.Outing:
    return schemas.Outing(
        event=summary(found.suggestion),
        way_minutes=round(found.way.total_seconds() / 60),
        hours=round(found.hours, 2),
        adds=found.adds,
        reasons=list(found.reasons),
        alternative=summary(found.alternative) if found.alternative else None,
    )


def _left_out(found: Suggestion, why: WhyNot) -> schemas.LeftOut:
    event = found.event
    return schemas.LeftOut(
        id=event.id,
        name=event.name,
        start=event.start,
        time_zone=event.time_zone,
        local_start=local(event.local_start, all_day=event.all_day),
        code=why.code,
        text=why.text,
        other_id=why.other.id if why.other else None,
    )


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _summary(found: Suggestion) -> dict[str, object]:
    event = found.event
    return {
        "id": event.id,
        "name": event.name,
        "start": event.start,
        "end": event.end,
        "time_zone": event.time_zone,
        "local_start": local(event.local_start, all_day=event.all_day),
        "local_end": event.local_end and local(event.local_end, all_day=event.all_day),
        "all_day": event.all_day,
        "location": place_of(event),
        "distance_km": None if found.distance_km is None else round(found.distance_km, 1),
        "organizer": _organizer(event),
        "price": _price(event),
        "event_status": event.event_status.value,
        "event_attendance_mode": event.event_attendance_mode.value,
        "kind": found.score.kind,
        "categories": list(event.categories),
        "url": event.url,
        "image": event.image,
        "series": event.series,
        "dates": found.dates,
        "sources": list(found.sources),
        "score": _score(found.score),
        "choice": found.choice,
        "busy": found.busy,
    }


def local(moment: datetime, *, all_day: bool) -> str:
    """A wall clock without offset, or the bare date of an event that lasts all day."""
    return moment.date().isoformat() if all_day else f"{moment:%Y-%m-%dT%H:%M:%S}"


def place_of(event: Event) -> schemas.PlaceOut | None:
    """Where an event is and who says so, None where nobody does."""
    found = place(event.location)
    return found and found.model_copy(
        update={
            "provenance": event.located_by,
            "within_km": event.within_km,
            "venue_id": event.venue_id,
        }
    )


def place(found: Place | None) -> schemas.PlaceOut | None:
    """Where something is, None where nobody says."""
    if found is None:
        return None
    return schemas.PlaceOut(
        name=found.name,
        address=found.address,
        latitude=found.latitude,
        longitude=found.longitude,
    )


def links(found: Links) -> schemas.LinksOut:
    """The ways into a calendar."""
    return schemas.LinksOut(
        ics=found.ics,
        google=found.google,
        outlook=found.outlook,
        office365=found.office365,
        yahoo=found.yahoo,
    )


def _organizer(event: Event) -> schemas.OrganizerOut | None:
    host = event.organizer
    return schemas.OrganizerOut(name=host.name, url=host.url) if host else None


def _price(event: Event) -> schemas.PriceOut:
    price = event.price
    return schemas.PriceOut(
        free=price.free,
        min=price.minimum,
        max=price.maximum,
        currency=price.currency,
        sold_out=price.sold_out,
    )


def _score(score: Score) -> schemas.ScoreOut:
    strongest = top_reasons(score)
    return schemas.ScoreOut(
        any_field=score.any_field,
        your_field=score.your_field,
        low=score.low,
        high=score.high,
        your_low=score.your_low,
        your_high=score.your_high,
        confidence=score.confidence,
        circle=score.circle,
        circle_phrase=score.circle_phrase,
        hirers=score.hirers,
        headline=reason_words(strongest[0]) if strongest else "",
    )


def _reason(reason: Reason) -> schemas.ReasonOut:
    return schemas.ReasonOut(
        family=reason.family,
        signal=reason.signal,
        points=reason.points,
        text=reason.text,
        phrase=reason.phrase,
        basis=reason.basis,
    )


def _listing(voice: Voice) -> schemas.ListingOut:
    return schemas.ListingOut(
        id=voice.listing_id,
        source=voice.source_name,
        source_id=voice.source_id,
        url=voice.listing.url,
        name=voice.listing.name,
        start=voice.listing.start,
        seen_at=voice.seen_at,
    )
