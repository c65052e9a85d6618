"""New places: keep what sources say of them, and find those worth a visit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app.find.openings import opening_of, same_place, speaks_of_new, standing
from app.model.opening import Opening, Voice
from app.model.place import Point, distance_between
from app.store import counters, openings
from app.store.codec import decode, encode
from app.store.database import Session
from app.store.ids import new_id
from app.store.openings import StoredListing
from app.store.tables import SourceRow
from scrapers.base import Evidence, OpeningListing

REMEMBERED = timedelta(days=365)  # after its window a place that is told of again is the same one
FEW_APPEAR = 5  # places that may come into a list at once and still be new ones
SHARE_APPEARS = 0.1  # or so many of those known: more, and somebody has changed the list


@dataclass(frozen=True, slots=True)
class Near:
    """An opening with its distance from where one asked, None where either is unknown."""

    opening: Opening
    distance_km: float | None


def keep(
    session: Session, source: SourceRow, listings: Iterable[OpeningListing], now: datetime
) -> None:
    """Store what a good answer says of places; runs in the writing transaction of a poll.

    Nothing is removed: a place that a source no longer mentions fades when its window is over. A
    place that comes into a list which we knew without it is taken for a new one, unless many come
    at once. A place keeps its identity, also after its source was removed and added again.
    """
    known = openings.listings_of(session, source.id)
    said = _as_known({each.key: each for each in listings}, known, now.date())
    changed = {key: each for key, each in said.items() if _differs(each, known.get(key))}
    if not changed:
        return
    counters.advance(
        session, "openings"
    )  # puts writers in line: two sources may tell of one place at once
    homes = _homes(session, source, changed, known, now)
    openings.add_listings(
        session,
        [
            _row(source.id, each, homes.get(key)) | {"first_seen_at": now}
            for key, each in changed.items()
            if key not in known
        ],
    )
    openings.update_listings(
        session,
        [
            {"id": known[key].id} | _row(source.id, each, homes.get(key))
            for key, each in changed.items()
            if key in known
        ],
    )
    tell_anew(session, {id_ for id_ in homes.values() if id_}, now)


def told_by(session: Session, source_id: UUID) -> list[UUID]:
    """The openings that a source speaks of."""
    return openings.ids_of_source(session, source_id)


def tell_anew(session: Session, opening_ids: Iterable[UUID], now: datetime) -> None:
    """Make these openings anew from what is said of them; unheard ones keep their rows."""
    ids = sorted(opening_ids)
    voices = openings.voices(session, ids)
    for id_ in ids:
        openings.replace(session, id_, opening_of(id_, voices.get(id_, [])), now)


def coming(
    session: Session,
    today: date,
    *,
    near: Point | None = None,
    km: float | None = None,
    kinds: Sequence[str] = (),
) -> list[Near]:
    """Openings whose window is not over, surest first.

    `near` is latitude and longitude in degrees; with `km` a place whose whereabouts are unknown
    stays: news name a street, seldom a point.
    """
    found = (
        Near(each, distance_between(near, each.location.point if each.location else None))
        for each in openings.open_on(session, today)
        if not kinds or each.kind in kinds
    )
    within = [each for each in found if km is None or (each.distance_km or 0.0) <= km]
    return sorted(within, key=_order)


def _order(found: Near) -> tuple[float, date, str]:
    opening = found.opening
    return -standing(opening), opening.first_day, str(opening.id)


def _as_known(
    said: Mapping[str, OpeningListing], known: Mapping[str, StoredListing], today: date
) -> dict[str, OpeningListing]:
    """The listings, those marked that came into a list we knew without them."""
    arrivals = [
        key for key, each in said.items() if key not in known and each.evidence is Evidence.LISTED
    ]
    few = len(arrivals) <= max(FEW_APPEAR, SHARE_APPEARS * len(known))
    result = dict(said)
    for key in arrivals if known and few else ():
        result[key] = replace(said[key], evidence=Evidence.APPEARED, said=today)
    for key in said.keys() & known.keys():
        if said[key].evidence is Evidence.LISTED:
            before = decode(known[key].payload, OpeningListing)
            result[key] = replace(said[key], evidence=before.evidence, said=before.said)
    return result


def _differs(listing: OpeningListing, stored: StoredListing | None) -> bool:
    return stored is None or encode(listing) != stored.payload


def _homes(
    session: Session,
    source: SourceRow,
    changed: Mapping[str, OpeningListing],
    known: Mapping[str, StoredListing],
    now: datetime,
) -> dict[str, UUID | None]:
    """Which opening each listing speaks of: its own of before, a like one, or a new one."""
    homes: dict[str, UUID | None] = {key: known[key].opening_id for key in changed if key in known}
    there = openings.every(session, now.date() - REMEMBERED)
    for key, listing in changed.items():
        if homes.get(key) or not speaks_of_new(listing):
            continue
        home = next((each for each in there if same_place(each, listing)), None)
        if home is None:
            home = opening_of(new_id(), [Voice(source.name, source.trust / 100, listing)])
            if home is not None:
                openings.add(session, home, now)
                there.append(home)
        homes[key] = home.id if home else None
    return homes


def _row(source_id: UUID, listing: OpeningListing, opening_id: UUID | None) -> dict[str, object]:
    return {
        "source_id": source_id,
        "opening_id": opening_id,
        "key": listing.key,
        "payload": encode(listing),
    }
