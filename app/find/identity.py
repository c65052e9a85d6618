"""Who a listing is: by the publisher's name for it, by what it says, and by its content.

Publishers change UIDs, leave them out, or give all events the same one; so three identities stand
side by side: the key (for storing), the fingerprint (for finding again), the content hash (for
noticing change).
"""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from zoneinfo import ZoneInfo

import msgspec

from scrapers.base import Listing

_encode = msgspec.msgpack.Encoder().encode
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")

# Identity and book-keeping of the publisher: what may change without the event changing. A feed
# exported anew has new UIDs; SEQUENCE rises on every save in some calendars.
NOT_CONTENT = frozenset({"uid", "recurrence_id", "sequence", "series", "notes"})


def listing_key(listing: Listing) -> str:
    """UID and RECURRENCE-ID as the publisher gives them, or the fingerprint if it gives none."""
    if not listing.uid:
        return f"fp:{fingerprint(listing)}"
    return f"{listing.uid}|{listing.recurrence_id}" if listing.recurrence_id else listing.uid


def listing_keys(listings: Sequence[Listing]) -> dict[str, Listing]:
    """Key to listing for one whole feed (CASES D1, D2), in the order of the feed.

    Where one key stands for several different listings, each of them gets its fingerprint added.
    Of equal fingerprints under one key the highest SEQUENCE, then the last, survives (CASES C3).
    """
    keyed = [(listing_key(listing), listing) for listing in listings]
    uses = Counter(key for key, _ in keyed)
    result: dict[str, Listing] = {}
    for plain_key, listing in keyed:
        key = plain_key
        if uses[key] > 1 and listing.uid:
            key = f"{key}#{fingerprint(listing)}"
        known = result.get(key)
        if known is None or known.sequence <= listing.sequence:
            result[key] = listing
    return result


def fingerprint(listing: Listing) -> str:
    """32 hexadecimal digits of title, start and place: equal for a re-keyed listing (CASES D1)."""
    return _digest(listing, _moment(listing))


def loose_fingerprint(listing: Listing) -> str:
    """Like `fingerprint`, with the local date in place of the start: survives a corrected time."""
    return _digest(listing, _local_date(listing))


def content_hash(listing: Listing) -> str:
    """32 hexadecimal digits of all that a reader may see; equal if nothing changed (CASES D13)."""
    content = _encode(
        [getattr(listing, name) for name in listing.__dataclass_fields__ if name not in NOT_CONTENT]
    )
    return blake2b(content, digest_size=16).hexdigest()


def _spelled(text: str) -> str:
    """The words of a text in lower case: what is left when its punctuation is rewritten.

    Stored fingerprints hang on it, so it stays as it is while `words.words_of` learns.
    """
    return " ".join(_WORD.findall(text.casefold().translate(_APOSTROPHES)))


def _digest(listing: Listing, moment: str) -> str:
    place = listing.location
    # The venue before its first comma: publishers complete an address long after the title.
    where = _spelled((place.name or place.address).split(",")[0]) if place else ""
    text = "\n".join((_spelled(listing.name) or listing.name, moment, where))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _moment(listing: Listing) -> str:
    return _local_date(listing) if listing.all_day else str(int(listing.start.timestamp()))


def _local_date(listing: Listing) -> str:
    return listing.start.astimezone(ZoneInfo(listing.time_zone)).date().isoformat()
