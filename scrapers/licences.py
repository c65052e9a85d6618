"""Business licences of cities: first issues for coffee shops, bakeries, breweries, bookshops.

Reads Socrata's SODA API (https://dev.socrata.com/docs/formats/json.html), CKAN's datastore
(https://docs.ckan.org/en/latest/maintaining/datastore.html) and CSV exports of the same tables. The
columns of Chicago (r5kz-chrr), San Francisco (g8m3-pdis), New York (43nn-pn8j), Seattle and Boston
are known; of any other portal the options of the source name them: `name`, `address`, `date`, `type`,
`activity`, `account` (each a column), `first_issue` (a regular expression for the type of a first
issue) and `activity_filter` (one for the activities that count, beside those the words tell).

A renewal, a change of location or of capacity is no opening, nor is a further licence of a business
that the table has at that address before.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from scrapers._dates import read_moment
from scrapers._html import is_cut
from scrapers._locations import coordinates
from scrapers._openings import kind_of, timely
from scrapers._tables import Record, column, header_of, read_records, text_of
from scrapers.base import Document, Evidence, OpeningListing, Parsed, Place, Problem

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "doing_business_as_name", "dba_name", "dbaname", "dba", "trade_name", "business_trade_name",
        "business_name", "businessname", "legal_name", "business_legal_name", "ownership_name", "name",
    ),
    "address": (
        "address", "full_business_address", "street_address", "business_address", "address_street",
    ),
    "date": (
        "date_issued", "issue_date", "issued_date", "issdttm", "licenseadddttm",
        "location_start_date", "license_start_date", "license_creation_date", "inspection_date",
        "dba_start_date", "start_date", "license_term_start_date",
    ),
    "type": ("application_type", "license_transaction_type", "transaction_type"),
    "activity": (
        "business_activity", "cuisine_description", "naic_code_description", "naics_description",
        "business_category", "descript", "license_description", "lic_code_description",
    ),
    "account": ("account_number", "city_account_number", "camis", "ttxid", "certificate_number", "license_nbr"),
}  # fmt: skip
_TYPED = frozenset(
    {"issue", "new", "initial", "first", "original", "new application", "new license"}
)
_NEVER_INSPECTED = date(1900, 1, 1)  # how New York marks a place that is new
_POINT = re.compile(r"\(?\s*(-?\d{1,3}\.\d+)[,\s]+(-?\d{1,3}\.\d+)\s*\)?")
_SIGNS = frozenset({"application_type", "license_number", "license_id", "licensecat", "dba_name",
                    "dbaname", "doing_business_as_name", "camis", "license_start_date"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Licence:
    """One record: what it is about, when, and whether it is the first of its kind."""

    name: str
    address: str
    account: str
    issued: date | None
    first: bool
    kind: str
    words: str
    place: Place

    @property
    def identities(self) -> Iterator[tuple[str, str]]:
        """By which the table may know the business already: its account, its name at the address."""
        if self.account:
            yield "account", self.account
        if self.address:
            yield self.name.casefold(), self.address.casefold()

    @property
    def order(self) -> tuple[date, bool]:
        """Oldest first; on one day an older licence's record before a first issue."""
        return self.issued or date.max, self.first


def recognizes(document: Document) -> bool:
    """A table with the columns of a licence register, by its header or its first record."""
    if document.content.lstrip()[:1] in (b"[", b"{"):
        names = re.findall(rb'"([A-Za-z_ ]{3,40})"\s*:', document.content[:8192])
        header = [column(name.decode()) for name in names]
    else:
        header = header_of(document)
    return len(_SIGNS & set(header)) > 0 and bool(set(_COLUMNS["name"]) & set(header))


def parse(document: Document) -> Parsed:
    """Every record counts; first issues become openings. Raises ParseError if it is no table."""
    records = read_records(document)
    licences = [_licence(record, document) for record in records]
    known: set[tuple[str, str]] = set()
    found: list[OpeningListing] = []
    for licence in sorted(licences, key=lambda each: each.order):
        seen = set(licence.identities)
        if licence.first and licence.kind and licence.name and not seen & known:
            found.append(_opening(licence))
        known |= seen
    nameless = sum(not licence.name for licence in licences)
    problems = (
        [Problem("table", "no_name", f"{nameless} records name no business", lost=True)]
        if nameless
        else []
    )
    return Parsed(
        problems=tuple(problems),
        components=len(records),
        truncated=is_cut(document),
        openings=timely(found, document),
    )


