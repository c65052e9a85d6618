"""What people decide on events survives that every event is wiped and read anew (FEATURES 24)."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import Conflict, Invalid, NotFound
from app.model.curation import CORRECT, HIDE, PIN, Correction
from app.services import check_in, choose, curate, ingest
from app.store import choices, events
from tests.conftest import NOW
from tests.kinds import embedded
from tests.servers import redirect
from tests.services.publisher import TWELVE, Publisher, Service, calendar_of, vevent


def decide(
    service: Service, event: UUID, act: str = HIDE, scope: str = "event", **more: object
) -> UUID:
    with service.world.database.write() as session:
        row = curate.decide(
            session,
            event,
            act=act,
            scope=scope,
            by=None,
            now=service.now,
            **more,  # type: ignore[arg-type]
        )
        return row.id


def undo(service: Service, decision: UUID) -> None:
    with service.world.database.write() as session:
        curate.undo(session, decision, service.now)


def wiped(service: Service, source: UUID) -> UUID:
    """The same source, removed with all it said, added again and read anew."""
    with service.world.database.write() as session:
        ingest.remove_source(session, source, service.now)
    again = service.add()
    service.poll(again)
    return again


def test_a_hidden_event_stays_hidden_when_all_is_wiped_and_read_anew(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    before = service.listed()
    birch = before["Birch Meetup"]
    service.choose(person, birch)
    feed = service.feed(person)
    decision = decide(service, birch)
    assert service.listed().keys() == before.keys() - {"Birch Meetup"}
    with service.world.database.read() as session:
        row = choices.get(session, person, birch)
        assert row is not None
        assert (row.state, row.gone_since) == ("chosen", None), "what a person chose stays"
    assert service.feed(person) == feed
    wiped(service, source)
    found = service.listed()
    assert found.keys() == before.keys() - {"Birch Meetup"}
    assert not set(found.values()) & set(before.values()), "all of them are new rows"
    undo(service, decision)
    assert service.listed().keys() == before.keys()
    undo(service, decision)
    with pytest.raises(NotFound):
        undo(service, birch)


def test_a_correction_survives_a_wipe_and_goes_when_undone(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(vevent("Founders Cofee"))
    source = service.add()
    service.poll(source)
    (event,) = service.listed().values()
    right = Correction("Founders Coffee", "https://gull.example/coffee", "Gull Room, upstairs")
    decision = decide(service, event, CORRECT, correction=right)
    source = wiped(service, source)
    (event,) = service.listed().values()
    found = service.event(event)
    assert found.location is not None
    assert (found.name, found.url, found.location.name) == (
        "Founders Coffee",
        "https://gull.example/coffee",
        "Gull Room, upstairs",
    )
    publisher.says(vevent("Founders Cofee", days=4, DESCRIPTION="Moved by a day."))
    service.poll(source)
    moved = service.event(event)
    assert (moved.name, moved.start - found.start) == ("Founders Coffee", timedelta(days=1))
    undo(service, decision)
    assert service.event(event).name == "Founders Cofee"


def test_a_decision_goes_with_a_listing_that_gets_another_uid_and_start(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    decide(service, service.listed()["Alder Meetup"])
    renamed = vevent(
        "Alder Meetup", UID="other@gull.example", start=NOW + timedelta(days=2, hours=9)
    )
    publisher.says(renamed, *TWELVE[1:])
    service.poll(source)
    assert "Alder Meetup" not in service.listed()
    wiped(service, source)
    assert "Alder Meetup" not in service.listed()


def test_a_series_is_hidden_with_its_dates_to_come(service: Service, publisher: Publisher) -> None:
    publisher.says(
        vevent("Weekly drill", RRULE="FREQ=WEEKLY;COUNT=3"), vevent("Elm Meetup", days=4)
    )
    source = service.add()
    service.poll(source)
    with service.world.database.read() as session:
        ids = {service.event(id_).name: id_ for id_ in events.events_of_source(session, source)}
    with pytest.raises(Conflict):
        decide(service, ids["Elm Meetup"], scope="series")
    decision = decide(service, ids["Weekly drill"], scope="series")
    publisher.says(
        vevent("Weekly drill", RRULE="FREQ=WEEKLY;COUNT=5"), vevent("Elm Meetup", days=4)
    )
    source = wiped(service, source)
    assert set(service.listed()) == {"Elm Meetup"}
    with service.world.database.read() as session:
        ids = {service.event(id_).name: id_ for id_ in events.events_of_source(session, source)}
    decide(service, ids["Weekly drill"], PIN)
    assert len(service.listed()) == 2, "what is pinned stands against the hiding of its series"
    undo(service, decision)


def test_a_hidden_source_is_silent_and_what_others_list_stays(
    service: Service, publisher: Publisher
) -> None:
    shared = vevent("Harbor Mixer", days=5, URL="https://gull.example/harbor")
    publisher.says(*TWELVE, shared)
    publisher.says(shared, path="/other.ics")
    source = service.add()
    service.add("/other.ics", name="Other", trust=20)
    service.poll_due()
    listed = service.listed()
    with pytest.raises(Invalid):
        decide(service, listed["Harbor Mixer"], scope="source")
    decision = decide(service, listed["Harbor Mixer"], scope="source", source_id=source)
    assert set(service.listed()) == {"Harbor Mixer"}
    wiped(service, source)
    assert set(service.listed()) == {"Harbor Mixer"}
    undo(service, decision)
    assert len(service.listed()) == 13


def test_K3_a_burst_of_one_source_is_hidden_in_one_act(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    spam = [vevent(f"Cheap pills {number}", days=2 + number) for number in range(8)]
    publisher.says(*TWELVE, *spam)
    service.poll(source)
    listed = service.listed()
    assert len(listed) == 20
    decision = decide(service, listed["Cheap pills 3"], scope="burst", hours=2)
    assert len(service.listed()) == 12
    source = wiped(service, source)
    assert len(service.listed()) == 12, "although everything is new now"
    undo(service, decision)
    assert len(service.listed()) == 20


@embedded
def test_decisions_go_with_a_source_that_has_moved(service: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    decide(service, service.listed()["Alder Meetup"])
    publisher.answers["/new.ics"] = calendar_of(TWELVE)
    publisher.answers["/feed.ics"] = redirect(publisher.server.url("/new.ics"), 301)
    for _ in range(4):
        service.poll(source)
    with service.world.database.write() as session:
        ingest.remove_source(session, source, service.now)
    service.poll(service.add("/new.ics"))
    assert len(service.listed()) == 11


@embedded
def test_what_cannot_be_decided_is_refused(service: Service, publisher: Publisher) -> None:
    publisher.says(*TWELVE)
    source = service.add()
    service.poll(source)
    event = service.listed()["Alder Meetup"]
    for bad in (Correction(), Correction(url="javascript:alert(1)")):
        with pytest.raises(Invalid):
            decide(service, event, CORRECT, correction=bad)
    with pytest.raises(Invalid):
        decide(service, event, PIN, scope="source")
    with service.world.database.write() as session:
        ingest.remove_source(session, source, service.now)
    with pytest.raises(Conflict):
        decide(service, event)


def two(service: Service, publisher: Publisher, other: str = "Salt Supper") -> tuple[UUID, UUID]:
    """Two sources, each with one event; what the matcher makes of them is its affair."""
    publisher.says(vevent("Founders Mixer"))
    publisher.says(vevent(other, UID="t-1"), path="/town.ics")
    gull, town = service.add(trust=90), service.add("/town.ics", name="Town", trust=30)
    service.poll(gull)
    service.poll(town)
    return gull, town


def unite(service: Service, event: UUID, other: UUID) -> UUID:
    with service.world.database.write() as session:
        return curate.unite(session, event, other, by=None, now=service.now).id


def split(service: Service, event: UUID, source: UUID) -> UUID:
    with service.world.database.write() as session:
        voice = next(v for v in events.voices(session, [event])[event] if v.source_id == source)
        return curate.split(session, event, voice.listing_id, by=None, now=service.now)[0].id


def reread(service: Service, *sources_: UUID) -> list[UUID]:
    """All sources removed with what they said, then added and read anew, in this order."""
    with service.world.database.write() as session:
        for source in sources_:
            ingest.remove_source(session, source, service.now)
    paths = [("/feed.ics", "Gull Room", 90), ("/town.ics", "Town", 30)]
    again = [service.add(path, name=name, trust=trust) for path, name, trust in paths]
    for source in reversed(again):
        service.poll(source)
    return again


def test_a_merge_by_hand_survives_a_wipe_and_undoing_it_restores_both(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    both_sources = two(service, publisher)
    before = service.listed()
    mixer, supper = before["Founders Mixer"], before["Salt Supper"]
    service.choose(person, supper)
    (uid,) = [line for line in service.feed(person).splitlines() if line.startswith("UID:")]
    decision = unite(service, mixer, supper)
    assert service.listed() == {"Founders Mixer": mixer}
    with service.world.database.read() as session:
        assert choices.get(session, person, supper) is None
        row = choices.get(session, person, mixer)
        assert row is not None
        assert (row.state, row.gone_since) == ("chosen", None)
    feed = service.feed(person)
    assert uid in feed, "the entry in the calendar stays the same one"
    assert "SUMMARY:Founders Mixer" in feed
    for source in both_sources:
        service.poll(source)
    assert service.listed() == {"Founders Mixer": mixer}
    again = reread(service, *both_sources)
    (found,) = service.listed().values()
    with service.world.database.read() as session:
        assert len(events.voices(session, [found])[found]) == 2
    undo(service, decision)
    assert service.listed().keys() == before.keys()
    reread(service, *again)
    assert service.listed().keys() == before.keys()


def test_a_split_survives_a_wipe_and_undoing_it_joins_both(
    service: Service, publisher: Publisher
) -> None:
    gull, town = two(service, publisher, "Founders Mixer at Gull Room")
    ((name, event),) = service.listed().items()
    decision = split(service, event, town)
    apart = {name, "Founders Mixer at Gull Room"}
    assert service.listed().keys() == apart
    again = reread(service, gull, town)
    assert service.listed().keys() == apart
    undo(service, decision)
    assert service.listed().keys() == {name}
    reread(service, *again)
    assert service.listed().keys() == {name}


def test_the_last_word_on_one_or_two_holds(service: Service, publisher: Publisher) -> None:
    gull, town = two(service, publisher, "Founders Mixer at Gull Room")
    (event,) = service.listed().values()
    split(service, event, town)
    (other,) = set(service.listed().values()) - {event}
    unite(service, event, other)
    gull, town = reread(service, gull, town)
    (event,) = service.listed().values()
    split(service, event, town)
    reread(service, gull, town)
    assert len(service.listed()) == 2


def test_who_chose_both_keeps_one_entry(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    two(service, publisher)
    listed = service.listed()
    service.choose(person, listed["Founders Mixer"], "dismissed")
    service.choose(person, listed["Salt Supper"])
    unite(service, listed["Founders Mixer"], listed["Salt Supper"])
    assert service.feed(person).count("BEGIN:VEVENT") == 1
    with service.world.database.read() as session:
        row = choices.get(session, person, listed["Founders Mixer"])
        assert row is not None
        assert row.state == "chosen"


def test_merges_and_splits_that_mean_nothing_are_refused(
    service: Service, publisher: Publisher
) -> None:
    gull, _ = two(service, publisher)
    listed = service.listed()
    mixer = listed["Founders Mixer"]
    with pytest.raises(Invalid, match="another event"):
        unite(service, mixer, mixer)
    with pytest.raises(NotFound):
        unite(service, mixer, UUID(int=1))
    with pytest.raises(Conflict, match="alone"):
        split(service, mixer, gull)
    with service.world.database.write() as session:
        listing = events.voices(session, [mixer])[mixer][0].listing_id
        with pytest.raises(NotFound, match="no such listing"):
            curate.split(session, listed["Salt Supper"], listing, by=None, now=service.now)
    assert service.listed() == listed


def state_of(service: Service, person: UUID, event: UUID) -> str:
    with service.world.database.read() as session:
        row = choices.get(session, person, event)
        return row.state if row is not None else ""


def test_undoing_a_merge_gives_choices_and_check_ins_back(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    two(service, publisher)
    mixer, supper = (service.listed()[name] for name in ("Founders Mixer", "Salt Supper"))
    service.choose(person, supper)
    feed = service.feed(person)
    decision = unite(service, mixer, supper)
    assert (state_of(service, person, mixer), state_of(service, person, supper)) == ("chosen", "")
    service.now += timedelta(days=4)
    with service.world.database.write() as session:
        check_in.check_in(session, person, mixer, check_in.Answers(went=True), service.now)
        assert check_in.due(session, person, service.now) == []
    undo(service, decision)
    assert (state_of(service, person, mixer), state_of(service, person, supper)) == ("", "chosen")
    assert "SUMMARY:Salt Supper" in service.feed(person)
    assert [line for line in feed.splitlines() if line.startswith("UID:")] == [
        line for line in service.feed(person).splitlines() if line.startswith("UID:")
    ]
    with service.world.database.read() as session:
        assert check_in.due(session, person, service.now) == [], "what was told went back as well"


def test_both_chosen_are_one_entry_until_the_merge_is_undone(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    two(service, publisher)
    listed = service.listed()
    for event in listed.values():
        service.choose(person, event)
    service.now += timedelta(hours=1)
    decision = unite(service, listed["Founders Mixer"], listed["Salt Supper"])
    assert service.feed(person).count("BEGIN:VEVENT") == 1
    undo(service, decision)
    assert service.listed() == listed, "each has its own event again"
    assert service.feed(person).count("BEGIN:VEVENT") == 2


def test_a_page_that_still_shows_the_other_event_means_the_one_it_is_now(
    service: Service, publisher: Publisher, person: UUID
) -> None:
    two(service, publisher)
    mixer, supper = (service.listed()[name] for name in ("Founders Mixer", "Salt Supper"))
    unite(service, mixer, supper)
    service.choose(person, supper)
    assert state_of(service, person, mixer) == "chosen"
    assert service.feed(person).count("BEGIN:VEVENT") == 1
    with service.world.database.write() as session:
        choose.withdraw(session, person, supper, service.now)
    assert service.feed(person).count("BEGIN:VEVENT") == 0


def test_an_undone_merge_gives_way_to_the_split_before_it(
    service: Service, publisher: Publisher
) -> None:
    gull, town = two(service, publisher, "Founders Mixer at Gull Room")
    (event,) = service.listed().values()
    split(service, event, town)
    (other,) = set(service.listed().values()) - {event}
    service.now += timedelta(hours=1)
    undo(service, unite(service, event, other))
    assert len(service.listed()) == 2
    reread(service, gull, town)
    assert len(service.listed()) == 2


def test_merges_of_merges_are_undone_in_any_order(service: Service, publisher: Publisher) -> None:
    two(service, publisher)
    publisher.says(vevent("Chess Night", UID="c-1"), path="/chess.ics")
    chess = service.add("/chess.ics", name="Chess")
    service.poll(chess)
    listed = service.listed()
    mixer = listed["Founders Mixer"]
    first = unite(service, mixer, listed["Salt Supper"])
    service.now += timedelta(hours=1)
    second = unite(service, mixer, listed["Chess Night"])
    undo(service, first)
    assert service.listed().keys() == {"Founders Mixer", "Salt Supper"}
    undo(service, second)
    assert service.listed() == listed


def test_two_of_one_source_that_got_one_name_can_still_be_undone(
    service: Service, publisher: Publisher
) -> None:
    publisher.says(vevent("Mixer", UID="a"), vevent("Mixxer", UID="b"))
    source = service.add()
    service.poll(source)
    listed = service.listed()
    decision = unite(service, listed["Mixer"], listed["Mixxer"])
    publisher.says(vevent("Mixer", UID="a"), vevent("Mixer", UID="b"))
    service.poll(source)
    undo(service, decision)
    with service.world.database.read() as session:
        found = events.voices(session, listed.values())
    assert {event: [voice.key for voice in some] for event, some in found.items()} == {
        listed["Mixer"]: ["a"],
        listed["Mixxer"]: ["b"],
    }


def test_days_that_move_by_a_day_keep_their_own_decisions(
    service: Service, publisher: Publisher
) -> None:
    def days(first: int) -> list[str]:
        return [vevent("Market", days=first + day, UID=f"market-{day}") for day in range(4)]

    publisher.says(*days(2))
    source = service.add()
    service.poll(source)
    with service.world.database.read() as session:
        found = {
            voice.key: event
            for event, voices in events.voices(session, service.shown()).items()
            for voice in voices
        }
    decide(service, found["market-0"])
    decide(service, found["market-1"], PIN)
    assert len(service.shown()) == 3
    publisher.says(*days(3))
    service.poll(source)
    assert len(service.shown()) == 3
    wiped(service, source)
    assert len(service.shown()) == 3


def test_a_listing_that_is_missing_goes_back_with_the_rest(
    service: Service, publisher: Publisher
) -> None:
    two(service, publisher)
    publisher.says(vevent("Salt Supper", UID="o-1"), *TWELVE, path="/other.ics")
    third = service.add("/other.ics", name="Other")
    service.poll(third)
    listed = service.listed()
    publisher.says(*TWELVE, path="/other.ics")
    for _ in range(5):
        service.poll(third)
    decision = unite(service, listed["Founders Mixer"], listed["Salt Supper"])
    undo(service, decision)
    publisher.says(vevent("Salt Supper", UID="o-1"), *TWELVE, path="/other.ics")
    service.poll(third)
    with service.world.database.read() as session:
        voices = events.voices(session, [listed["Salt Supper"]])[listed["Salt Supper"]]
    assert {voice.source_name for voice in voices} == {"Town", "Other"}
