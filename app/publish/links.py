"""Links that add one event to somebody's calendar, and how each client subscribes to a feed."""

from dataclasses import dataclass
from datetime import UTC
from urllib.parse import quote, urlencode

from app.model.event import Event
from app.publish import wording
from app.publish.ical import span, span_of_dates
from app.publish.text import block, one_line, web_url

# Octets after encoding; together with the rest a URL stays below 2,048, which every client takes.
_MAX_TITLE, _MAX_PLACE, _MAX_DETAILS = 300, 300, 800


@dataclass(frozen=True, slots=True)
class Links:
    """Where to go to add one event: our file, and the web calendars with the form filled in."""

    ics: str
    google: str
    outlook: str
    office365: str
    yahoo: str


@dataclass(frozen=True, slots=True)
class Client:
    """How one calendar program subscribes.

    `url` opens it, or is empty where only copying works; `delay` says when a change shows up.
    """

    name: str
    url: str
    steps: tuple[str, ...]
    delay: str


def event_links(event: Event, ics_url: str) -> Links:
    """Add-to-calendar links; times are UTC with Z, all-day events plain dates (cases H2, H3).

    `ics_url` is our own single-event file. Texts are shortened before they are encoded (H4).
    """
    words = _words(event)
    return Links(
        ics=ics_url,
        google=_google(event, words),
        outlook=_outlook("outlook.live.com", event, words),
        office365=_outlook("outlook.office.com", event, words),
        yahoo=_yahoo(event, words),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The texts of a link, shortened so that their encoded forms fit."""

    title: str
    place: str
    details: str


def _words(event: Event) -> _Words:
    url = web_url(event.url)
    about = _fit(block(event.description, 800), _MAX_DETAILS)
    return _Words(
        title=_fit(one_line(event.name, 200), _MAX_TITLE),
        place=_fit(wording.place(event), _MAX_PLACE),
        details="\n\n".join(part for part in (about, url if len(url) < 300 else "") if part),
    )


def _google(event: Event, words: _Words) -> str:
    start, end = _bounds(event, "%Y%m%dT%H%M%SZ", "%Y%m%d")
    fields = {"action": "TEMPLATE", "text": words.title, "dates": f"{start}/{end}"}
    fields |= {"details": words.details, "location": words.place}
    return _url("https://calendar.google.com/calendar/render", fields)


def _outlook(host: str, event: Event, words: _Words) -> str:
    start, end = _bounds(event, "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d")
    fields = {"path": "/calendar/action/compose", "rru": "addevent", "subject": words.title}
    fields |= {"startdt": start, "enddt": end, "allday": str(event.all_day).lower()}
    fields |= {"body": words.details, "location": words.place}
    return _url(f"https://{host}/calendar/0/deeplink/compose", fields)


def _yahoo(event: Event, words: _Words) -> str:
    start, end = _bounds(event, "%Y%m%dT%H%M%SZ", "%Y%m%d")
    fields = {"v": "60", "title": words.title, "st": start, "et": end}
    fields |= {"dur": "allday"} if event.all_day else {}
    fields |= {"desc": words.details, "in_loc": words.place}
    return _url("https://calendar.yahoo.com/", fields)


def _bounds(event: Event, timed: str, dated: str) -> tuple[str, str]:
    """Start and end in a service's format; an end is always given (case H3)."""
    if event.all_day:
        first, last = span_of_dates(event)
        return first.strftime(dated), last.strftime(dated)
    start, end = span(event)
    return start.astimezone(UTC).strftime(timed), end.astimezone(UTC).strftime(timed)


def _fit(text: str, octets: int) -> str:
    """Cut the text itself until its encoded form fits: never through an escape (case H4)."""
    while (encoded := len(quote(text, safe=""))) > octets:
        text = block(text, max(1, len(text) * octets // encoded))
    return text


def _url(base: str, fields: dict[str, str]) -> str:
    """A query with %20 for spaces: Outlook shows a plus sign as itself."""
    return f"{base}?{urlencode({k: v for k, v in fields.items() if v}, quote_via=quote, safe='')}"


def webcal(feed_url: str) -> str:
    """The feed's address in the scheme that calendar programs register for."""
    return "webcal://" + feed_url.split("://", 1)[-1]


def subscription_clients(feed_url: str) -> tuple[Client, ...]:
    """How to subscribe to a feed, client by client, the most used first (cases H1, G14).

    Google's `?cid=` short cut is not used: it is unofficial and fails on Android.
    """
    encoded = quote(feed_url, safe="")
    outlook = f"calendar/0/addfromweb?url={encoded}&name={quote('Go Meet People')}"
    return (
        Client(
            "iPhone, iPad, Mac",
            webcal(feed_url),
            (
                "Open the link on the device.",
                "Confirm “Subscribe”.",
                "On a Mac, set “Auto-refresh” to every hour.",
            ),
            "As often as you set, from 5 minutes to a week",
        ),
        Client(
            "Google Calendar",
            "https://calendar.google.com/calendar/u/0/r/settings/addbyurl",
            (
                "Copy the address.",
                "Open the link on a computer; a phone's app cannot add one.",
                "Paste under “URL of calendar” and press “Add calendar”.",
            ),
            "8 to 24 hours; Google decides",
        ),
        Client(
            "Android without Google",
            "",
            (
                "Install ICSx⁵.",
                "Copy the address.",
                "Press “+” in the app and paste it.",
            ),
            "As often as you set, from 15 minutes on",
        ),
        Client(
            "Outlook.com",
            f"https://outlook.live.com/{outlook}",
            ("Open the link.", "Press “Import”."),
            "About 3 hours, at times more than a day",
        ),
        Client(
            "Microsoft 365",
            f"https://outlook.office.com/{outlook}",
            ("Open the link.", "Press “Import”."),
            "About 3 hours, at times more than a day",
        ),
        Client(
            "Thunderbird",
            "",
            (
                "Copy the address.",
                "New Calendar, then “On the Network”.",
                "Paste it; leave the user name empty.",
            ),
            "As often as you set, 30 minutes at first",
        ),
        Client(
            "Proton Calendar",
            "",
            ("Copy the address.", "Settings, Calendars, “Add calendar from URL”.", "Paste it."),
            "4 to 16 hours",
        ),
        Client(
            "Fastmail",
            "",
            ("Copy the address.", "Settings, Calendars, “Subscribe to calendar”.", "Paste it."),
            "About an hour",
        ),
    )
