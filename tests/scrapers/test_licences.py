"""Licence registers: first issues only, whatever the portal calls its columns."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest

import scrapers
from scrapers import licences
from scrapers.base import Document, Evidence, OpeningListing, ParseError
from scrapers.portals import PORTALS
from tests.shared import SHARED

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
COLUMNS = (
    "account_number", "site_number", "doing_business_as_name", "address", "city", "state",
    "license_description", "business_activity", "application_type", "date_issued", "latitude",
    "longitude",
)  # fmt: skip


def _row(
    account: str, name: str, address: str, type_: str, issued: str, activity: str = "Retail Food"
) -> tuple[str, ...]:
    return (
        account,
        "1",
        name,
        address,
        "HARBOR FALLS",
        "MA",
        activity,
        "",
        type_,
        issued,
        "41.93",
        "-70.52",
    )


def _table(*rows: tuple[str, ...]) -> Document:
    out = StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    return Document("https://data.example/licences.csv", out.getvalue().encode(), NOW)


def _openings(document: Document) -> list[str]:
    return [each.name for each in licences.parse(document).openings]


def test_new_place_radar_only_first_issues_at_a_new_address() -> None:
    document = _table(
        _row("1", "LOW TIDE COFFEE", "7 LANTERN ST", "ISSUE", "2026-11-10"),
        _row("2", "OLD MILL CAFE", "3 MILL RD", "RENEW", "2026-11-11"),
        _row("3", "WANDERING BEAN COFFEE", "90 NEW ST", "C_LOC", "2026-11-12"),
        _row("4", "GULL HARDWARE", "4 PIER RD", "ISSUE", "2026-11-12", "Retail Sales of Tools"),
        _row("5", "QUAY ROASTERS", "5 QUAY", "C_CAPA", "2026-11-12"),
    )
    assert licences.recognizes(document)
    assert licences.parse(document).components == 5
    assert _openings(document) == ["Low Tide Coffee"]


def test_a_second_licence_of_an_old_business_is_no_opening() -> None:
    document = _table(
        _row("1", "OLD MILL CAFE", "3 MILL RD", "RENEW", "2019-03-01"),
        _row("1", "OLD MILL CAFE", "3 MILL RD", "ISSUE", "2026-11-10", "Tobacco"),
        _row("9", "OLD MILL CAFE", "3 MILL RD", "ISSUE", "2026-11-11"),
    )
    assert _openings(document) == []


def test_two_licences_of_one_new_place_are_one_opening() -> None:
    document = _table(
        _row("1", "LOW TIDE COFFEE", "7 LANTERN ST", "ISSUE", "2026-11-10"),
        _row(
            "1",
            "LOW TIDE COFFEE",
            "7 LANTERN ST",
            "ISSUE",
            "2026-11-12",
            "Public Place of Amusement",
        ),
    )
    (opening,) = licences.parse(document).openings
    assert opening.said == date(2026, 11, 10)
    assert opening.evidence is Evidence.FIRST_LICENCE
    assert opening.opens is None  # a licence is no promise of a day


def test_the_same_business_at_a_changed_address_is_no_opening() -> None:
    document = _table(
        _row("1", "WANDERING BEAN COFFEE", "2 OLD ST", "ISSUE", "2015-01-10"),
        _row("1", "WANDERING BEAN COFFEE", "90 NEW ST", "C_LOC", "2026-11-01"),
        _row("1", "WANDERING BEAN COFFEE", "90 NEW ST", "ISSUE", "2026-11-02", "Outdoor Patio"),
    )
    assert _openings(document) == []


def test_what_was_issued_long_ago_is_an_old_place() -> None:
    assert (
        _openings(_table(_row("1", "LOW TIDE COFFEE", "7 LANTERN ST", "ISSUE", "2025-02-10"))) == []
    )


@pytest.mark.parametrize(
    "name", ["Bean Wholesale Coffee", "Coffee Vending Inc", "Office Coffee Services"]
)
def test_who_serves_no_guests_is_no_place_to_try(name: str) -> None:
    assert _openings(_table(_row("1", name, "7 LANTERN ST", "ISSUE", "2026-11-10"))) == []


def _json(body: object, **options: str) -> Document:
    content = json.dumps(body).encode()
    return Document(
        "https://data.example/x.json", content, NOW, "America/New_York", options=options
    )


SAN_FRANCISCO = {
    "uniqueid": "0001", "ttxid": "1-1", "certificate_number": "77", "ownership_name": "Tide LLC",
    "dba_name": "Low Tide Coffee", "full_business_address": "7 Lantern St", "city": "Harbor Falls",
    "state": "CA", "location_start_date": "2026-11-01T00:00:00.000",
    "naic_code_description": "Food Services",
    "location": {"type": "Point", "coordinates": [-122.4, 37.7]},
}  # fmt: skip
NEW_YORK = {
    "camis": "50001", "dba": "LOW TIDE COFFEE", "boro": "Brooklyn", "building": "7",
    "street": "LANTERN STREET", "cuisine_description": "Coffee/Tea",
    "inspection_date": "1900-01-01T00:00:00.000", "latitude": "40.7", "longitude": "-73.9",
}  # fmt: skip
SEATTLE = {
    "business_legal_name": "TIDE LLC", "trade_name": "LOW TIDE COFFEE",
    "naics_description": "Snack and Nonalcoholic Beverage Bars", "license_start_date": "20261101",
    "street_address": "7 LANTERN ST", "city": "SEATTLE", "state": "WA", "city_account_number": "1",
}  # fmt: skip


@pytest.mark.parametrize("record", [SAN_FRANCISCO, NEW_YORK, SEATTLE])
def test_the_registers_of_other_cities(record: dict[str, object]) -> None:
    document = _json([record])
    assert scrapers.recognize(document) == "licences"
    (opening,) = licences.parse(document).openings
    assert (opening.name, opening.kind) == ("Low Tide Coffee", "coffee_shop")
    assert opening.location is not None
    assert opening.location.address.casefold().startswith("7 lantern st")


def test_an_inspected_restaurant_is_not_new() -> None:
    document = _json([NEW_YORK | {"inspection_date": "2026-10-01T00:00:00.000"}])
    assert not licences.parse(document).openings


def test_a_ckan_datastore_with_columns_and_filters_by_setting() -> None:
    record = {"Trading As": "The Slow Bar", "Site": "7 Lantern St", "Kind": "Refreshment house",
              "Granted": "2026-11-02", "Why": "grant of licence"}  # fmt: skip
    body = {
        "success": True,
        "result": {"records": [record, record | {"Trading As": "Old", "Why": "renewal"}]},
    }
    document = _json(body, name="Trading As", address="Site", date="Granted", type="Why",
                     activity="Kind", activity_filter="refreshment", first_issue="grant.*")  # fmt: skip
    parsed = licences.parse(document)
    assert parsed.components == 2
    (opening,) = parsed.openings
    assert (opening.name, opening.said) == ("The Slow Bar", date(2026, 11, 2))


@pytest.mark.parametrize("body", [b"<html><body>Sign in</body></html>", b"[1", b"null", b"", b"a"])
def test_what_is_no_table_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        licences.parse(Document("https://data.example/x", body, NOW))


def test_every_portal_asks_for_the_newest_first() -> None:
    for portal in PORTALS.values():
        assert portal.url.startswith("https://data.")
        assert "DESC" in portal.url
        assert " " not in portal.url


CORPUS = SHARED / "corpus" if SHARED else Path("no corpus here")
OPENINGS = CORPUS / "openings"


@pytest.mark.skipif(not OPENINGS.exists(), reason="the corpus is not here")
def test_the_real_tables_hold_what_their_manifest_says() -> None:
    with (CORPUS / "MANIFEST.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("openings/")]
    for row in rows:
        document = Document(row["path"], (CORPUS / row["path"]).read_bytes(), NOW)
        name = scrapers.recognize(document)
        assert name is not None, row["path"]
        parsed = scrapers.SCRAPERS[name].parse(document)
        assert parsed.components == int(row["events_expected"]), row["path"]


def _all_times(path: str) -> tuple[OpeningListing, ...]:
    since = datetime(1990, 1, 1, tzinfo=UTC)
    document = Document(path, (OPENINGS / path).read_bytes(), NOW, since=since)
    return licences.parse(document).openings


@pytest.mark.skipif(not OPENINGS.exists(), reason="the corpus is not here")
def test_of_chicagos_licences_only_first_issues_remain() -> None:
    issued = set()
    with (OPENINGS / "chicago-business-licences-soda.csv").open() as file:
        for row in csv.DictReader(file):
            if row["application_type"] == "ISSUE":
                issued.add((f"{row['account_number']}/{row['site_number']}", row["date_issued"]))
    found = _all_times("chicago-business-licences-soda.csv")
    assert len(found) == 30  # of 32 first issues with such names: two are further licences
    assert all((each.key, str(each.said)) in issued for each in found)
    assert not _all_times("chicago-business-licences-street.csv")
