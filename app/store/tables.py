"""The tables. Rows are facts; what they mean is decided in the pure folders.

Values with many fields (`Listing`, `Event`, `Profile`, understandings, scores) are kept whole as
JSON text in one column, beside the few columns that queries filter or sort by.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.store.types import UtcDateTime


class Base(DeclarativeBase):
    """Registry with predictable constraint names, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        str: Text,
        bytes: LargeBinary,
        date: Date,
    }


class SourceRow(Base):
    """A feed we poll, what we know of its health, and when it is due."""

    __tablename__ = "source"
    __table_args__ = (Index("ix_source_due", "paused", "next_due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scraper: Mapped[str | None]  # None until recognized
    time_zone: Mapped[str]
    trust: Mapped[int]
    paused: Mapped[bool]
    created_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None]  # None: stopped until a person acts
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int]  # the fencing number: every claim increments it
    memory: Mapped[str]  # JSON of app.find.apply_poll.Memory
    interval_seconds: Mapped[float | None]  # the regular one, without back-off
    etag: Mapped[str]
    last_modified: Mapped[str]
    content_hash: Mapped[str]
    last_polled_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]  # when its content was last read whole
    outcome: Mapped[str]
    error: Mapped[str]  # what the last failure was, safe to show
    usual: Mapped[int]  # coming events when it was last well
    unreadable: Mapped[bool]  # the last body was no calendar
    zone_suspect: Mapped[bool]
    moved_to: Mapped[str]  # where permanent redirects have pointed lately, and how often in a row
    moved_times: Mapped[int]
    problems: Mapped[str]  # JSON: problems of the last parse
    options: Mapped[str]  # JSON object: what its scraper is told (scrapers.base.Document.options)
    time_rule: Mapped[str] = mapped_column(server_default="")  # of find.time_rule.TIME_RULES
    time_rule_proposed: Mapped[str] = mapped_column(server_default="")  # what would mend a suspect


