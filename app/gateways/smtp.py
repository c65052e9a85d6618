"""Mail out over SMTP, phase by phase, so that every failure tells what became of the letter.

Plain `smtplib.sendmail` raises the same exception before and after the final dot (SECURITY.md X11);
here the dot is a step of its own, and only what fails behind it is uncertain.
"""

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.errors import Invalid, MailError
from app.model import address
from app.settings import Settings

_QUIT_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our letters.

    `security` is `starttls`, `tls` or `none` (loopback only). `timeout` bounds each step in
    seconds; `final_timeout` the answer to the final dot, which RFC 5321 4.5.3.2.6 wants long,
    for giving up on it is what makes double letters.
    """

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = 30.0
    final_timeout: float = 300.0


def relay_from(settings: Settings) -> Relay | None:
    """The relay an operator has set, None if no mail is to go out."""
    if not settings.smtp_host:
        return None
    return Relay(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_username,
        settings.smtp_password.get_secret_value(),
        settings.smtp_ca_file,
    )


def send(
    message: bytes,
    sender: str,
    recipient: str,
    relay: Relay,
    before_dot: Callable[[], None] = lambda: None,
) -> None:
    """Hand one letter to the relay for one recipient; return only if it was accepted.

    `before_dot` is called when all but the final dot is out: whoever must know after a crash that
    the letter may have gone writes it down there; what it raises passes through, the letter unsent.
    Raises MailError: `retry` (not accepted, may be later), `failed` (refused for good) or
    `uncertain` (the dot is out, the answer is not in). A relay that cannot be used at all (away,
    wrong certificate, wrong password) is `retry`: that is no fault of the letter or its address.
    """
    envelope = _envelope(sender, recipient)
    body = _stuffed(message)
    client = _connect(relay, envelope[0].rpartition("@")[2])
    try:
        _offer(client, *envelope)
    except MailError:
        _quit(client)
        raise
    try:
        reply = _transfer(client, body, before_dot, relay.final_timeout)
    except BaseException:
        client.close()  # no QUIT: inside DATA it would be text
        raise
    _quit(client)
    _expect(reply, {250}, "refused the letter", otherwise="uncertain")


def _envelope(sender: str, recipient: str) -> tuple[str, str]:
    """Bare addresses, one each: a comma in one string once made two recipients (case C15)."""
    try:
        return address.sender(sender)[1], address.one_address(recipient)
    except Invalid as error:
        raise MailError("failed", "The letter has no single valid sender and recipient.") from error


def _stuffed(message: bytes) -> bytes:
    """The body for DATA: CRLF only, leading dots doubled (RFC 5321 4.5.2; case C16)."""
    if not message.isascii():
        raise MailError("failed", "The letter is not plain ASCII, so it cannot be sent.")
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    text = text if text.endswith(b"\r\n") else text + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", text)


def _connect(relay: Relay, own_name: str) -> smtplib.SMTP:
    """A greeted, encrypted, authenticated session."""
    if relay.security == "none" and not _is_loopback(relay.host):
        raise MailError("retry", "Mail without TLS is allowed to this machine only.")
    if relay.security not in {"starttls", "tls", "none"}:
        raise MailError("retry", "The setting smtp_security must be starttls, tls or none.")
    with _trouble("could not be used"):
        client: smtplib.SMTP
        if relay.security == "tls":
            client = smtplib.SMTP_SSL(
                relay.host,
                relay.port,
                own_name,
                timeout=relay.timeout,
                context=_tls(relay.ca_file),
            )
        else:
            client = smtplib.SMTP(relay.host, relay.port, own_name, relay.timeout)
        with contextlib.ExitStack() as undo:
            undo.callback(client.close)
            if relay.security == "starttls":
                client.starttls(context=_tls(relay.ca_file))
            client.ehlo_or_helo_if_needed()
            if relay.username:
                client.login(relay.username, relay.password)
            undo.pop_all()
    return client


def _tls(ca_file: str) -> ssl.SSLContext:
    """Trusts the machine's authorities, or those of the file alone. Raises OSError."""
    return ssl.create_default_context(cafile=ca_file or None)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _offer(client: smtplib.SMTP, sender: str, recipient: str) -> None:
    """MAIL, RCPT and DATA, each with its answer."""
    with _trouble("broke off before the letter"):
        _expect(client.mail(sender), {250}, "refused the sender")
        _expect(client.rcpt(recipient), {250, 251}, "refused the recipient")
        _expect(client.docmd("DATA"), {354}, "refused the letter")


def _transfer(
    client: smtplib.SMTP, body: bytes, before_dot: Callable[[], None], final_timeout: float
) -> tuple[int, bytes]:
    """The body, the caller's mark, the dot; returns the server's answer to it."""
    with _trouble("broke off within the letter"):
        client.send(body)
    before_dot()
    with _trouble("broke off within the letter"):
        _refuse_if_interrupted(client)
    try:
        _set_timeout(client, final_timeout)
        client.send(b".\r\n")
        return client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise MailError("uncertain", "The mail server did not answer the final dot.") from error


def _refuse_if_interrupted(client: smtplib.SMTP) -> None:
    """A server that speaks or hangs up before the dot has not taken the letter: certain, so say it.

    Without this look, a connection lost within the body would show behind the dot only.
    """
    sock = client.sock
    if sock is None:
        raise smtplib.SMTPServerDisconnected("connection closed")
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        sock.settimeout(timeout)
    else:
        raise smtplib.SMTPServerDisconnected("the server broke in")


def _expect(
    reply: tuple[int, bytes], accepted: set[int], refused: str, otherwise: str = "retry"
) -> None:
    """Pass an accepted answer; else 4xx may pass, 5xx stays, and `otherwise` is any odd one.

    The server's own words go into the message without addresses: it may end up in a log.
    """
    code, text = reply
    if code in accepted:
        return
    state = {4: "retry", 5: "failed"}.get(code // 100, otherwise)
    words = re.sub(r"[^ -~]+", " ", text.decode("ascii", "replace"))
    words = re.sub(r"\S*@\S*", "…", words)[:200]
    raise MailError(state, f"The mail server {refused}: {code} {words}".strip())


@contextlib.contextmanager
def _trouble(what: str) -> Iterator[None]:
    """Turn any failure of the connection into a MailError that is safe to retry."""
    try:
        yield
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        detail = getattr(error, "smtp_code", None) or type(error).__name__
        raise MailError("retry", f"The mail server {what} ({detail}).") from error


def _set_timeout(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _quit(client: smtplib.SMTP) -> None:
    """Say goodbye; whatever comes of it, the letter's fate is known already."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        _set_timeout(client, _QUIT_TIMEOUT)
        client.quit()
    client.close()
