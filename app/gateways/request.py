"""A document wanted, and the fields that ask for it."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime

from app.gateways import fields
from app.gateways.politeness import Budget
from app.gateways.urls import Target

ACCEPT = (
    "text/calendar, application/ld+json;q=0.9, application/rss+xml;q=0.9, "
    "application/atom+xml;q=0.9, application/json;q=0.8, text/html;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One document wanted. `now` is aware; validators are those of the last good fetch.

    `credentials` (user, password) go by HTTP Basic to the origin of `url` alone, over https alone.
    `keyed` says whether the operator's keys may be used for it; requests count against `budget`.
    Without `ask_robots` it is an interface that the operator has named, not a page that is read.
    """

    url: str = field(repr=False)
    now: datetime
    etag: str | None = None
    last_modified: str | None = None
    accept: str = ACCEPT
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    keyed: bool = True
    ask_robots: bool = True
    budget: Budget = field(default_factory=Budget)


def headers(request: FetchRequest, target: Target, origin: Target, agent: str) -> dict[str, str]:
    """The fields of a request for `target`, to which the request for `origin` has led."""
    sent = {
        "User-Agent": agent,
        "Accept": request.accept,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    if etag := fields.etag(request.etag):
        sent["If-None-Match"] = etag
    if modified := fields.last_modified(request.last_modified):
        sent["If-Modified-Since"] = modified
    if request.credentials and target.scheme == "https" and target.origin == origin.origin:
        pair = b64encode(":".join(request.credentials).encode())
        sent["Authorization"] = f"Basic {pair.decode('ascii')}"
    return sent


def is_conditional(request: FetchRequest) -> bool:
    """Whether the answer may be "not modified"."""
    return bool(fields.etag(request.etag) or fields.last_modified(request.last_modified))
