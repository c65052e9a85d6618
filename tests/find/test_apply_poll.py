from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.find.apply_poll import GOOD, OUTCOMES, Answer, Decision, Known, Memory, apply_poll
from app.find.identity import content_hash, fingerprint, listing_keys, loose_fingerprint
from scrapers.base import Listing, Place
from tests.find.listings import NOW, at, listing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Store:
    """A store in a dictionary: does with a decision what the real one does, and never deletes."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.memory = Memory()
        self.identities: dict[str, int] = {}  # key to our own constant identity
        self.outcomes: list[str] = []

    def poll(self, answer: Answer) -> Decision:
        decision = apply_poll(self.known, self.memory, answer)
        self.memory = decision.memory
        self.outcomes.append(decision.outcome)
        keyed = listing_keys(answer.listings)
        for renamed in decision.rekeyed:
            old = self.known.pop(renamed.old_key)
            self.known[renamed.new_key] = replace(old, key=renamed.new_key)
            self.identities[renamed.new_key] = self.identities.pop(renamed.old_key)
        for key in [*decision.new, *decision.changed]:
            self.known[key] = known(key, keyed[key])
            self.identities.setdefault(key, len(self.identities))
        for key in decision.shown_again:
            self.known[key] = replace(
                self.known[key], missing_fetches=0, missing_since=None, hidden=False
            )
        self.known.update({item.key: item for item in decision.missing})
        return decision

    @property
    def visible(self) -> set[int]:
        return {self.identities[key] for key, item in self.known.items() if not item.hidden}


def known(key: str, item: Listing) -> Known:
    return Known(key, fingerprint(item), loose_fingerprint(item), content_hash(item), item.start)


def feed(count: int, *, uids: str = "u", hour: int = 18, first: int = 0) -> tuple[Listing, ...]:
    return tuple(
        listing(f"Event {number}", uid=f"{uids}{number}", start=at(5 + number % 20, hour), end=None)
        for number in range(first, first + count)
    )


def good(listings: Iterable[Listing], when: datetime = NOW) -> Answer:
    return Answer(when, tuple(listings))


def stocked(count: int = 10) -> Store:
    store = Store()
    store.poll(good(feed(count)))
    return store


def assert_inert(decision: Decision) -> None:
    """Nothing new, changed, renamed, missing or hidden."""
    touched = [decision.new, decision.changed, decision.rekeyed, decision.missing, decision.hidden]
    assert not any(touched)


FAULTS = {
    "500": Answer(NOW, failure="temporary"),
    "timeout": Answer(NOW, failure="temporary"),
    "403": Answer(NOW, failure="blocked"),
    "404": Answer(NOW, failure="not_found"),
    "410": Answer(NOW, failure="gone"),
    "too large": Answer(NOW, failure="too_large"),
    "login page": Answer(NOW, failure="unreadable"),
    "empty calendar": Answer(NOW),
    "1 of 10": Answer(NOW, feed(1)),
    "garbage": Answer(NOW, lost=10),
    "truncated": Answer(NOW, feed(9), complete=False),
}


def test_a_first_poll_makes_all_listings_new() -> None:
    decision = Store().poll(good(feed(3)))
    assert (decision.outcome, list(decision.new)) == ("ok", ["u0", "u1", "u2"])
    assert decision.update_validators


def test_D13_importing_twice_changes_nothing() -> None:
    store = stocked(3)
    decision = store.poll(good(feed(3), NOW + HOUR))
    assert decision.unchanged == {"u0", "u1", "u2"}
    assert_inert(decision)


def test_D10_an_edited_text_updates_and_does_not_add() -> None:
    store = stocked(3)
    edited = [replace(each, description="more") for each in feed(3)]
    decision = store.poll(good(edited))
    assert (set(decision.changed), dict(decision.new)) == ({"u0", "u1", "u2"}, {})


@pytest.mark.parametrize("times", [1, 3, 10])
@pytest.mark.parametrize("fault", FAULTS)
def test_X15_A1_A3_no_fault_removes_anything_and_recovery_changes_nothing(
    fault: str, times: int
) -> None:
    store = stocked()
    before = store.visible
    for hour in range(times):
        decision = store.poll(replace(FAULTS[fault], at=NOW + hour * HOUR))
        assert decision.outcome not in {"ok", "not_modified"}
        assert_inert(decision)
        assert not decision.update_validators
        assert store.visible == before
    decision = store.poll(good(feed(10), NOW + 2 * DAY))
    assert decision.outcome == "ok"
    assert len(decision.unchanged) == 10
    assert store.visible == before
    assert store.memory == Memory(ever_ok=True)


def test_A2_one_event_of_thousands_is_refused() -> None:
    store = Store()
    many = tuple(listing(f"E{n}", uid=f"u{n}", end=None) for n in range(500))
    store.poll(good(many))
    assert store.poll(good(many[:1])).outcome == "suspicious"


@pytest.mark.parametrize(("count", "outcome"), [(2, "suspicious"), (3, "ok")])
def test_fewer_than_three_in_ten_are_suspicious(count: int, outcome: str) -> None:
    assert stocked(10).poll(good(feed(count))).outcome == outcome


@pytest.mark.parametrize(("before", "outcome"), [(2, "ok"), (3, "suspicious")])
def test_an_empty_answer_is_suspicious_where_three_were(before: int, outcome: str) -> None:
    assert stocked(before).poll(good(())).outcome == outcome


def test_A14_a_calendar_whose_events_are_all_past_is_ok() -> None:
    store = stocked()
    assert store.poll(good((), NOW + 60 * DAY)).outcome == "ok"


def test_A16_J4_past_and_far_listings_are_not_missing() -> None:
    store = stocked(10)
    later = NOW + 20 * DAY  # 21 September: the events of the 5th to the 14th are over
    decision = store.poll(good(feed(1, first=50), later))
    assert (decision.outcome, decision.missing, len(store.visible)) == ("ok", (), 11)
    near = Answer(NOW, feed(5), window_end=at(10, 0))
    assert stocked(10).poll(near).missing == ()


def test_a_missing_listing_is_hidden_after_three_fetches_and_two_days() -> None:
    store = stocked(10)
    rest = feed(9)
    for hours, hidden in ((0, ()), (20, ()), (40, ()), (60, ("u9",))):
        decision = store.poll(good(rest, NOW + hours * HOUR))
        assert [item.key for item in decision.missing] == ["u9"]
        assert decision.hidden == hidden
    assert not store.poll(good(rest, NOW + 70 * HOUR)).missing
    assert len(store.visible) == 9


def test_two_fetches_are_not_enough_however_far_apart() -> None:
    store = stocked(10)
    store.poll(good(feed(9), NOW))
    assert store.poll(good(feed(9), NOW + 3 * DAY)).hidden == ()


def test_A5_a_listing_that_comes_back_is_the_old_one() -> None:
    store = stocked(10)
    before = store.visible
    for hours in (0, 30, 60):
        store.poll(good(feed(9), NOW + hours * HOUR))
    assert len(store.visible) == 9
    decision = store.poll(good(feed(10), NOW + 61 * HOUR))
    assert (decision.shown_again, dict(decision.new)) == (("u9",), {})
    assert store.visible == before


def test_a_304_repeats_the_last_answer() -> None:
    store = stocked(10)
    store.poll(good(feed(9), NOW))
    store.poll(Answer(NOW + 30 * HOUR, not_modified=True))
    decision = store.poll(Answer(NOW + 60 * HOUR, not_modified=True))
    assert (decision.outcome, decision.hidden) == ("not_modified", ("u9",))
    assert len(store.visible) == 9


def test_a_broken_component_makes_nothing_missing() -> None:
    decision = stocked(10).poll(Answer(NOW, feed(9), lost=1))
    assert (decision.outcome, decision.missing) == ("ok_partial", ())
    assert not decision.update_validators


def test_a_cut_answer_makes_nothing_missing() -> None:
    decision = stocked(10).poll(Answer(NOW, feed(9), truncated=True))
    assert (decision.outcome, decision.missing) == ("ok_partial", ())


def test_a_small_answer_is_believed_after_three_equal_ones_in_three_days() -> None:
    store = stocked(10)
    for hours in (0, 36, 71):
        assert store.poll(good(feed(1), NOW + hours * HOUR)).outcome == "suspicious"
    for hours in (73, 100, 121):
        assert store.poll(good(feed(1), NOW + hours * HOUR)).outcome == "ok"
    assert len(store.visible) == 1


def test_changing_small_answers_are_not_confirmed() -> None:
    store = stocked(10)
    for day in range(9):
        decision = store.poll(good(feed(1, first=day % 3), NOW + day * 12 * HOUR))
        assert decision.outcome == "suspicious"


def test_D1_X16_all_uids_change_and_all_identities_stay() -> None:
    store = stocked(10)
    before = dict.fromkeys(store.visible)
    decision = store.poll(good(feed(10, uids="random"), NOW + HOUR))
    assert (len(decision.rekeyed), dict(decision.new), decision.missing) == (10, {}, ())
    assert not decision.changed
    assert store.visible == set(before)


def test_D1_D3_a_new_uid_with_a_corrected_start_is_the_old_listing_changed() -> None:
    store = stocked(10)
    before = store.visible
    decision = store.poll(good(feed(10, uids="random", hour=20), NOW + HOUR))
    assert all(renamed.changed for renamed in decision.rekeyed)
    assert (len(decision.changed), dict(decision.new)) == (10, {})
    assert store.visible == before


def test_D3_a_corrected_start_is_no_new_event() -> None:
    store = stocked(10)
    decision = store.poll(good(feed(10, hour=20)))
    assert (len(decision.changed), dict(decision.new), decision.missing) == (10, {}, ())


def test_two_showings_under_new_uids_are_not_confused() -> None:
    shows = [listing("Show", uid=f"a{hour}", start=at(10, hour), end=None) for hour in (15, 20)]
    store = Store()
    store.poll(good(shows))
    late, early = store.identities["a20"], store.identities["a15"]
    store.poll(good(replace(each, uid=f"b{index}") for index, each in enumerate(reversed(shows))))
    assert (store.identities["b0"], store.identities["b1"]) == (late, early)


def test_a_moved_place_under_a_new_uid_is_a_new_listing() -> None:
    store = Store()
    store.poll(good([listing(uid="a")]))
    decision = store.poll(good([listing(uid="b", location=Place("Mill Yard"))]))
    assert (list(decision.new), [item.key for item in decision.missing]) == (["b"], ["a"])


@pytest.mark.parametrize(
    ("failure", "ever_ok", "outcome"),
    [
        ("unreadable", False, "broken"),
        ("unreadable", True, "suspicious"),
        ("not_found", False, "broken"),
        ("not_found", True, "temporary"),
        ("blocked", False, "blocked"),
        ("blocked", True, "temporary"),
        ("gone", True, "gone"),
        ("something else", True, "broken"),
    ],
)
def test_failures_by_history(failure: str, ever_ok: bool, outcome: str) -> None:
    decision = apply_poll({}, Memory(ever_ok=ever_ok), Answer(NOW, failure=failure))
    assert decision.outcome == outcome


def test_A11_a_refusal_that_stays_is_blocked() -> None:
    store = stocked()
    for _ in range(3):
        store.poll(Answer(NOW, failure="blocked"))
    assert store.outcomes[-3:] == ["temporary", "temporary", "blocked"]


def test_failures_are_counted_from_the_first() -> None:
    store = stocked()
    store.poll(Answer(NOW, failure="temporary"))
    store.poll(Answer(NOW + DAY, failure="temporary"))
    assert (store.memory.failures, store.memory.failing_since) == (2, NOW)


class Polls(RuleBasedStateMachine):
    """Any week of any publisher: what was listed stays unless good answers say it is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.now = NOW
        self.size, self.round = 12, 0
        self.last_good: dict[int, int] = {}
        self.sound()

    def answer(self, reply: Answer) -> Decision:
        before = self.store.visible
        decision = self.store.poll(replace(reply, at=self.now))
        assert decision.outcome in OUTCOMES
        if decision.outcome not in GOOD:
            assert self.store.visible == before
            assert_inert(decision)
        self.now += 5 * HOUR
        return decision

    @rule()
    def sound(self) -> None:
        decision = self.answer(good(feed(self.size, uids=f"r{self.round}-")))
        assert decision.outcome == "ok"
        assert len(self.store.visible) == self.size

    @rule()
    def every_uid_changes(self) -> None:
        before = self.store.visible
        self.round += 1
        self.sound()
        assert self.store.visible == before

    @rule(fault=st.sampled_from([*FAULTS.values()]))
    def fault(self, fault: Answer) -> None:
        cut = () if fault.complete else feed(9, uids=f"r{self.round}-")
        self.answer(replace(fault, listings=cut))

    @rule(count=st.integers(0, 3))
    def small(self, count: int) -> None:
        self.answer(good(feed(count, uids=f"r{self.round}-")))

    @rule(count=st.integers(4, 11))
    def some_missing(self, count: int) -> None:
        missing = self.size - count
        decision = self.answer(good(feed(count, uids=f"r{self.round}-")))
        assert len(decision.missing) <= missing

    @invariant()
    def nothing_is_ever_deleted(self) -> None:
        assert len(self.store.known) == len(self.store.identities) == self.size

    @invariant()
    def hidden_means_missed_thrice_in_two_days(self) -> None:
        for item in self.store.known.values():
            if item.hidden:
                assert item.missing_since is not None
                assert item.missing_fetches >= 3
                assert self.now - item.missing_since >= 2 * DAY


TestPolls = Polls.TestCase
TestPolls.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("complete", [True, False])
def test_K4_what_an_odd_answer_calls_private_is_hidden_and_nothing_else(complete: bool) -> None:
    store, items = Store(), feed(10)
    store.poll(Answer(NOW, listings=items))
    rest = items[1:] if not complete else ()
    odd = Answer(NOW + HOUR, listings=rest, private=items[:1], complete=complete)
    assert store.poll(odd).outcome == "suspicious"
    assert store.visible == set(range(1, 10))
    store.poll(Answer(NOW + 2 * HOUR, listings=items))
    assert store.visible == set(range(10)), "public again"
