"""Mend the times of a source whose publisher labels them wrongly, once a person has said so.

A whole feed is wrong or none of it: the rule belongs to the source, so that other feeds of the same
platform stay untouched (CASES B5), and a true 4 a.m. event of a sound feed too (B6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.model.zone import zone_names
from scrapers.base import Listing

LOCAL_AS_UTC = "local_as_utc"  # what is labelled UTC is the wall clock of the place
UTC_AS_LOCAL = "utc_as_local"  # what is labelled as local time is UTC
TIME_RULES = ("", LOCAL_AS_UTC, UTC_AS_LOCAL)

INVERSE: Mapping[str, str] = MappingProxyType(
    {"": "", LOCAL_AS_UTC: UTC_AS_LOCAL, UTC_AS_LOCAL: LOCAL_AS_UTC}
)


def corrected(listing: Listing, rule: str, *, source_zone: str) -> Listing:
    """The listing with its times as the rule, one of TIME_RULES, says they were meant.

    `source_zone` (IANA) is the zone of listings that name none, or UTC. Dates of the whole day have
    no clock and stay.
    """
    if not rule or listing.all_day:
        return listing
    own = listing.time_zone if listing.time_zone in zone_names() else "UTC"
    zone = ZoneInfo(source_zone if own == "UTC" else own)
    return replace(
        listing,
        start=_meant(listing.start, rule, zone),
        end=listing.end and _meant(listing.end, rule, zone),
        previous_start_date=listing.previous_start_date
        and _meant(listing.previous_start_date, rule, zone),
        time_zone=zone.key,
    )


def corrected_all(listings: Iterable[Listing], rule: str, *, source_zone: str) -> list[Listing]:
    """`corrected` for every listing of one document."""
    return [corrected(listing, rule, source_zone=source_zone) for listing in listings]


def _meant(moment: datetime, rule: str, zone: ZoneInfo) -> datetime:
    # A naive time is local by its label, so there is nothing to take for UTC.
    if rule == UTC_AS_LOCAL:
        local = moment if moment.tzinfo is None else moment.astimezone(zone)
        return local.replace(tzinfo=UTC)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=zone)