class StateRow(Base):
    """A state of `find.health` that a source came into, kept when the next one came."""

    __tablename__ = "source_state"
    __table_args__ = (Index("ix_source_state_current", "until", "told_at", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    cause: Mapped[str]  # why, in a sentence
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # None: the present one
    told_at: Mapped[datetime | None]  # when the operator learned of it, or need not


class EventRow(Base):
    """One event with its identity; `revision` is the catalog's number at its last change."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_local_date", "local_date"),
        Index("ix_event_revision", "revision"),
        Index("ix_event_series", "series"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    start_at: Mapped[datetime] = mapped_column(index=True)
    end_at: Mapped[datetime | None]
    local_date: Mapped[date]
    series: Mapped[str]
    payload: Mapped[str]  # JSON of app.model.event.Event
    understanding: Mapped[str]  # JSON of app.score.Understanding
    model_version: Mapped[str]
    gone_since: Mapped[datetime | None]  # no source lists it any more
    hidden: Mapped[bool] = mapped_column(server_default=false())  # a person hid it from all lists
    revision: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ListingRow(Base):
    """What one source says about one occurrence; `key` is its identity within the source."""

    __tablename__ = "listing"
    __table_args__ = (UniqueConstraint("source_id", "key"), Index("ix_listing_event", "event_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    key: Mapped[str]
    venue_id: Mapped[UUID | None] = mapped_column(index=True)  # None: no venue, or no telling which
    fingerprint: Mapped[str]
    loose_fingerprint: Mapped[str]
    content_hash: Mapped[str]
    start_at: Mapped[datetime]
    payload: Mapped[str]  # JSON of scrapers.base.Listing
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    missing_since: Mapped[datetime | None]
    missing_fetches: Mapped[int]
    hidden: Mapped[bool]  # missing for long enough that its event no longer shows it


class VenueRow(Base):
    """A venue of the registry. It stays when its listings go: what people put right holds on."""

    __tablename__ = "venue"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    payload: Mapped[str]  # JSON of app.model.venue.Site
    moved: Mapped[bool] = mapped_column(index=True)  # its events have not been told yet
    ask_after: Mapped[datetime | None] = mapped_column(index=True)  # None: no geocoder is needed
    created_at: Mapped[datetime]


class VenueAliasRow(Base):
    """Under which keys (`find.venues.keys_of`) a venue is found; with a spelling, if it is one."""

    __tablename__ = "venue_alias"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[str] = mapped_column(primary_key=True)
    venue_id: Mapped[UUID] = mapped_column(
        ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    spelling: Mapped[str]


class BlockRow(Base):
    """Under which keys the matcher looks for a listing (hashed `find.deduplicate.block_keys`)."""

    __tablename__ = "listing_block"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    listing_id: Mapped[int] = mapped_column(
        ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DecisionRow(Base):
    """Why a listing belongs to an event it did not found; kept when undone."""

    __tablename__ = "match_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(
        ForeignKey("listing.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    same: Mapped[float] = mapped_column(Float)
    merged: Mapped[bool]  # False, in old rows: a person kept the two apart
    reasons: Mapped[str]  # JSON list of sentences
    decided_by: Mapped[str]  # "matcher" or "person"
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class CurationRow(Base):
    """What a person decided on events, by facts that outlive their rows; kept when undone."""

    __tablename__ = "curation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[str]  # hide, pin, correct, merge, split
    scope: Mapped[str]  # event, series, source, burst
    fields: Mapped[str]  # JSON of app.model.curation.Correction
    label: Mapped[str]  # the name of the event it was decided on, for showing
    event_id: Mapped[UUID | None]  # of a merge: the event that stays,
    other_id: Mapped[UUID | None] = mapped_column(index=True)  # and the one that came over
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class CurationMarkRow(Base):
    """What a decision holds for: a listing by key or fingerprint, a series, or a whole source."""

    __tablename__ = "curation_mark"
    __table_args__ = (
        Index("ix_curation_mark_curation", "curation_id"),
        Index("ix_curation_mark_source_url", "source_url"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    curation_id: Mapped[UUID] = mapped_column(ForeignKey("curation.id", ondelete="CASCADE"))
    source_url: Mapped[str]
    kind: Mapped[str]  # key, fingerprint, series, source
    key: Mapped[str]  # empty for a whole source
    side: Mapped[int] = mapped_column(server_default="0")  # 1: of the other event of a merge, split


class OpeningRow(Base):
    """A new place with its identity. It stays when its sources go: who planned a visit keeps it."""

    __tablename__ = "opening"
    __table_args__ = (Index("ix_opening_last_day", "last_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payload: Mapped[str]  # JSON of app.model.opening.Opening
    last_day: Mapped[date]
    heard: Mapped[bool]  # whether any source still speaks of it as new
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class OpeningListingRow(Base):
    """What one source says about one place; `key` is its identity within the source."""

    __tablename__ = "opening_listing"
    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("ix_opening_listing_opening", "opening_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    opening_id: Mapped[UUID | None] = mapped_column(ForeignKey("opening.id"))  # None: not new
    key: Mapped[str]
    payload: Mapped[str]  # JSON of scrapers.base.OpeningListing
    first_seen_at: Mapped[datetime]


class UserRow(Base):
    """An account. `revision` moves with every change of what the person would see."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    profile: Mapped[str]  # JSON of app.model.user.Profile
    learnt: Mapped[str] = mapped_column(server_default="{}")  # JSON of app.model.learnt.Learnt
    revision: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    feed_epoch: Mapped[int]
    feed_token_hash: Mapped[str] = mapped_column(unique=True)


class TokenRow(Base):
    """A device's bearer token, as a keyed hash only."""

    __tablename__ = "token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    hash: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ChoiceRow(Base):
    """A person's decision on an event with a snapshot of it; no feed can ever delete it."""

    __tablename__ = "choice"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True, index=True)
    state: Mapped[str]  # chosen, dismissed, withdrawn; later attended, missed
    uid: Mapped[str]  # of the calendar entry: stays, even if events are merged
    sequence: Mapped[int]
    snapshot: Mapped[str]  # JSON of the event as last published
    score: Mapped[str]  # JSON of the score as it was shown
    chosen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    gone_since: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    faded: Mapped[bool]  # a cancelled mark that has done its work leaves the feed


class CheckInRow(Base):
    """What a person told of an event afterwards. It outlives the event and the choice."""

    __tablename__ = "check_in"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    payload: Mapped[str]  # JSON of app.model.check_in.CheckIn
    event: Mapped[str]  # JSON of the event as it was when told
    start_at: Mapped[datetime]
    told_at: Mapped[datetime]


class BusyCalendarRow(Base):
    """A person's own calendar: where it is, encrypted, and when it says that they are taken."""

    __tablename__ = "busy_calendar"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[bytes]  # AES-256-GCM, see app.store.vault
    host: Mapped[str]  # of the address, to tell one's calendars apart
    times: Mapped[str]  # JSON of (start, end) in UTC: nothing of what for
    unread: Mapped[int]  # entries that could not be read
    etag: Mapped[str]
    last_modified: Mapped[str]
    problem: Mapped[str]  # of the last look, in a sentence; empty where it went well
    failures: Mapped[int]
    added_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # when the times were last known to be right
    next_at: Mapped[datetime] = mapped_column(index=True)


class DigestRow(Base):
    """One weekly mail of one person: the unique key that makes it one."""

    __tablename__ = "digest"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    period: Mapped[str] = mapped_column(primary_key=True)  # ISO week in the person's zone
    due_at: Mapped[datetime]
    state: Mapped[str]  # queued, empty, skipped
    decided_at: Mapped[datetime]


class OutboxRow(Base):
    """A message that must go out once, with its final bytes."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "not_before"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID | None] = mapped_column(  # None: to the operator
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    topic: Mapped[str]  # what one may unsubscribe from: "digest"; or "sources", the operator's
    recipient: Mapped[str]
    message: Mapped[bytes]
    state: Mapped[str]  # pending, sent, failed, uncertain, expired, cancelled
    attempt: Mapped[int]
    dots_sent: Mapped[int]
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str]


class CounterRow(Base):
    """Monotonic numbers; the catalog's revision orders all changes of events."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class LeaseRow(Base):
    """Who may do a job that only one process should do, and the last sign of life."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    epoch: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime]
    beat_at: Mapped[datetime]


class PaceRow(Base):
    """How long an address is not dialled again, or a host is left alone; by all processes."""

    __tablename__ = "pace"

    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
