"""Tables of open-data portals as records: CSV, Socrata's JSON, CKAN's datastore; any column names."""

import csv
import json
import re
from io import StringIO

from scrapers._body import describe
from scrapers._html import decode
from scrapers._text import one_line
from scrapers.base import Document, ParseError

MAX_RECORDS = 100_000
Record = dict[str, object]

_NAME = re.compile(r"[^a-z0-9]+")
_LINE_END = re.compile(r"\r\n?")


def column(name: str) -> str:
    """A column's name as Socrata's API has it: "DOING BUSINESS AS NAME" → doing_business_as_name."""
    return _NAME.sub("_", name.strip().lower()).strip("_")


def text_of(record: Record, *names: str) -> str:
    """The first of these columns that says something, as one line."""
    for name in names:
        value = record.get(name)
        if isinstance(value, (str, int, float)) and (said := one_line(str(value))):
            return said
    return ""


def header_of(document: Document) -> list[str]:
    """The columns of the document's first line, [] where that is no header of a table."""
    if document.content[:1] in (b"", b"<", b"{", b"[") or b"," not in document.content[:4096]:
        return []
    first = _LINE_END.sub("\n", decode(document)[:8192]).partition("\n")[0]
    return [column(name) for name in first.split(",")]


def read_records(document: Document) -> list[Record]:
    """All records of the table. Raises ParseError if the document is no table."""
    try:
        if document.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            return _of_json(json.loads(document.content))
        return _of_csv(decode(document))
    except (ValueError, RecursionError, csv.Error) as error:
        kind = describe(document.content)
        message = f"This is not a table of records but {kind}."
        raise ParseError(message) from error


def _of_csv(text: str) -> list[Record]:
    rows = csv.reader(StringIO(_LINE_END.sub("\n", text)))
    header = [column(name) for name in next(rows, [])]
    if len(header) < 2:
        message = "a table has columns"
        raise ValueError(message)
    records: list[Record] = [dict(zip(header, row, strict=False)) for row in rows if any(row)]
    return records[:MAX_RECORDS]


def _of_json(body: object) -> list[Record]:
    """A list of objects (Socrata's SODA), or CKAN's `{"result": {"records": […]}}`."""
    if isinstance(body, dict):
        result = body.get("result")
        body = result.get("records") if isinstance(result, dict) else body.get("records")
    if not isinstance(body, list):
        message = "no records"
        raise ValueError(message)  # noqa: TRY004 -- the input's fault, not a programmer's
    return [
        {column(str(key)): value for key, value in row.items()}
        for row in body[:MAX_RECORDS]
        if isinstance(row, dict)
    ]
