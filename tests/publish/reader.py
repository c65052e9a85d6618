"""A second reader of iCalendar for the tests, written from RFC 5545 3.1 and knowing no library."""

import re
from dataclasses import dataclass, field

_ESCAPE = re.compile(r"\\([\\;,nN])")


@dataclass
class Component:
    name: str
    properties: list[tuple[str, str, str]] = field(default_factory=list)  # name, parameters, value
    inner: list["Component"] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The only value of a property, unescaped."""
        (found,) = [value for key, _, value in self.properties if key == name]
        return _ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], found)

    def line(self, name: str) -> str:
        (found,) = [f"{key}{rest}:{value}" for key, rest, value in self.properties if key == name]
        return found

    def names(self) -> list[str]:
        return [name for name, _, _ in self.properties]

    def all(self, name: str) -> list["Component"]:
        return [component for component in self.inner if component.name == name]


def read(content: bytes) -> Component:
    """The calendar in these bytes; AssertionError for anything not laid out as the RFC says."""
    assert content.endswith(b"\r\n")
    lines = content[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    decoded = [line.decode() for line in lines]  # each line is valid UTF-8 by itself
    assert all(line.splitlines() == [line] for line in decoded)
    stack = [Component("")]
    for line in "\r\n".join(decoded).replace("\r\n ", "").split("\r\n"):
        head, _, value = line.partition(":")
        name, semicolon, parameters = head.partition(";")
        if name == "BEGIN":
            stack[-1].inner.append(Component(value))
            stack.append(stack[-1].inner[-1])
        elif name == "END":
            assert stack.pop().name == value
        else:
            stack[-1].properties.append((name, semicolon + parameters, value))
    assert len(stack) == 1
    (calendar,) = stack[0].inner
    return calendar
