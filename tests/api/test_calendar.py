"""The subscribed feed and the way off the mailing list (SECURITY.md 4.9; CASES G, I5)."""

from datetime import timedelta
from uuid import UUID

import icalendar
import pytest
from protego import Protego

from app.services import unsubscribe
from app.services.resources import Resources
from app.store import choices, outbox, users
from app.store.tables import ChoiceRow, OutboxRow
from tests.api.conftest import Api, Caller
from tests.conftest import NOW
from tests.kinds import embedded
from tests.seed import add_source, listing, tell

HEADERS = {
    "content-type": "text/calendar; charset=utf-8",
    "cache-control": "private, no-cache",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "content-disposition": "inline",
}


@pytest.fixture
def path(robin: Caller) -> str:
    """Where Robin's feed is."""
    url = str(robin.json("/api/v1/me/calendar")["url"])
    return url.removeprefix("http://gomeet.test")


@pytest.fixture
def events(world: Resources, robin: Caller) -> list[UUID]:
    """Five events that Robin chose."""
    named = [listing(f"{word} Mixer", days=day) for day, word in enumerate("ABCDE", start=1)]
    ids = tell(world, add_source(world), named)
    for event in ids:
        robin("PUT", f"/api/v1/choices/{event}", json={"state": "chosen"})
    return ids


def entries(feed: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(feed).events)


@embedded
def test_A21_headers_of_the_feed(api: Api, path: str, events: list[UUID]) -> None:
    answer = api.anonymous.get(path)
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "set-cookie" not in answer.headers
    assert len(entries(answer.content)) == 5


@embedded
@pytest.mark.parametrize("accept", ["text/html", "application/json", "", "*/*;q=0", "nonsense"])
def test_G10_any_accept_header_gets_the_feed(api: Api, path: str, accept: str) -> None:
    answer = api.anonymous.get(path, headers={"accept": accept})
    assert answer.headers["content-type"] == HEADERS["content-type"]
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n"), "nothing before it (G6)"


@embedded
def test_A21_head_of_the_feed(api: Api, path: str, events: list[UUID]) -> None:
    whole, head = api.anonymous.get(path), api.anonymous("HEAD", path)
    assert head.status_code == 200
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]


@embedded
def test_G2_dates_of_the_client_are_ignored(api: Api, path: str, events: list[UUID]) -> None:
    tag = api.anonymous.get(path).headers["etag"]
    for date in ("nonsense", "Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"):
        changed = {"if-modified-since": date, "if-none-match": '"old"'}
        assert api.anonymous.get(path, headers=changed).status_code == 200
        same = {"if-modified-since": date, "if-none-match": tag}
        assert api.anonymous.get(path, headers=same).status_code == 304
        assert api.anonymous.get(path, headers={"if-modified-since": date}).status_code == 200


