"""Times that a publisher labels wrongly: suspected by us, corrected once a person says so."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.services import choose, sources
from app.services.sources import Overview
from app.store import choices, events
from app.store import sources as source_rows
from tests.kinds import embedded
from tests.services.publisher import Publisher, Service, vevent

NAMES = ("Alder Meetup", "Birch Meetup", "Cedar Meetup", "Dogwood Meetup", "Elm Meetup")
DAY = datetime(2026, 12, 7, tzinfo=UTC)


def evening_in_utc(name: str, day: int, uid: str = "") -> str:
    """An evening of New York (21:00) that its publisher writes with the clock of UTC (02:00)."""
    start = f"{DAY + timedelta(days=day + 1, hours=2):%Y%m%dT%H%M%S}"
    return vevent(name, DTSTART=start, DTEND="", UID=uid)


def health(service: Service, source: UUID) -> Overview:
    with service.world.database.read() as session:
        return sources.overview(session, source, service.now)


def correct(service: Service, source: UUID, rule: str) -> None:
    with service.world.database.write() as session:
        sources.change(session, source, now=service.now, time_rule=rule)


def starts(service: Service) -> dict[str, str]:
    return {
        name: f"{service.event(id_).local_start:%d %H:%M}" for name, id_ in service.listed().items()
    }


@pytest.mark.parametrize("uid", ["", "{}@gull.example"])
def test_B5_D3_a_confirmed_correction_moves_the_events_and_the_choices_follow(
    service: Service, publisher: Publisher, person: UUID, uid: str
) -> None:
    publisher.says(*(evening_in_utc(name, day, uid.format(day)) for day, name in enumerate(NAMES)))
    publisher.says(evening_in_utc("Other house", 20), path="/other.ics")
    source, other = service.add(), service.add("/other.ics", name="Other")
    service.poll(source)
    service.poll(other)
    before = service.listed()
    found = health(service, source)
    assert found.health.state == "wrong_zone_suspect"
    assert "labelled as local" in found.health.message
    assert found.row.time_rule_proposed == "utc_as_local"
    assert starts(service)["Alder Meetup"] == "08 02:00"
    with service.world.database.write() as session:
        choose.choose(session, person, before["Alder Meetup"], "chosen", service.now)
    correct(service, source, "utc_as_local")
    assert starts(service)["Alder Meetup"] == "07 21:00"
    (report,) = service.poll_due()
    assert (report.outcome, report.new, report.changed) == ("ok", 0, 0)
    assert service.listed() == before
    assert starts(service)["Alder Meetup"] == "07 21:00"
    assert starts(service)["Other house"] == "28 02:00", "another feed stays as it was"
    assert health(service, source).health.state == "ok"
    with service.world.database.read() as session:
        row = choices.get(session, person, before["Alder Meetup"])
        assert row is not None
        assert (row.state, row.sequence, row.gone_since) == ("chosen", 1, None)
    correct(service, source, "")
    assert starts(service)["Alder Meetup"] == "08 02:00"
    assert service.listed() == before


@embedded
def test_B5_local_times_labelled_utc(service: Service, publisher: Publisher) -> None:
    start = f"{DAY + timedelta(hours=19):%Y%m%dT%H%M%SZ}"
    publisher.says(vevent("Alder Meetup", DTSTART=start, DTEND=""))
    source = service.add()
    service.poll(source)
    assert starts(service) == {"Alder Meetup": "07 14:00"}
    correct(service, source, "local_as_utc")
    assert starts(service) == {"Alder Meetup": "07 19:00"}
    assert [report.changed for report in service.poll_due()] == [0]


@embedded
def test_B6_a_true_4_am_event_is_neither_suspected_nor_moved(
    service: Service, publisher: Publisher
) -> None:
    early = f"{DAY + timedelta(hours=4):%Y%m%dT%H%M%S}"
    publisher.says(
        vevent("Sunrise paddle", DTSTART=early, DTEND=""), *(vevent(name) for name in NAMES)
    )
    source = service.add()
    service.poll(source)
    assert starts(service)["Sunrise paddle"] == "07 04:00"
    found = health(service, source)
    assert (found.health.state, found.row.time_rule_proposed) == ("ok", "")


@embedded
def test_a_poll_under_way_cannot_store_uncorrected_times(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*(evening_in_utc(name, day) for day, name in enumerate(NAMES)))
    source = service.add()
    service.poll(source)
    with service.world.database.write() as session:
        claim = source_rows.claim(session, source, service.now)
    assert claim is not None
    correct(service, source, "utc_as_local")
    with service.world.database.read() as session:
        assert source_rows.held(session, claim) is None
        assert len(events.told(session, source)) == len(NAMES)
