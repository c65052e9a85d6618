"""Another time rule for a source: its events move with their identities, and choices follow."""

from collections.abc import Mapping
from datetime import datetime

from app.errors import Invalid
from app.find.apply_poll import Decision, Memory, Rekeyed
from app.find.identity import fingerprint
from app.find.normalize import normalize
from app.find.time_rule import INVERSE, TIME_RULES, corrected
from app.services import merge
from app.store import events
from app.store.database import Session
from app.store.events import StoredListing
from app.store.tables import SourceRow
from scrapers.base import Listing


def correct_times(session: Session, source: SourceRow, rule: str, now: datetime) -> None:
    """Store the rule, and move what is stored of the source as the next poll will read it.

    Moved here and not by that poll alone: a listing without UID is known by its start, so the poll
    would take it for another event (CASES D3). Raises Invalid for an unknown rule.
    """
    if rule not in TIME_RULES:
        raise Invalid(f"A time rule is one of {', '.join(TIME_RULES[1:])}, or empty.", "time_rule")
    steps = [step for step in (INVERSE[source.time_rule], rule) if step]
    source.time_rule, source.zone_suspect, source.time_rule_proposed = rule, False, ""
    stored = events.listings_of(session, source.id)
    told = events.told(session, source.id)
    moved = {key: _moved(told[key], steps, source.time_zone) for key in stored}
    _free_keys(session, stored)
    merge.apply(session, source, stored, _decision(stored, moved), now)


def _moved(listing: Listing, steps: list[str], zone: str) -> Listing:
    for step in steps:
        listing = corrected(listing, step, source_zone=zone)
    return normalize(listing, source_zone=zone)


def _decision(stored: Mapping[str, StoredListing], moved: Mapping[str, Listing]) -> Decision:
    # A key may hold the fingerprint (find.identity), which moves with the start.
    keys = {
        key: key.replace(stored[key].fingerprint, fingerprint(listing))
        for key, listing in moved.items()
    }
    return Decision(
        "ok",
        Memory(ever_ok=True),
        changed={keys[key]: listing for key, listing in moved.items()},
        rekeyed=tuple(Rekeyed(key, new, changed=True) for key, new in keys.items()),
    )


def _free_keys(session: Session, stored: Mapping[str, StoredListing]) -> None:
    """One listing may move to where another was: no key is in the way while all of them move."""
    events.update_listings(
        session, [{"id": item.id, "key": f"moving {item.id}"} for item in stored.values()]
    )
