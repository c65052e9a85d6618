"""Superboletos (Mexico): the catalogue of its site, a list of what is on sale.

Undocumented JSON behind https://www.superboletos.com, one file without pages. Days stand in words
and mostly without a year ("19 de Agosto 21:00 Hrs."): the next such day is meant, a month of grace
given, since nothing is on sale that is long over; it carries the note `year_guessed`.
"""

import re
from datetime import date, timedelta

from scrapers._dates import joined, read_clock_times
from scrapers._json import json_with, read_json, read_records, records
from scrapers._nodes import Node, first_text
from scrapers.base import Document, Parsed, ParseError

_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_MONTH = r"(?P<month>ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)[a-z]*\.?"
_DAY = re.compile(
    rf"(?P<day>\d{{1,2}})(?:\s+(?:al|a|y)\s+(?:[a-z]{{3,9}}\.?\s+)?(?P<last>\d{{1,2}}))?"
    rf"\s+(?:de\s+)?{_MONTH}(?:\s+(?:de\s+|del\s+)?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_GRACE = timedelta(days=30)
_STATUSES = {"CANCELADO": "EventCancelled", "POSPUESTO": "EventPostponed"}


def recognizes(document: Document) -> bool:
    """A list of events with Superboletos' names for things."""
    answer = json_with(document, b'"nombreEvento"', b'"nombreRecinto"')
    return any("eventoId" in event for event in records(answer))


def parse(document: Document) -> Parsed:
    """All events of the catalogue. Raises ParseError if the document is no list."""
    answer = read_json(document)
    if not isinstance(answer, list):
        raise ParseError("This is not Superboletos' catalogue.")
    today = document.retrieved_at.date()
    return read_records(document, records(answer), lambda event: _node(event, today))


def _node(event: Node, today: date) -> Node:
    start, end, guessed = _days(first_text(event, "fechas"), today)
    return {
        "identifier": (name := first_text(event, "eventoId")),
        "name": first_text(event, "nombreEvento"),
        "startDate": start,
        "endDate": end,
        "eventStatus": _STATUSES.get(first_text(event, "claveEstatusFechaEvento"), ""),
        "url": f"https://www.superboletos.com/landing-evento/{name}" if name else "",
        "image": first_text(event, "rutaImagenMain", "rutaImagenThumb"),
        "location": {
            "@type": "Place",
            "name": first_text(event, "nombreRecinto"),
            "address": {
                "addressLocality": first_text(event, "nombreCiudad"),
                "addressRegion": first_text(event, "abrevEstado"),
            },
        },
        "keywords": [first_text(event, "claveTipoEvento")],
        "offers": _offer(event),
        "notes": ("year_guessed",) if guessed else (),
    }


def _days(words: str, today: date) -> tuple[str, str, bool]:
    """First day with its time, last day, and whether the year is guessed; "" where none is told."""
    found = _DAY.search(words[:200])
    if found is None:
        return "", "", False
    month = _MONTHS.index(found["month"].lower()) + 1
    years = [int(found["year"])] if found["year"] else [today.year - 1, today.year, today.year + 1]
    first = next(
        (
            day
            for year in years
            if (day := _date(year, month, found["day"]))
            and (found["year"] or day >= today - _GRACE)
        ),
        None,
    )
    if first is None:
        return "", "", False
    last = _date(first.year, month, found["last"]) if found["last"] else None
    clock, _ = read_clock_times(words[found.end() :])
    start = joined(first.isoformat(), clock)
    return start, last.isoformat() if last else "", not found["year"]


def _date(year: int, month: int, day: str) -> date | None:
    try:
        return date(year, month, int(day))
    except ValueError:
        return None


def _offer(event: Node) -> Node:
    """Prices in pesos; the catalogue writes "0" where it tells none."""
    low, high = (first_text(event, key) for key in ("precioMinimo", "precioMaximo"))
    if low in ("", "0") and high in ("", "0"):
        return {}
    return {"@type": "AggregateOffer", "lowPrice": low, "highPrice": high, "priceCurrency": "MXN"}
