"""What a person changes of a source."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from app.errors import Invalid
from app.find.apply_poll import Decision, Memory
from app.find.normalize import normalize
from app.model.event import Event
from app.services import accounts, merge, sources
from app.services.resources import Resources
from app.store import events
from app.store.codec import decode
from app.store.database import Database
from scrapers.base import Listing
from tests.conftest import NOW, PROFILE

TALK = Listing("Open mic", datetime(2026, 12, 1, 19, tzinfo=UTC), "America/New_York")


def _listed_by(world: Resources, name: str, trust: int, listing: Listing) -> UUID:
    with world.database.write() as session:
        source = sources.add(
            session, world, url=f"https://{name}.example:8443/ics", name=name, trust=trust, now=NOW
        )
        said = normalize(listing, source_zone="America/New_York")
        merge.apply(session, source, {}, Decision("ok", Memory(), new={name: said}), NOW)
        return source.id


def test_another_trust_elects_the_fields_anew(world: Resources) -> None:
    venue = _listed_by(world, "venue", 50, replace(TALK, url="https://venue.example/open-mic"))
    _listed_by(world, "hearsay", 60, replace(TALK, url="https://hearsay.example/open-mic"))
    with world.database.write() as session:
        sources.change(session, venue, now=NOW, trust=90)
    with world.database.read() as session:
        (event_id,) = events.events_of_source(session, venue)
        event = decode(events.get(session, event_id).payload, Event)
    assert event.url == "https://venue.example/open-mic"


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Mars/Olympus"])
def test_a_zone_means_the_same_everywhere(zone: str) -> None:
    with pytest.raises(Invalid):
        sources.checked_zone(zone)
    with pytest.raises(Invalid):
        accounts.checked(replace(PROFILE, time_zone=zone))


def test_the_folder_of_the_database_is_nobody_elses(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'data' / 'gomeet.db'}").dispose()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
