"""URLs as people paste them and as servers redirect to them, brought to one checked form.

Pure. The validator here is the only one: typed sources, redirects, discovery and imports all pass
through `normalize_url` or `resolve_redirect`, and the client reads every URL again with `read_url`.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.errors import Invalid
from app.gateways.addresses import BadHost, Policy, canonical_host

MAX_URL = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REWRITTEN = {"webcal": "https", "webcals": "https"}
_ASCII = "".join(map(chr, range(0x21, 0x7F)))  # what is printable ASCII stays as it was typed
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|$))", re.IGNORECASE)
_WRAPPING = "<>\"'“”‘’«»"
_TRAILING = ".,;:!" + _WRAPPING


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL in its parts: ASCII host without brackets, explicit port, path with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port (RFC 6454), as a URL without path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        """The whole URL; equal targets have equal URLs."""
        return self.origin + self.path


def normalize_url(text: str, policy: Policy | None = None) -> str:
    """The canonical URL in a pasted text: trimmed, trailing words cut, `webcal` made `https`.

    International hosts become punycode; the query stays as it is (two feeds may differ only
    there). Raises Invalid (field `url`) for what may never be fetched.
    """
    return read_url(_tidied(text), policy or Policy()).url


def read_url(url: str, policy: Policy) -> Target:
    """Check an absolute URL against every rule. Raises Invalid (field `url`)."""
    if len(url) > MAX_URL:
        raise _invalid(f"The address is longer than {MAX_URL} characters.")
    if _CONTROL.search(url) or "\\" in url or " " in url:
        raise _invalid("The address contains characters that no address may have.")
    parts = _split(url)
    scheme = _REWRITTEN.get(parts.scheme, parts.scheme)
    if scheme not in _DEFAULT_PORTS or not parts.netloc:
        raise _invalid("Only http, https and webcal addresses can be read.")
    if "@" in parts.netloc:
        raise _invalid(
            "Leave user name and password out of the address; there are fields for them."
        )
    target = Target(scheme, _host(parts, policy), _port(parts, scheme, policy), _path(parts))
    if len(target.url) > MAX_URL:
        raise _invalid(f"The address is longer than {MAX_URL} characters.")
    return target


def resolve_redirect(base: Target, location: str, policy: Policy) -> Target:
    """Where a `Location` leads (RFC 9110 10.2.2). Raises Invalid if we may not follow.

    https never falls back to http.
    """
    absolute = _SCHEME.match(location) is not None
    if absolute and "://" not in location.partition("?")[0]:
        raise _invalid("The redirect is not a web address.")
    joined = location if absolute else _joined(base, location)
    target = read_url(_encoded(joined), policy)
    if base.scheme == "https" and target.scheme == "http":
        raise _invalid("The redirect leaves the encrypted connection.")
    return target


def is_international(url: str) -> bool:
    """Whether a canonical URL's host was not ASCII: worth a warning, it may imitate another."""
    return any(label.startswith("xn--") for label in (urlsplit(url).hostname or "").split("."))


def _joined(base: Target, location: str) -> str:
    try:
        return urljoin(base.url, location)
    except ValueError as error:
        raise _invalid("The redirect is malformed.") from error


def _tidied(text: str) -> str:
    stripped = text.strip().lstrip(_WRAPPING + "(").strip()
    word = stripped.partition(" ")[0].rstrip(_TRAILING)
    while word.endswith(")") and word.count(")") > word.count("("):
        word = word[:-1].rstrip(_TRAILING)
    if "://" in word.partition("?")[0] or not word:
        return word
    if _SCHEME.match(word):
        raise _invalid("Only http, https and webcal addresses can be read.")
    return f"https://{word}"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:  # "Invalid IPv6 URL", "netloc contains invalid characters"
        raise _invalid("The address is malformed.") from error


def _host(parts: SplitResult, policy: Policy) -> str:
    bracketed = parts.netloc.startswith("[")
    try:
        host = canonical_host(parts.hostname or "")
    except (BadHost, ValueError) as error:
        raise _invalid("The address does not name a public server.") from error
    literal = ":" in host or host.replace(".", "").isdigit()
    if bracketed != (":" in host) or (literal and not policy.admits(host)):
        raise _invalid("The address does not name a public server.")
    return host


def _port(parts: SplitResult, scheme: str, policy: Policy) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise _invalid("The port in the address is malformed.") from error
    port = _DEFAULT_PORTS[scheme] if port is None else port
    if port not in policy.ports:
        raise _invalid(f"Port {port} may not be used here.")
    return port


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_ASCII)
    return f"{path}?{quote(parts.query, safe=_ASCII)}" if parts.query else path


def _encoded(location: str) -> str:
    """A `Location` with raw spaces percent-encoded, as browsers read it."""
    return location.strip(" ").replace(" ", "%20")


def _invalid(message: str) -> Invalid:
    return Invalid(message, "url")