@embedded
def test_G3_removing_the_newest_makes_another_tag(
    api: Api, robin: Caller, path: str, events: list[UUID]
) -> None:
    before = api.anonymous.get(path)
    robin("DELETE", f"/api/v1/choices/{events[-1]}")
    after = api.anonymous.get(path, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert len(entries(after.content)) == 4


@embedded
def test_G13_an_empty_feed_is_valid_and_named(api: Api, path: str) -> None:
    calendar = icalendar.Calendar.from_ical(api.anonymous.get(path).content)
    assert calendar["X-WR-CALNAME"] == "Go meet people"
    assert calendar.events == []


def test_G15_choices_of_half_a_year_ago_stay(
    api: Api, path: str, world: Resources, events: list[UUID]
) -> None:
    later = NOW + timedelta(days=200)
    with world.database.write() as session:
        assert len(choices.published(session, owner(session))) == 5
    api.now = later
    assert len(entries(api.anonymous.get(path).content)) == 5


def owner(session: object) -> UUID:
    return users.find(session, "robin@harborfalls.example").id  # type: ignore[arg-type] # a session


@embedded
def test_G16_one_bad_event_does_not_break_the_feed(
    world: Resources, person: UUID, api: Api, path: str, events: list[UUID]
) -> None:
    with world.database.write() as session:
        row = session.get(ChoiceRow, (person, events[2]))
        assert row is not None
        row.snapshot = '{"broken": true}'
        users.touch(session, [person])
    answer = api.anonymous.get(path)
    assert answer.status_code == 200
    assert len(entries(answer.content)) == 4


@embedded
def test_A19_every_wrong_address_gets_the_same_answer(api: Api, path: str) -> None:
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    another = "E" if token[-7] == "A" else "A"  # only sixteen characters can stand there
    wrong = (
        f"/calendar/{token[:-1]}.ics",
        f"/calendar/{token.upper()}.ics",
        f"/calendar/{token}x.ics",
        f"/calendar/{token[:-7]}{another}{token[-6:]}.ics",
        "/calendar/gmp_feed_.ics",
        "/calendar/%2e%2e.ics",
        f"/calendar/{'x' * 5000}.ics",
        f"/calendar/{world_token(api)}.ics",
    )
    answers = [api.anonymous.get(address) for address in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    for address in (f"{path}/", path.replace(".ics", "%2eics/"), path.removesuffix(".ics")):
        answer = api.anonymous.get(address)
        assert answer.status_code == 404
        assert token not in answer.text + str(answer.headers), "no redirect carries the token"


def world_token(api: Api) -> str:
    """Whole by its checksum, and nobody's."""
    return api.world.keys.feed_token(UUID(int=1), 1)


def test_A18_a_new_address_ends_the_old_one_at_once(
    api: Api, robin: Caller, path: str, events: list[UUID]
) -> None:
    before = api.anonymous.get(path)
    body = robin("POST", "/api/v1/me/calendar/rotate").json()
    assert api.anonymous.get(path).status_code == 404
    fresh = api.anonymous.get(body["url"].removeprefix("http://gomeet.test"))
    assert fresh.status_code == 200
    assert fresh.content == before.content, "UIDs and all"
    assert body["webcal_url"].startswith("webcal:")
    assert body["qr_svg"].startswith("<svg")
    assert len({client["name"] for client in body["clients"]}) >= 3


def test_C17_looking_at_the_unsubscribe_link_changes_nothing(
    api: Api, world: Resources, person: UUID, robin: Caller
) -> None:
    link = f"/unsubscribe/{world.keys.unsubscribe_token(person, unsubscribe.TOPIC)}"
    queued = letter(world, person)
    for method in ("GET", "GET", "OPTIONS"):
        answer = api.anonymous(method, link)
        assert answer.status_code in (200, 405)
    assert "<form" in api.anonymous.get(link).text
    assert robin.json("/api/v1/me")["digest"]["enabled"] is True
    assert state_of(world, queued) == "pending"


def test_C17_posting_to_it_works_without_a_login_and_twice(
    api: Api, world: Resources, person: UUID, robin: Caller
) -> None:
    link = f"/unsubscribe/{world.keys.unsubscribe_token(person, unsubscribe.TOPIC)}"
    queued = letter(world, person)
    for _ in range(2):
        answer = api.anonymous(
            "POST",
            link,
            content="List-Unsubscribe=One-Click",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        digest = robin.json("/api/v1/me")["digest"]
        assert (digest["enabled"], digest["next_at"]) == (False, None)
    assert state_of(world, queued) == "cancelled"


@embedded
def test_I5_the_link_can_do_only_that(api: Api, world: Resources, person: UUID) -> None:
    good = world.keys.unsubscribe_token(person, unsubscribe.TOPIC)
    other = world.keys.unsubscribe_token(person, "alerts")
    for token in (good[:-1], good.upper(), other, world.keys.feed_token(person, 1), "x"):
        for method in ("GET", "POST"):
            assert api.anonymous(method, f"/unsubscribe/{token}").status_code == 404
    assert api.anonymous.get(f"/calendar/{good}.ics").status_code == 404
    answer = api.anonymous.get("/api/v1/me", headers={"authorization": f"Bearer {good}"})
    assert answer.status_code == 401


def letter(world: Resources, person: UUID) -> UUID:
    with world.database.write() as session:
        return outbox.put(
            session,
            dedupe_key="digest|x",
            user_id=person,
            topic=unsubscribe.TOPIC,
            recipient="robin@harborfalls.example",
            message=b"hello",
            now=NOW,
        )


def state_of(world: Resources, message: UUID) -> str:
    with world.database.read() as session:
        row = session.get(OutboxRow, message)
    assert row is not None
    return row.state


@embedded
def test_G11_no_rule_for_robots_forbids_the_feed(api: Api, path: str) -> None:
    answer = api.anonymous.get("/robots.txt")
    rules = Protego.parse(answer.text if answer.status_code == 200 else "")
    assert rules.can_fetch(f"{api.world.settings.base_url}{path}", "AnyCalendar")
