import subprocess
import sys
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from app.find.identity import (
    NOT_CONTENT,
    content_hash,
    fingerprint,
    listing_key,
    listing_keys,
    loose_fingerprint,
)
from scrapers.base import EventStatus, Listing, Place
from tests.find.listings import at, listing


def test_a_key_is_uid_and_recurrence_id() -> None:
    assert listing_key(listing(uid="a@b")) == "a@b"
    assert listing_key(listing(uid="a@b", recurrence_id="2026-09-10")) == "a@b|2026-09-10"


def test_D1_a_new_uid_keeps_the_fingerprint() -> None:
    assert fingerprint(listing(uid="one")) == fingerprint(listing(uid="two", sequence=7))


def test_D1_spelling_and_a_completed_address_keep_the_fingerprint() -> None:
    plain = listing("Jo's Café Night!", location=Place("Harbor Hall"))
    fuller = listing("JO’S CAFÉ NIGHT", location=Place("Harbor Hall, 12 Quay St"))
    assert fingerprint(plain) == fingerprint(fuller)


def test_other_title_start_or_place_is_another_fingerprint() -> None:
    others = [
        listing("Lantern Walk"),
        listing(start=at(10, 19)),
        listing(location=Place("Mill Yard")),
        listing(location=None),
    ]
    assert len({fingerprint(each) for each in [listing(), *others]}) == 5


def test_D2_no_uid_falls_back_to_the_fingerprint() -> None:
    one, other = listing("A"), listing("B")
    keyed = listing_keys([one, other])
    assert list(keyed.values()) == [one, other]
    assert all(key.startswith("fp:") for key in keyed)


def test_D2_one_uid_for_all_events_is_disambiguated_in_any_order() -> None:
    one, other = listing("A", uid="same"), listing("B", uid="same")
    keyed = listing_keys([one, other])
    assert len(keyed) == 2
    assert listing_keys([other, one]) == keyed


def test_C3_equal_listings_under_one_uid_are_one_with_the_highest_sequence() -> None:
    keyed = listing_keys([listing(uid="u", sequence=3), listing(uid="u", sequence=2)])
    assert [each.sequence for each in keyed.values()] == [3]


def test_D3_a_corrected_start_keeps_key_and_loose_fingerprint() -> None:
    early, late = listing(uid="u", start=at(10, 11)), listing(uid="u", start=at(10, 19))
    assert listing_key(early) == listing_key(late)
    assert loose_fingerprint(early) == loose_fingerprint(late)
    assert fingerprint(early) != fingerprint(late)


def test_D10_D13_the_content_hash_moves_with_every_field_but_the_book_keeping() -> None:
    base = listing(uid="u")
    changed: dict[str, object] = {
        "name": "Other", "start": at(11, 1), "time_zone": "UTC", "end": None, "all_day": True,
        "uid": "v", "recurrence_id": "r", "sequence": 9, "series": "s", "description": "d",
        "url": "https://e.org", "image": "https://e.org/i", "location": None,
        "virtual_location": "https://e.org/v", "organizer": None, "performers": ("p",),
        "offers": (), "categories": ("c",), "event_status": EventStatus.CANCELLED,
        "event_attendance_mode": base.event_attendance_mode.MIXED,
        "previous_start_date": at(1, 1), "private": True, "notes": ("n",),
    }  # fmt: skip
    assert changed.keys() == {field.name for field in fields(Listing)}
    for name, value in changed.items():
        if getattr(base, name) != value:
            moved = content_hash(listing(**{"uid": "u", name: value})) != content_hash(base)
            assert moved == (name not in NOT_CONTENT), name


def test_identities_are_the_same_in_every_process() -> None:
    code = (
        "from tests.find.listings import listing; from app.find.identity import *;"
        "print(fingerprint(listing()), content_hash(listing()))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == [fingerprint(listing()), content_hash(listing())]


@given(st.lists(st.tuples(st.sampled_from(["", "u", "v"]), st.sampled_from("ABC")), max_size=8))
def test_keys_never_lose_a_different_listing(pairs: list[tuple[str, str]]) -> None:
    listings = [listing(name, uid=uid) for uid, name in pairs]
    kept = listing_keys(listings)
    assert {(each.uid, each.name) for each in kept.values()} == set(pairs)
