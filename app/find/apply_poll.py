"""What one poll of a source changes: decided purely, so that a feed can never destroy a choice.

The state machine of SECURITY.md 4.4. The caller fetches, reads and normalizes; stores what is
decided here in one transaction; and never deletes. Nothing goes missing by an error, an empty or a
suddenly small answer, and what is missing is hidden only after several good, complete fetches.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TypeVar

from app.find.identity import content_hash, fingerprint, listing_keys, loose_fingerprint
from scrapers.base import Listing

K = TypeVar("K")
V = TypeVar("V")

OUTCOMES = (
    "ok",
    "ok_partial",
    "not_modified",
    "suspicious",
    "temporary",
    "blocked",
    "keyless",
    "gone",
    "broken",
)
GOOD = frozenset({"ok", "ok_partial", "not_modified"})

HIDE_AFTER_FETCHES = 3
HIDE_AFTER = timedelta(hours=48)
CONFIRM_AFTER_RESULTS = 3
CONFIRM_AFTER = timedelta(hours=72)
EMPTY_IS_ODD_FROM = 3
SMALL_SHARE = 0.3
# A refusal after success is taken for a hiccup this often (403 in a redeployment, a rate limit).
REFUSALS_FORGIVEN = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of one listing of the source. Times are aware UTC."""

    key: str
    fingerprint: str
    loose_fingerprint: str
    content_hash: str
    start: datetime
    missing_fetches: int = 0
    missing_since: datetime | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store remembers of the source between polls.

    `failures` counts polls in a row without a good answer, since `failing_since`. A suspicious
    answer is remembered by its digest until it is confirmed or a sound one comes.
    """

    ever_ok: bool = False
    failures: int = 0
    failing_since: datetime | None = None
    suspicious_digest: str = ""
    suspicious_since: datetime | None = None
    suspicious_results: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from the source, as far as the decision needs it.

    `failure` is the `outcome` of a FetchError, or "unreadable" for a body that no scraper reads;
    `listings` are normalized; `private` are those of the answer that must not be shown. `lost`
    counts components that could not be read. The window is the one that was parsed: a listing
    outside it is not missing (CASES A16, J4).
    """

    at: datetime
    listings: tuple[Listing, ...] = ()
    private: tuple[Listing, ...] = ()
    failure: str = ""
    not_modified: bool = False
    lost: int = 0
    truncated: bool = False
    complete: bool = True
    window_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """A known listing that came back under another key, and perhaps with other content."""

    old_key: str
    new_key: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What to store. `update_validators` tells whether ETag and Last-Modified may be kept.

    `new` and `changed` map keys to listings; `seen` are all keys of the answer (their `missing_*`
    is cleared); `missing` are the listings whose counters moved; `hidden` and `shown_again` list
    the keys whose visibility changes.
    """

    outcome: str
    memory: Memory
    new: Mapping[str, Listing] = field(default_factory=dict)
    changed: Mapping[str, Listing] = field(default_factory=dict)
    unchanged: frozenset[str] = frozenset()
    rekeyed: tuple[Rekeyed, ...] = ()
    missing: tuple[Known, ...] = ()
    hidden: tuple[str, ...] = ()
    shown_again: tuple[str, ...] = ()
    update_validators: bool = False


def apply_poll(known: Mapping[str, Known], memory: Memory, answer: Answer) -> Decision:
    """Decide what one answer means for the listings known of its source.

    `known` holds all listings of the source by key, hidden ones too. Pure and total: any answer,
    however broken, gives a decision, and no decision removes a listing.
    """
    if answer.failure:
        return _failed(memory, answer)
    if answer.not_modified:
        return _not_modified(known, memory, answer)
    keyed = listing_keys(answer.listings)
    if _is_odd(known, keyed, answer):
        memory = _suspect(memory, keyed, answer)
        if not _confirmed(memory, answer.at):
            return _held_back(known, keyed, answer, memory)
        # Remembered, so that the next equal answer does not have to be confirmed again.
        memory = replace(memory, failures=0, failing_since=None)
    else:
        memory = Memory()
    return _accept(known, keyed, answer, replace(memory, ever_ok=True))


def _held_back(
    known: Mapping[str, Known], keyed: Mapping[str, Listing], answer: Answer, memory: Memory
) -> Decision:
    """Nothing of an odd answer counts but its word that a listing is private now (CASES K4)."""
    shown = [item for item in known.values() if item.key not in keyed and not item.hidden]
    missing = tuple(_private(shown, answer).values())
    return Decision("suspicious", memory, missing=missing, hidden=_newly_hidden(missing))


def _failed(memory: Memory, answer: Answer) -> Decision:
    failures = memory.failures + 1
    outcome = {
        "gone": "gone",
        "blocked": "blocked",
        "keyless": "keyless",
        "temporary": "temporary",
        "not_found": "temporary" if memory.ever_ok else "broken",
        # A page of HTML where a calendar was is odd; where none ever was, it is no calendar.
        "unreadable": "suspicious" if memory.ever_ok else "broken",
    }.get(answer.failure, "broken")
    if outcome == "blocked" and memory.ever_ok and failures <= REFUSALS_FORGIVEN:
        outcome = "temporary"
    since = memory.failing_since or answer.at
    return Decision(outcome, replace(memory, failures=failures, failing_since=since))


def _not_modified(known: Mapping[str, Known], memory: Memory, answer: Answer) -> Decision:
    """A 304 repeats the last good answer: what was missing in it is missing once more."""
    missing = _missing(
        (item for item in known.values() if item.missing_since and not item.hidden), answer
    )
    return Decision(
        "not_modified",
        Memory(ever_ok=memory.ever_ok),
        missing=missing,
        hidden=_newly_hidden(missing),
        update_validators=True,
    )


def _is_odd(known: Mapping[str, Known], keyed: Mapping[str, Listing], answer: Answer) -> bool:
    """Whether the answer looks like an accident of the publisher (SECURITY.md 4.4)."""
    if not answer.complete:
        return True
    if answer.lost and not keyed:
        return bool(known)
    expected = sum(not item.hidden for item in _expected(known.values(), answer))
    there = (*keyed.values(), *answer.private)  # what became private is no accident
    present = sum(listing.start > answer.at for listing in there)
    if not there:
        return expected >= EMPTY_IS_ODD_FROM
    return expected >= EMPTY_IS_ODD_FROM and present < SMALL_SHARE * expected


def _suspect(memory: Memory, keyed: Mapping[str, Listing], answer: Answer) -> Memory:
    digest = blake2b("\n".join(sorted(keyed)).encode("utf-8", "replace"), digest_size=16)
    again = memory.suspicious_digest == digest.hexdigest()
    return replace(
        memory,
        failures=memory.failures + 1,
        failing_since=memory.failing_since or answer.at,
        suspicious_digest=digest.hexdigest(),
        suspicious_since=memory.suspicious_since if again else answer.at,
        suspicious_results=memory.suspicious_results + 1 if again else 1,
    )


def _confirmed(memory: Memory, at: datetime) -> bool:
    since = memory.suspicious_since or at
    return memory.suspicious_results >= CONFIRM_AFTER_RESULTS and at - since >= CONFIRM_AFTER


def _accept(
    known: Mapping[str, Known], keyed: Mapping[str, Listing], answer: Answer, memory: Memory
) -> Decision:
    partial = bool(answer.lost) or answer.truncated or not answer.complete
    found = {key: known[key] for key in keyed if key in known}
    absent = [item for item in known.values() if item.key not in keyed]
    renamed = _renamed(absent, {key: item for key, item in keyed.items() if key not in known})
    found |= renamed
    changed = {
        key: keyed[key]
        for key, item in found.items()
        if content_hash(keyed[key]) != item.content_hash
    }
    back = {item.key for item in renamed.values()}
    gone = [item for item in absent if item.key not in back and not item.hidden]
    secret = _private(gone, answer)
    # Only a complete answer can say that something is not there.
    gone = [] if partial else [item for item in gone if item.key not in secret]
    missing = (*secret.values(), *_missing(gone, answer))
    return Decision(
        outcome="ok_partial" if partial else "ok",
        memory=memory,
        new={key: listing for key, listing in keyed.items() if key not in found},
        changed=changed,
        unchanged=frozenset(found.keys() - changed.keys()),
        rekeyed=tuple(Rekeyed(item.key, key, key in changed) for key, item in renamed.items()),
        missing=missing,
        hidden=_newly_hidden(missing),
        shown_again=tuple(key for key, item in found.items() if item.hidden or item.missing_since),
        update_validators=not partial,
    )


def _private(items: list[Known], answer: Answer) -> dict[str, Known]:
    """Those that the publisher says are not for the public any more: hidden at once."""
    keyed = listing_keys(answer.private)
    left = [item for item in items if item.key not in keyed]
    there = keyed.keys() | {item.key for item in _renamed(left, keyed).values()}
    return {
        item.key: replace(item, missing_since=item.missing_since or answer.at, hidden=True)
        for item in items
        if item.key in there
    }


def _expected(items: Iterable[Known], answer: Answer) -> Iterable[Known]:
    """Those that a complete answer should hold: still to come, and inside its window."""
    end = answer.window_end
    return (item for item in items if answer.at < item.start and (not end or item.start < end))


def _missing(items: Iterable[Known], answer: Answer) -> tuple[Known, ...]:
    return tuple(_missed_once_more(item, answer.at) for item in _expected(items, answer))


def _missed_once_more(item: Known, at: datetime) -> Known:
    fetches, since = item.missing_fetches + 1, item.missing_since or at
    hidden = fetches >= HIDE_AFTER_FETCHES and at - since >= HIDE_AFTER
    return replace(item, missing_fetches=fetches, missing_since=since, hidden=hidden)


def _newly_hidden(missing: tuple[Known, ...]) -> tuple[str, ...]:
    return tuple(item.key for item in missing if item.hidden)


def _renamed(absent: list[Known], arrivals: Mapping[str, Listing]) -> dict[str, Known]:
    """New key to the known listing it continues: first by fingerprint, then by title, place, date.

    The second step finds a listing whose UID and time were corrected at once (CASES D1, D3); it
    takes only what is unambiguous on both sides.
    """
    result: dict[str, Known] = {}
    if not absent or not arrivals:
        return result
    exact = {item.fingerprint: item for item in absent}
    for key, listing in arrivals.items():
        if item := exact.pop(fingerprint(listing), None):
            result[key] = item
    taken = {item.key for item in result.values()}
    left = [item for item in absent if item.key not in taken]
    loose = _unique((item.loose_fingerprint, item) for item in left)
    fresh = _unique(
        (loose_fingerprint(listing), key) for key, listing in arrivals.items() if key not in result
    )
    return result | {key: loose[print_] for print_, key in fresh.items() if print_ in loose}


def _unique(pairs: Iterable[tuple[K, V]]) -> dict[K, V]:
    listed = list(pairs)
    uses = Counter(key for key, _ in listed)
    return {key: value for key, value in listed if uses[key] == 1}
