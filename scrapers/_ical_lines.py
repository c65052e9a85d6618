"""RFC 5545 section 3.1 and 3.6: bytes to components and their properties, as broken as they come.

The icalendar library walks every character of every line in Python and gives up on the whole file
at the first property it cannot read. Here lines are found by the string methods of the
interpreter, and only the properties that we read are kept; values stay raw. The tests hold names,
parameters and values against the library.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from icalendar.parser import Parameters

from scrapers._text import one_line

Property = tuple[str, str]  # raw parameters, raw value

_LINE_END = re.compile(rb"\r\n?")
# Whatever blank lines stand between, a line that begins with a blank continues the one before.
_FOLD = re.compile(rb"(?<!\n)\n+[ \t]")
_PARTS = re.compile(r'[^:;]*;((?:[^":]++|"[^"]*+")*+):(.*)')
_PARAMETER = re.compile(r'([^=;]+)=("[^"]*"|[^;]*)')
_SHOUTED = re.compile(r"[A-Z][A-Z0-9-]*[;:]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PARAMETERS_LIMIT = 4096
_TEXT_LIMIT = 100_000
_REACH = 8  # how deep we look for what a misplaced BEGIN or END belongs to

_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "X-ALT-DESC", "STYLED-DESCRIPTION")
_WANTED = {
    "VCALENDAR": (
        *("NAME", "X-WR-CALNAME", "X-WR-TIMEZONE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
    ),
    "VEVENT": (
        *("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"),
        *("SEQUENCE", "STATUS", "CLASS", "GEO", "CATEGORIES", "ORGANIZER", "URL", "ATTACH"),
        *("IMAGE", "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"),
        *("X-MICROSOFT-CDO-ALLDAYEVENT", "X-WP-IMAGES-URL", "X-LIVEWHALE-TIMEZONE", *_TEXTS),
        *("TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"),
    ),
    "VFREEBUSY": ("FREEBUSY",),
    "VTIMEZONE": ("TZID", "X-LIC-LOCATION"),
    "STANDARD": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"),
    "DAYLIGHT": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"),
}
_WANTED_OF = {name: frozenset(wanted) for name, wanted in _WANTED.items()}
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class Component:
    """One BEGIN…END block with the properties we read; raw (parameters, value) pairs by name.

    `number` counts components of this name in the document, from 1. `str()` is its place, for
    problems: "VEVENT 12 'Open mic'".
    """

    name: str
    number: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)
    closed: bool = False

    def first(self, name: str) -> Property | None:
        """The first property of that name that has a value."""
        for found in self.properties.get(name, ()):
            if found[1] and not found[1].isspace():
                return found
        return None

    def value(self, name: str) -> str:
        """Raw value of the first property of that name that has one, else ""."""
        found = self.first(name)
        return found[1] if found else ""

    def walk(self, *names: str) -> Iterator["Component"]:
        """This component and those inside it, in document order, if so named; any depth."""
        stack = [self]
        while stack:
            component = stack.pop()
            if component.name in names:
                yield component
            stack.extend(reversed(component.parts))

    def __str__(self) -> str:
        summary = self.value("SUMMARY")
        title = one_line(summary.replace("\\", ""), 60) if summary else ""
        return f"{self.name} {self.number} '{title}'" if title else f"{self.name} {self.number}"


def components_of(content: bytes, content_type: str = "") -> list[Component]:
    """Top-level components of a document, in order; [] if there is no BEGIN line at all.

    Takes any line end, folds inside a character (RFC 5545 3.1), blanks or noise before the first
    BEGIN. `closed` is False where the END is missing. Never raises.
    """
    return _Builder().build(_lines(content, content_type))


def _lines(content: bytes, content_type: str) -> list[str]:
    content = _as_utf8(content, content_type).replace(b"\x00", b"")
    content = _LINE_END.sub(b"\n", content) if b"\r" in content else content
    content = _FOLD.sub(b"", content.lstrip())
    try:
        return content.decode().split("\n")
    except UnicodeDecodeError:
        encoding = _declared(content_type)
        return [_decoded(line, encoding) for line in content.split(b"\n")]


def _as_utf8(content: bytes, content_type: str) -> bytes:
    """UTF-16 has zero bytes that would break the search for line ends; the rest is ASCII-safe."""
    declared = "utf-16" in content_type.lower() and b"\x00" in content[:4]
    if declared or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode()
    return content.removeprefix(b"\xef\xbb\xbf")


def _declared(content_type: str) -> str:
    match = _CHARSET.search(content_type)
    return match[1].lower() if match else "utf-8"


def _decoded(line: bytes, encoding: str) -> str:
    """One line, as UTF-8 if it is, else as declared, else as the most common Windows encoding."""
    for attempt in ("utf-8", encoding, "cp1252"):
        try:
            return line.decode(attempt)
        except (UnicodeDecodeError, LookupError):
            continue
    return line.decode("latin-1")


class _Builder:
    """Turns lines into components; keeps the open ones on a stack."""

    def __init__(self) -> None:
        self.top: list[Component] = []
        self.stack: list[Component] = []
        self.counts: dict[str, int] = {}
        self.wanted: frozenset[str] = _NOTHING
        self.properties: dict[str, list[Property]] = {}
        self.last: list[Property] | None = None

    def build(self, lines: list[str]) -> list[Component]:
        for line in lines:
            head, colon, value = line.partition(":")
            name = head.partition(";")[0]
            if name in self.wanted and colon:
                self.add(name, head, line, value)
            else:
                self.other(name.strip().upper(), colon, value, line)
        return self.top

    def add(self, name: str, head: str, line: str, value: str) -> None:
        if ";" in head:
            parts = _PARTS.fullmatch(line) if '"' in head else None
            params, value = parts.groups() if parts else (head.partition(";")[2], value)
        else:
            params = ""
        self.last = self.properties.setdefault(name, [])
        self.last.append((params, value))
        if name not in _TEXTS:
            self.last = None

    def other(self, name: str, colon: str, value: str, line: str) -> None:
        """A line that is not, as it stands, a property that we read."""
        if name == "BEGIN" and colon:
            self.begin(value.strip().upper())
        elif name == "END" and colon:
            self.end(value.strip().upper())
        elif colon and name in self.wanted:
            head = line.partition(":")[0]
            self.add(name, ";".join(map(str.strip, head.split(";"))), line, value)
        elif self.last is not None and line.strip() and not _SHOUTED.match(line):
            self.last[-1] = _continued(*self.last[-1], line)
        elif line.strip():
            self.last = None

    def begin(self, name: str) -> None:
        if name in {"VEVENT", "VCALENDAR"}:
            self.unwind(name)
        self.counts[name] = number = self.counts.get(name, 0) + 1
        component = Component(name, number)
        (self.stack[-1].parts if self.stack else self.top).append(component)
        self.stack.append(component)
        self.enter()

    def end(self, name: str) -> None:
        if not any(component.name == name for component in self.stack[-_REACH:]):
            return
        while (component := self.stack.pop()).name != name:
            pass
        component.closed = True
        self.enter()

    def unwind(self, name: str) -> None:
        """An event cannot hold an event, nor a calendar: the END before it has been forgotten."""
        for depth, component in enumerate(islice(self.stack, _REACH)):
            if component.name in {"VEVENT", name}:
                del self.stack[depth:]
                return

    def enter(self) -> None:
        self.last = None
        self.wanted = _WANTED_OF.get(self.stack[-1].name, _NOTHING) if self.stack else _NOTHING
        self.properties = self.stack[-1].properties if self.stack else {}


def _continued(params: str, text: str, line: str) -> Property:
    """A text whose publisher forgot to fold it, one line longer; bounded, since each line copies."""
    return params, f"{text}\n{line}" if len(text) < _TEXT_LIMIT else text


def parameters(raw: str) -> Mapping[str, str]:
    """Parameters of a property by upper-case name, decoded (RFC 6868); unreadable ones left out."""
    return _parameters(raw) if raw and len(raw) <= _PARAMETERS_LIMIT else {}


@lru_cache(maxsize=1024)
def _parameters(raw: str) -> Mapping[str, str]:
    try:
        read = Parameters.from_ical(raw, strict=False)  # type: ignore[no-untyped-call]  # icalendar is untyped here
    except ValueError:
        read = {name.strip(): value.strip('" ') for name, value in _PARAMETER.findall(raw)}
    return {
        name.upper(): ",".join(value) if isinstance(value, list) else str(value)
        for name, value in read.items()
    }
