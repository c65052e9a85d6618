"""Add-to-calendar links and subscription steps: CASES H1–H4."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.model.event import Event
from app.publish.links import event_links, subscription_clients, webcal
from scrapers.base import Place
from tests.publish.samples import MIXER, WALK
from tests.publish.samples import event as make_event

ICS = "https://meet.example/api/v1/events/1.ics"
FEED = "https://meet.example/calendar/s3cret-token.ics"


def fields(event: Event, service: str) -> dict[str, str]:
    url = getattr(event_links(event, ICS), service)
    assert url.isascii()
    assert "+" not in url  # Outlook shows it as itself
    return {key: value for key, (value,) in parse_qs(urlsplit(url).query).items()}


def test_H1_no_client_relies_on_googles_cid_and_every_one_can_copy() -> None:
    clients = subscription_clients(FEED)
    assert not any("cid=" in client.url for client in clients)
    google = next(client for client in clients if client.name == "Google Calendar")
    assert "Copy" in google.steps[0]
    assert any("Android" in client.name for client in clients)
    for client in clients:
        assert client.steps
        assert client.delay
        assert client.url or "Copy" in " ".join(client.steps)


def test_H1_apple_opens_webcal_and_outlook_gets_the_address_encoded() -> None:
    assert webcal(FEED) == "webcal://meet.example/calendar/s3cret-token.ics"
    outlook = next(c for c in subscription_clients(FEED) if c.name == "Outlook.com")
    assert parse_qs(urlsplit(outlook.url).query)["url"] == [FEED]
    others = {c.name for c in subscription_clients(FEED) if "s3cret" not in c.url}
    assert "Google Calendar" in others  # its page is opened without our secret in the address


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_H2_timed_links_are_utc_with_z_and_name_no_offset(zone: str) -> None:
    event = make_event(time_zone=zone)
    assert fields(event, "google")["dates"] == "20261208T230000Z/20261209T010000Z"
    assert fields(event, "yahoo")["st"] == "20261208T230000Z"
    for service in ("outlook", "office365"):
        assert fields(event, service)["startdt"] == "2026-12-08T23:00:00Z"
        assert fields(event, service)["enddt"] == "2026-12-09T01:00:00Z"


def test_H3_all_day_links_are_dates_without_zone() -> None:
    assert fields(WALK, "google")["dates"] == "20261212/20261214"
    assert "ctz" not in fields(WALK, "google")
    assert fields(WALK, "outlook")["startdt"] == "2026-12-12"
    assert fields(WALK, "outlook")["allday"] == "true"
    assert fields(WALK, "yahoo")["dur"] == "allday"


def test_H3_there_is_always_an_end_and_never_a_millisecond() -> None:
    event = make_event(end=None, start=datetime(2026, 12, 8, 23, 0, 0, 123456, tzinfo=UTC))
    assert fields(event, "google")["dates"] == "20261208T230000Z/20261209T010000Z"
    assert fields(event, "outlook")["enddt"] == "2026-12-09T01:00:00Z"


def test_H3_an_all_day_event_keeps_its_date_far_east() -> None:
    start = datetime(2026, 12, 12, tzinfo=ZoneInfo("Pacific/Kiritimati")).astimezone(UTC)
    event = make_event(start=start, end=None, all_day=True, time_zone="Pacific/Kiritimati")
    assert fields(event, "google")["dates"] == "20261212/20261213"


def test_H4_ampersands_and_line_breaks_survive() -> None:
    event = make_event(name="Q&A = fun #1 + more", description="One\nTwo & three")
    for service, title, details in (
        ("google", "text", "details"),
        ("outlook", "subject", "body"),
        ("yahoo", "title", "desc"),
    ):
        found = fields(event, service)
        assert found[title] == "Q&A = fun #1 + more"
        assert found[details].startswith("One\nTwo & three")


def test_H4_the_event_page_survives_a_long_description() -> None:
    assert fields(make_event(description="word " * 5000), "google")["details"].endswith(MIXER.url)


@settings(deadline=None)
@given(st.text(max_size=900), st.text(max_size=250))
def test_H4_no_link_is_too_long_and_none_is_cut_within_an_escape(text: str, name: str) -> None:
    event = make_event(name=name, description=text, location=Place(name, text[:500]))
    for service in ("google", "outlook", "office365", "yahoo"):
        assert len(getattr(event_links(event, ICS), service)) <= 2048
        assert "\ufffd" not in "".join(fields(event, service).values()) or "\ufffd" in text + name


def test_the_single_file_is_our_own() -> None:
    assert event_links(MIXER, ICS).ics == ICS