def _licence(record: Record, document: Document) -> _Licence:
    def said(field: str) -> str:
        named = document.options.get(field, "")
        return text_of(record, *([column(named)] if named else _COLUMNS[field]))

    issued = _date(said("date"), document)
    name, activity = _tidy(said("name")), " ".join(_activities(record, document))
    address = said("address") or " ".join(
        filter(None, (text_of(record, "building"), text_of(record, "street")))
    )
    site = text_of(record, "site_number", "location_id", "uniqueid")
    return _Licence(
        name=name,
        address=address,
        account=f"{said('account')}/{site}" if said("account") else "",
        issued=None if issued == _NEVER_INSPECTED else issued,
        first=_is_first(said("type"), issued, record, document),
        kind=_kind(name, activity, document),
        words=" · ".join(filter(None, (said("activity"), said("type")))),
        place=_place(record, name, address),
    )


def _activities(record: Record, document: Document) -> Iterator[str]:
    named = document.options.get("activity", "")
    for name in [column(named)] if named else _COLUMNS["activity"]:
        yield text_of(record, name)


def _kind(name: str, activity: str, document: Document) -> str:
    wanted = document.options.get("activity_filter", "")
    kind = kind_of(name, activity)
    if kind or not wanted or not re.search(wanted, activity[:300], re.IGNORECASE):
        return kind
    return "coffee_shop"


def _is_first(said: str, issued: date | None, record: Record, document: Document) -> bool:
    """Whether the record is a first issue: by its type; without types by being there at all.

    New York's table holds inspections: only those who never had one are new.
    """
    if rule := document.options.get("first_issue", ""):
        return re.fullmatch(rule, said, re.IGNORECASE) is not None
    if "camis" in record:
        return issued == _NEVER_INSPECTED
    if text_of(record, "license_status", "licstatus").casefold() in (
        "inactive",
        "can",
        "rev",
        "aac",
    ):
        return False
    return said.casefold() in _TYPED if said else issued is not None


def _date(text: str, document: Document) -> date | None:
    moment = read_moment(text, ZoneInfo(document.time_zone)) if text else None
    if moment is None and text[:10] == "1900-01-01":
        return _NEVER_INSPECTED
    return moment.at.date() if moment else None


def _tidy(name: str) -> str:
    """Registers shout; people do not."""
    if not name.isupper():
        return name
    words = re.sub(r"[A-Za-z]+(?:'[A-Za-z]+)?", lambda found: found[0].capitalize(), name)
    return re.sub(r"\b(?:Llc|Nfp|Dba)\b", lambda found: found[0].upper(), words)


def _place(record: Record, name: str, address: str) -> Place:
    town = ", ".join(filter(None, (text_of(record, "city", "boro"), text_of(record, "state"))))
    latitude, longitude = coordinates(record.get("latitude"), record.get("longitude"))
    if latitude is None:
        latitude, longitude = _point(record.get("location"))
    street = " ".join(_tidy(address).split())
    return Place(name, ", ".join(filter(None, (street, _town(town)))), latitude, longitude)


def _town(text: str) -> str:
    city, _, state = text.partition(", ")
    return ", ".join(filter(None, (_tidy(city), state)))


def _point(value: object) -> tuple[float, float] | tuple[None, None]:
    """Of a GeoJSON point, Socrata's old location type, or the "(lat, lon)" of an export."""
    if isinstance(value, str) and (found := _POINT.search(value[:80])):
        return coordinates(found[1], found[2])
    if not isinstance(value, dict):
        return None, None
    ends = value.get("coordinates")
    if isinstance(ends, list) and len(ends) == 2:
        return coordinates(ends[1], ends[0])
    return coordinates(value.get("latitude"), value.get("longitude"))


def _opening(licence: _Licence) -> OpeningListing:
    key = licence.account or f"{licence.name}|{licence.address}".casefold()
    return OpeningListing(
        name=licence.name,
        kind=licence.kind,
        key=key,
        evidence=Evidence.FIRST_LICENCE,
        location=licence.place,
        said=licence.issued,
        words=licence.words,
    )
