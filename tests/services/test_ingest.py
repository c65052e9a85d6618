"""Polling real servers through the real sandbox: what a feed says, and what it can never do."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.services import curate, housekeep, merge, sources
from app.store import choices, events
from app.store import sources as source_rows
from app.store.tables import ChoiceRow
from tests.conftest import NOW
from tests.kinds import embedded
from tests.servers import Behaviour, redirect, reply, silent
from tests.services.publisher import TWELVE, Publisher, Service, calendar_of, ics, stamp, vevent

FAULTS: dict[str, Behaviour] = {
    "500": reply(b"oops", 500),
    "403": reply(b"no", 403),
    "404": reply(b"gone fishing", 404),
    "silence": silent(),
    "login page": reply(
        b"<html><body><form>Sign in</form></body></html>", content_type="text/html"
    ),
    "empty body": reply(b"", content_type="text/calendar"),
    "json": reply(b"[]", content_type="application/json"),
    "no events": calendar_of([]),
    "1 of 12": calendar_of(TWELVE[:1]),
    "garbage": reply(bytes(range(256)) * 20, content_type="text/calendar"),
    "broken off": reply(ics(TWELVE)[:700], content_type="text/calendar"),
}


def choice(service: Service, user_id: UUID, event_id: UUID) -> ChoiceRow:
    with service.world.database.read() as session:
        row = choices.get(session, user_id, event_id)
    assert row is not None
    return row


@embedded
@pytest.mark.parametrize("fault", FAULTS)
def test_X15_no_fault_of_a_feed_takes_anything_away(
    service: Service, publisher: Publisher, person: UUID, fault: str
) -> None:
    """A1, A2, A3, A5: for one, three and ten fetches; then all is as it was, nothing is new."""
    service.world.settings.fetch_deadline = 0.3 if fault == "silence" else 5
    publisher.says(*TWELVE)
    source = service.add()
    assert service.poll(source).new == 12
    before = service.listed()
    kept = service.choose(person, before["Birch Meetup"])
    feed = service.feed(person)
    for times in (1, 3) if fault == "silence" else (1, 3, 10):
        publisher.answers["/feed.ics"] = FAULTS[fault]
        for _ in range(times):
            report = service.poll(source)
            assert report.outcome in ("temporary", "suspicious", "blocked", "broken")
            assert (report.new, report.changed) == (0, 0)
        assert service.listed() == before
        assert service.feed(person) == feed
        assert choice(service, person, kept).gone_since is None
        publisher.says(*TWELVE)
        report = service.poll(source)
        assert report.outcome in ("ok", "not_modified")
        assert (report.new, report.changed) == (0, 0)
        assert service.listed() == before


def test_A1_a_failing_source_changes_no_event_and_backs_off(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    before, revision = service.listed(), service.revision()
    publisher.answers["/feed.ics"] = reply(b"", 503)
    waits = []
    for _ in range(4):
        service.poll(source)
        with service.world.database.read() as session:
            row = source_rows.get(session, source)
        assert row.next_due_at is not None
        assert row.error
        waits.append(row.next_due_at - service.now)
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]
    assert service.revision() == revision, "not even the catalog's number moves"
    assert service.listed() == before


@embedded
def test_A12_one_bad_component_costs_itself_alone(service: Service, publisher: Publisher) -> None:
    bad = vevent("No start", DTSTART="", DTEND="")
    publisher.says(TWELVE[0], bad, TWELVE[1])
    source = service.add()
    report = service.poll(source)
    assert (report.outcome, report.new, report.problems) == ("ok_partial", 2, 1)
    with service.world.database.read() as session:
        found = sources.overview(session, source, service.now)
    assert found.upcoming == 2
    assert "No start" in found.problems[0].place


@embedded
def test_X30_a_source_that_brings_our_code_to_fall_costs_itself_alone(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.says(TWELVE[0])
    publisher.says(TWELVE[1], path="/other.ics")
    poison, good = service.add(), service.add("/other.ics", name="Other")
    apply = merge.apply

    def fall(session: object, source: object, *more: object, **named: object) -> object:
        if getattr(source, "id", None) == poison and more[1].new:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return apply(session, source, *more, **named)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(merge, "apply", fall)
    reports = {report.source_id: report for report in service.poll_due()}
    assert reports[good].new == 1
    assert reports[poison].outcome == "broken"
    with service.world.database.read() as session:
        row = source_rows.get(session, poison)
    assert row.next_due_at is not None
    assert row.next_due_at > service.now + timedelta(minutes=10), "no hot loop"


def test_A16_a_past_event_that_leaves_the_feed_stays_chosen(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    event = service.choose(person, service.listed()["Alder Meetup"])
    feed = service.feed(person)
    for day in range(3, 9):  # the publisher drops each day what is over
        publisher.says(*TWELVE[day - 1 :])
        service.now = NOW + timedelta(days=day, hours=12)
        service.poll(source)
    assert choice(service, person, event).gone_since is None
    assert service.feed(person) == feed


def test_an_event_that_is_taken_out_is_hidden_after_several_good_fetches(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    ids = service.listed()
    event = service.choose(person, ids["Larch Meetup"])
    publisher.says(*TWELVE[:-1])
    for _ in range(3):
        service.poll(source)
    assert "Larch Meetup" in service.listed(), "three fetches in a day are too few"
    service.poll(source, after=timedelta(hours=40))
    assert "Larch Meetup" not in service.listed()
    assert len(service.listed()) == 11
    assert choice(service, person, event).gone_since is not None
    assert "no longer lists" in service.feed(person)
    assert "SUMMARY:Larch Meetup" in service.feed(person)
    publisher.says(*TWELVE)
    assert service.poll(source).new == 0
    assert service.listed() == ids
    assert choice(service, person, event).gone_since is None


@pytest.mark.parametrize("uids", ["new", "none", "empty"])
def test_D1_X16_other_uids_change_nothing(
    service: Service, publisher: Publisher, person: UUID, uids: str
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    before = service.listed()
    service.choose(person, before["Cedar Meetup"])
    feed = service.feed(person)
    for round_ in range(3):
        publisher.says(*(reissued(component, uids, round_) for component in TWELVE))
        report = service.poll(source)
        assert report.outcome in ("ok", "not_modified")
        assert (report.new, report.changed) == (0, 0)
        assert service.listed() == before
        assert service.feed(person) == feed, "same UID, same SEQUENCE, same bytes"


def reissued(component: str, uids: str, round_: int) -> str:
    uid = next(line for line in component.split("\r\n") if line.startswith("UID:"))
    other = {"new": f"UID:{round_}-{hash(uid)}", "none": "", "empty": "UID:"}[uids]
    return component.replace(f"{uid}\r\n", f"{other}\r\n" if other else "")


@pytest.mark.parametrize("same_uid", [True, False])
def test_D3_a_corrected_start_is_the_same_event(
    service: Service, publisher: Publisher, person: UUID, same_uid: bool
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    event = service.choose(person, service.listed()["Alder Meetup"])
    later = NOW + timedelta(days=2, hours=9)
    uid = "alder-meetup@gull.example" if same_uid else "other@gull.example"
    publisher.says(vevent("Alder Meetup", start=later, UID=uid), *TWELVE[1:])
    report = service.poll(source)
    assert (report.new, report.changed) == (0, 1)
    assert service.listed()["Alder Meetup"] == event
    assert service.event(event).start == later
    row = choice(service, person, event)
    assert row.sequence == 1
    assert f"DTSTART;TZID={'America/New_York'}" in service.feed(person)
    service.poll(source)
    assert choice(service, person, event).sequence == 1, "once is enough"


def test_D10_an_edited_description_updates_and_alerts_nobody(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    publisher.says(vevent("Alder Meetup", DESCRIPTION="Bring a friend."))
    source = service.add()
    service.poll(source)
    event = service.choose(person, service.listed()["Alder Meetup"])
    publisher.says(vevent("Alder Meetup", DESCRIPTION="Bring two friends."))
    report = service.poll(source)
    assert (report.new, report.changed) == (0, 1)
    assert service.event(event).description == "Bring two friends."
    assert choice(service, person, event).sequence == 0
    assert "Bring two friends" in service.feed(person)


def test_D13_reading_twice_changes_nothing(service: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    before, revision = service.listed(), service.revision()
    publisher.says(*(each.replace(stamp(NOW), stamp(NOW + timedelta(days=1))) for each in TWELVE))
    again = service.poll(source, after=timedelta(days=8))  # read whole, although nothing changed
    assert (again.outcome, again.new, again.changed) == ("ok", 0, 0)
    assert service.listed() == before
    assert service.revision() == revision


@embedded
def test_an_unchanged_calendar_is_not_even_parsed(
    service: Service, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = '"v1"'
    publisher.says(*TWELVE, etag=tag, last_modified="Mon, 23 Nov 2026 10:00:00 GMT")
    source = service.add()
    service.poll(source)

    def parse(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(service.world.sandbox, "parse", parse)
    publisher.answers["/feed.ics"] = reply(b"", 304)
    revision = service.revision()
    assert service.poll(source).outcome == "not_modified"
    sent = publisher.asked()[-1].headers
    assert sent["if-none-match"] == tag
    assert sent["if-modified-since"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    publisher.says(*TWELVE)  # the same bytes from a server that knows no 304
    assert service.poll(source).outcome == "not_modified"
    stamped = (each.replace(stamp(NOW), stamp(NOW + timedelta(days=1))) for each in TWELVE)
    publisher.says(*stamped)  # and from one that stamps at every request
    assert service.poll(source).outcome == "not_modified"
    assert service.revision() == revision


@embedded
def test_E7_now_and_then_a_calendar_is_read_whole(service: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE, etag='"v1"')
    source = service.add()
    service.poll(source)
    assert service.poll(source, after=timedelta(days=8)).outcome == "ok"
    assert "if-none-match" not in publisher.asked()[-1].headers


@embedded
def test_validators_of_a_bad_answer_are_not_kept(service: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE, etag='"good"')
    source = service.add()
    service.poll(source)
    publisher.says(TWELVE[0], etag='"bad"')
    assert service.poll(source).outcome == "suspicious"
    service.poll(source)
    assert publisher.asked()[-1].headers["if-none-match"] == '"good"'


@embedded
def test_S20_a_permanent_redirect_is_believed_the_third_time(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE, path="/new.ics")
    publisher.answers["/feed.ics"] = redirect("/new.ics", 301)
    source = service.add()
    old, new = publisher.server.url("/feed.ics"), publisher.server.url("/new.ics")
    for stored in (old, old, new, new):
        service.poll(source)
        assert url_of(service, source) == stored
    assert len(publisher.asked()) == 3


@embedded
def test_S20_a_redirect_that_is_not_steady_is_not_believed(
    service: Service, publisher: Publisher
) -> None:
    for path in ("/a.ics", "/b.ics"):
        publisher.says(*TWELVE, path=path)
    source = service.add()
    for target, status in (("/a.ics", 301), ("/a.ics", 301), ("/b.ics", 301), ("/a.ics", 308),
                           ("/a.ics", 302), ("/a.ics", 302), ("/a.ics", 302)):  # fmt: skip
        publisher.answers["/feed.ics"] = redirect(target, status)
        service.poll(source)
        assert url_of(service, source) == publisher.server.url("/feed.ics")


@embedded
def test_A7_two_sources_that_move_to_one_address_stay_two(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE, path="/new.ics")
    publisher.answers["/feed.ics"] = redirect("/new.ics", 301)
    service.add("/new.ics", name="New")
    source = service.add()
    for _ in range(5):
        assert service.poll(source).outcome in ("ok", "not_modified")
    assert url_of(service, source) == publisher.server.url("/feed.ics")


def url_of(service: Service, source: UUID) -> str:
    with service.world.database.read() as session:
        return source_rows.get(session, source).url


@embedded
def test_K4_what_a_source_marks_private_is_not_republished(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(
        TWELVE[0],
        vevent("Secret Meetup", CLASS="PRIVATE"),
        vevent("Board Meetup", CLASS="CONFIDENTIAL"),
        vevent("Open Meetup", CLASS="PUBLIC"),
    )
    assert service.poll(service.add()).listings == 2
    assert set(service.listed()) == {"Alder Meetup", "Open Meetup"}


def page(names: list[str], following: str = "") -> Behaviour:
    link = f'<link rel="next" href="{following}">' if following else ""
    nodes = ",".join(
        f'{{"@context":"https://schema.org","@type":"Event","name":"{name}","url":"/{name}",'
        f'"startDate":"{(NOW + timedelta(days=4)).isoformat()}",'
        '"location":{"@type":"Place","name":"Gull Room"}}'
        for name in names
    )
    script = f'<script type="application/ld+json">[{nodes}]</script>'
    return reply(
        f"<html><head>{link}{script}</head><body></body></html>".encode(), content_type="text/html"
    )


@embedded
def test_next_pages_are_read_and_a_failing_one_costs_itself_alone(
    service: Service, publisher: Publisher
) -> None:
    publisher.answers |= {
        "/feed.ics": page(["Alder", "Birch"], "/2"),
        "/2": page(["Cedar"], "/3"),
        "/3": page(["Dogwood"], "/feed.ics"),
    }
    source = service.add()
    report = service.poll(source)
    assert (report.outcome, report.new) == ("ok", 4)
    before = service.listed()
    publisher.answers["/3"] = reply(b"", 500)
    publisher.answers["/feed.ics"] = page(["Alder", "Birch", "Elm"], "/2")
    report = service.poll(source)
    assert (report.outcome, report.new, report.problems) == ("ok_partial", 1, 1)
    for _ in range(5):
        service.poll(source, after=timedelta(days=1) / 2)
    assert set(service.listed()) == {*before, "Elm"}, "a page that is away takes nothing away"


def test_E1_a_cancelled_chosen_event_says_so_once(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    event = service.choose(person, service.listed()["Larch Meetup"])
    publisher.says(*TWELVE[:-1], vevent("Larch Meetup", days=13, STATUS="CANCELLED"))
    service.poll(source)
    feed = service.feed(person)
    assert "STATUS:CANCELLED" in feed
    assert "SEQUENCE:1\r\n" in feed
    assert "Larch Meetup" not in service.listed(), "nor is it suggested any more"
    cancelled_at = choice(service, person, event).cancelled_at
    for _ in range(3):
        service.poll(source)
        assert service.feed(person) == feed
    assert choice(service, person, event).cancelled_at == cancelled_at
    fade(service, person, feed)
    publisher.says(*TWELVE)
    service.poll(source, after=timedelta(0))
    assert "STATUS:CANCELLED" not in service.feed(person), "it takes place after all"
    assert "SEQUENCE:2\r\n" in service.feed(person)


def fade(service: Service, person: UUID, feed: str) -> None:
    """E2: the mark leaves the calendar after some days, and not before."""
    for days, there in ((13, True), (15, False)):
        housekeep.tidy(service.world, service.now + timedelta(days=days))
        assert ("Larch" in service.feed(person)) is there
        if there:
            assert service.feed(person) == feed


def test_a_moved_event_has_a_higher_sequence_exactly_once(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    event = service.choose(person, service.listed()["Elm Meetup"])
    for step, days in enumerate((20, 21), 1):
        publisher.says(*TWELVE[:4], vevent("Elm Meetup", days=days), *TWELVE[5:])
        for _ in range(2):
            service.poll(source)
            assert choice(service, person, event).sequence == step
    assert service.feed(person).count("BEGIN:VEVENT") == 1


def both(
    service: Service, publisher: Publisher, venue_says: str, aggregator_says: str, first: str
) -> tuple[UUID, UUID]:
    """A venue and an aggregator have been read, in one order or the other."""
    publisher.says(venue_says, path="/venue.ics")
    publisher.says(aggregator_says, path="/town.ics")
    venue = service.add("/venue.ics", name="Gull Room", trust=90)
    town = service.add("/town.ics", name="Town Events", trust=20)
    for source in (venue, town) if first == "venue" else (town, venue):
        service.poll(source)
    return venue, town


@pytest.mark.parametrize("first", ["venue", "aggregator"])
def test_listings_of_two_sources_become_one_event_in_the_venues_words(
    service: Service, publisher: Publisher, first: str
) -> None:
    venue, town = both(
        service,
        publisher,
        vevent("Founders Mixer", DESCRIPTION="Doors at six.", URL="https://gull.example/mixer"),
        vevent("Founders Mixer at Gull Room", UID="t-1", URL="https://town.example/1"),
        first,
    )
    (name,) = service.listed()
    event = service.event(service.listed()[name])
    assert name == "Founders Mixer"
    assert event.url == "https://gull.example/mixer"
    with service.world.database.read() as session:
        assert events.source_names(session, [event.id])[event.id] == ["Gull Room", "Town Events"]
    revision = service.revision()
    for source in (venue, town, venue):
        service.poll(source, after=timedelta(days=8))
    assert service.revision() == revision, "D7: it does not alternate"


@embedded
@pytest.mark.parametrize("first", ["venue", "aggregator"])
def test_D6_the_copy_with_the_wrong_time_does_not_win(
    service: Service, publisher: Publisher, first: str
) -> None:
    right = NOW + timedelta(days=3, hours=9)
    both(
        service,
        publisher,
        vevent("Founders Mixer", start=right, DESCRIPTION="A night for founders of the town."),
        vevent(
            "Founders Mixer",
            start=right - timedelta(hours=12),  # seven in the morning for seven in the evening
            UID="t-1",
            DESCRIPTION="A night for founders of the town.",
        ),
        first,
    )
    ((_, event),) = service.listed().items()
    assert service.event(event).start == right


@embedded
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Comedy Showcase", "Happy Hour"),
        ("Watercolor Evening", "Figure Drawing Evening"),
        ("Jazz Trio", "Jazz Brunch Tryouts"),
    ],
)
def test_D5_other_shows_of_one_house_and_evening_stay_apart(
    service: Service, publisher: Publisher, one: str, other: str
) -> None:
    both(service, publisher, vevent(one), vevent(other, UID="t-1"), "venue")
    assert set(service.listed()) == {one, other}


def test_D12_choosing_a_merged_event_and_splitting_it(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    venue, town = both(
        service,
        publisher,
        vevent("Founders Mixer"),
        vevent("Founders Mixer at Gull Room", UID="t-1"),
        "venue",
    )
    (event,) = service.listed().values()
    service.choose(person, event)
    feed = service.feed(person)
    with service.world.database.read() as session:
        voice = next(v for v in events.voices(session, [event])[event] if v.source_id == town)
    with service.world.database.write() as session:
        _, alone = curate.split(session, event, voice.listing_id, by=None, now=service.now)
    assert set(service.listed().values()) == {event, alone}
    assert service.feed(person) == feed, "the choice stays with the event it was made on"
    publisher.says(
        vevent("Founders Mixer at Gull Room", UID="t-1", DESCRIPTION="Edited"), path="/town.ics"
    )
    for source in (venue, town, venue, town):
        service.poll(source, after=timedelta(days=8))
    assert set(service.listed().values()) == {event, alone}, "and apart they stay"


@embedded
def test_C08_a_source_cannot_change_what_another_says_by_its_uid(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(vevent("Founders Mixer"))
    publisher.says(
        vevent("Something Else", days=6, UID="founders-mixer@gull.example"), path="/evil.ics"
    )
    service.poll(service.add())
    before = service.listed()
    service.poll(service.add("/evil.ics", name="Evil"))
    assert service.listed()["Founders Mixer"] == before["Founders Mixer"]
    assert len(service.listed()) == 2


@embedded
def test_a_source_that_is_removed_while_it_is_read_is_let_go(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    with service.world.database.write() as session:
        claim = source_rows.claim(session, source, service.now)
        assert claim is not None
        source_rows.delete(session, source)
    assert service.poll_due() == []
    assert service.listed() == {}


@pytest.mark.parametrize("uid", ["birch-meetup@gull.example", "other@gull.example"])
def test_what_turns_private_is_hidden_at_the_next_good_poll(
    service: Service, publisher: Publisher, person: UUID, uid: str
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    ids = service.listed()
    event = service.choose(person, ids["Birch Meetup"])
    birch = vevent("Birch Meetup", days=3, UID=uid, CLASS="PRIVATE")
    publisher.says(TWELVE[0], birch, *TWELVE[2:])
    assert service.poll(source).outcome == "ok"
    assert service.listed() == {name: id_ for name, id_ in ids.items() if id_ != event}
    assert choice(service, person, event).state == "chosen"
    publisher.says(*TWELVE)
    service.poll(source)
    assert service.listed() == ids, "public again, the same event"


def test_a_calendar_that_turns_private_as_a_whole_is_no_accident(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    publisher.says(*(each.replace("END:VEVENT", "CLASS:PRIVATE\r\nEND:VEVENT") for each in TWELVE))
    assert service.poll(source).outcome == "ok"
    assert service.listed() == {}


@embedded
def test_A14_a_calendar_of_past_events_is_quiet(service: Service, publisher: Publisher) -> None:
    publisher.says(vevent("Old Meetup", days=-30))
    source = service.add()
    service.poll(source)
    with service.world.database.read() as session:
        found = sources.overview(session, source, service.now)
    assert found.health.state == "quiet"
    assert found.row.next_due_at is not None
