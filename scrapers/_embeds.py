"""Calendars that a page shows but another site holds: the addresses of the widgets in its markup.

Each is brought to the form in which the platform shares the calendar as a whole, so that the
address rules say where its feed is. Shapes: support.google.com/calendar/answer/41207 (one iframe
may show several calendars, each an `src`), trumba.com/help (spuds), tockify.com/i/docs/embedding,
help.concept3d.com (Localist widgets), ask.springshare.com/libcal (widgets), fullcalendar.io/docs
(Google Calendar), the WordPress plug-in of MembershipWorks.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qs, quote

from lxml.html import HtmlElement

from scrapers._html import absolute
from scrapers._text import parts_of

MAX_CALENDARS = 20  # of one widget; a page that embeds more embeds a whole city
MAX_SCRIPT = 200_000

_GOOGLE_PATH = re.compile(r"/calendar/(?:[ub]/\d+/)?(?:html)?embed$")
_GOOGLE_EMBED = "https://calendar.google.com/calendar/embed?src={}"
_GOOGLE_ID = re.compile(r"[\w.%#+-]+@[\w.-]+\.\w+")
_IN_SCRIPT = (
    # a Trumba "spud", also from CollegeNET's 25Live Publisher
    (re.compile(r"\$Trumba\.addSpud\(\s*\{[^}]{0,2000}?webName\s*:\s*[\"']([\w-]+)"), "https://www.trumba.com/calendars/{}"),
    (re.compile(r"googleCalendarId[\"']?\s*:\s*[\"']([\w.%#+-]+@[\w.-]+)"), _GOOGLE_EMBED),
)  # fmt: skip
_IN_ATTRIBUTES = (
    ("data-tockify-calendar", re.compile(r"[\w.-]+"), "https://tockify.com/{}"),
    ("data-calendar-id", _GOOGLE_ID, _GOOGLE_EMBED),
)


def embedded(tree: HtmlElement, base: str) -> Iterator[str]:
    """The addresses of all calendars that the page embeds, in document order; some may repeat."""
    for element in tree.iter("iframe", "script", "embed", "object"):
        link = element.get("src") or element.get("data-src") or element.get("data") or ""
        if address := absolute(base, link):
            yield from _shared(address)
        elif element.tag == "script":
            yield from _named_in(element.text or "")
    for attribute, form, address in _IN_ATTRIBUTES:
        for value in _attributes(tree, attribute):
            if form.fullmatch(value):
                yield address.format(quote(value, safe=""))
    yield from _membership(tree)


def _shared(address: str) -> Iterator[str]:
    """The addresses at which what this one shows can be seen on its own."""
    parts = parts_of(address)
    host = (parts.hostname or "").lower()
    if host in ("calendar.google.com", "www.google.com") and _GOOGLE_PATH.match(parts.path):
        sources = parse_qs(parts.query).get("src", [])[:MAX_CALENDARS]
        yield from (google_calendar(found) for source in sources if (found := google_id(source)))
    elif parts.path.startswith("/widget/view") and "schools=" in parts.query:
        yield f"{parts.scheme}://{parts.netloc}/calendar.xml"  # Localist: the rule leads to its ICS
    elif "libcal" in host and (calendar := _libcal(parts)):
        yield calendar
    else:
        yield address


def google_calendar(calendar: str) -> str:
    """The address at which Google shows the calendar with this id alone."""
    return _GOOGLE_EMBED.format(quote(calendar, safe=""))


def google_id(source: str) -> str:
    """The calendar's id in a `src` or `cid` of Google's, plain or in base 64; "" if there is none."""
    if _GOOGLE_ID.fullmatch(source):
        return source
    try:
        decoded = b64decode(source + "=" * (-len(source) % 4), validate=True).decode("ascii")
    except (NotBase64, ValueError):
        return ""
    return decoded if _GOOGLE_ID.fullmatch(decoded) else ""


def _libcal(parts: SplitResult) -> str:
    """The calendar of a LibCal widget: `cid`, or `cal_id` in the newer ones."""
    query = parse_qs(parts.query)
    number = (query.get("cid") or query.get("cal_id") or [""])[0]
    return f"https://{parts.netloc}/calendar?cid={number}" if number.isdecimal() else ""


def _named_in(script: str) -> Iterator[str]:
    text = script[:MAX_SCRIPT]
    for pattern, address in _IN_SCRIPT:
        for found in pattern.finditer(text):
            yield address.format(quote(found[1], safe=""))


def _attributes(tree: HtmlElement, name: str) -> Iterator[str]:
    for element in tree.iter():
        if isinstance(element.tag, str) and (value := element.get(name)):
            yield value.strip()


def _membership(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("div"):
        number = element.get("data-org") or ""
        if element.get("id") == "SFctr" and number.isdecimal():
            yield f"https://api.membershipworks.com/v2/events?_op=ics&org={number}"
