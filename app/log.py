"""Logging: one line a record, plain or JSON, with every secret that might slip in blotted out.

Code never logs a secret on purpose; the redaction is the second line (SECURITY.md 4.12), and it
works on the finished line, so that tracebacks and the arguments of other libraries pass it too.
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

QUIET = (
    "httpx",
    "httpcore",
    "sqlalchemy",
    "apscheduler",
    "protego",
    "procrastinate",
    "psycopg.pool",
)
_GAP = "[…]"
_REST = r"""[^\s"'<>|\\,;]+"""  # of an address, as far as it can reach in a log line
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), blot)
    for pattern, blot in (
        (rf"/(calendar|unsubscribe)/{_REST}", rf"/\1/{_GAP}"),
        (r"(://)[^\s/?#@\"']*@", rf"\1{_GAP}@"),
        (rf"(\b\w[\w+.-]{{0,20}}://[^\s?\"'<>]+)\?{_REST}", rf"\1?{_GAP}"),
        (
            rf"\b((?:access_|refresh_)?token|(?:api_?)?key|app_id|client_id|secret|password)(['\"]?\s*[=:]\s*['\"]?){_REST}",
            rf"\1\2{_GAP}",
        ),
        (r"\b(Bearer|Basic)(\s+)[\w.~+/=-]+", rf"\1\2{_GAP}"),
    )
)


def redact(text: str) -> str:
    """The text without feed tokens, bearer values, userinfo and query strings of URLs."""
    for pattern, blot in _RULES:
        text = pattern.sub(blot, text)
    return text


class PlainFormatter(logging.Formatter):
    """`2026-03-02T12:00:00Z WARNING app.services.ingest: …`, redacted."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002 -- logging's signature
        """When the record was made, in UTC."""
        return _instant(record)

    def format(self, record: logging.LogRecord) -> str:
        """The whole entry, traceback included."""
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time level logger message`, and `traceback` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The object; each value is redacted before it is encoded."""
        entry = {
            "time": _instant(record),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            entry["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def configure(
    level: str = "INFO", *, as_json: bool = False, stream: TextIO | None = None
) -> logging.Handler:
    """Send all records of `level` and above to `stream` (standard error) and nowhere else.

    Libraries that print whole URLs or statements speak from WARNING up. May be called again;
    returns the handler.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def _instant(record: logging.LogRecord) -> str:
    made = datetime.fromtimestamp(record.created, UTC)
    return made.isoformat(timespec="milliseconds").replace("+00:00", "Z")
