"""A rendered letter as the bytes that go out: MIME, headers, one-click unsubscribe (RFC 8058)."""

import hashlib
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.policy import default as reader_policy
from urllib.parse import urlsplit

from app.errors import Invalid
from app.model import address
from app.publish.digest import Rendered
from app.publish.text import one_line, web_url

FIXED_SUBJECT = "Go meet people: your week"
_MULTIPART = ("MIME-Version", "Content-Type")
_PLAIN = ("Content-Type", "Content-Transfer-Encoding", "MIME-Version")

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")


class _Policy(EmailPolicy):
    """The SMTP policy, but one that leaves the unsubscribe address whole.

    The standard one encodes a long URL as RFC 2047 words, and no mail program finds it again.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as bytes with CRLF."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", max_line_length=76, cte_type="7bit")


def message_id_of(key: str, base_url: str) -> str:
    """The Message-ID of the letter that this key names, always the same (RFC 5322 section 3.6.4)."""
    return f"<{key}@{urlsplit(base_url).hostname or 'localhost'}>"


def build_message(
    rendered: Rendered,
    sender: str,
    recipient: str,
    *,
    message_id: str,
    unsubscribe_url: str | None,
    date: datetime,
) -> bytes:
    """The final bytes of a letter, ASCII with CRLF; same input, same bytes.

    Without `unsubscribe_url` it is one that is wanted by a setting, without HTML it is plain text.

    `sender` is `Name <address>`, `message_id` stands in angle brackets, `date` is aware. A subject
    that does not come back unchanged when read again gives way to a fixed one (SECURITY.md F12,
    case C14). Raises Invalid for an address, id or URL that is not exactly one.
    """
    planned = _headers(sender, recipient, message_id, unsubscribe_url, date)
    for subject in (_canonical(rendered.subject), FIXED_SUBJECT):
        message = _compose(rendered, {**planned, "Subject": subject}, message_id)
        names = [*planned, "Subject", *(_MULTIPART if rendered.html else _PLAIN)]
        if _reads_back(message, names, subject):
            return message
    raise Invalid("The letter's headers cannot be written safely.")


def _headers(
    sender: str, recipient: str, message_id: str, unsubscribe_url: str | None, date: datetime
) -> dict[str, object]:
    url = web_url(unsubscribe_url or "")
    if (unsubscribe_url is not None and not url) or not _MESSAGE_ID.fullmatch(message_id):
        raise Invalid("A letter needs a web address to unsubscribe and a Message-ID.")
    name, addr_spec = address.sender(sender)
    headers: dict[str, object] = {
        "From": Address(_canonical(name), addr_spec=addr_spec),
        "To": Address(addr_spec=address.one_address(recipient)),
        "Date": date.astimezone(UTC),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
    }
    if url:
        headers["List-Unsubscribe"] = f"<{url}>"
    if url.startswith("https:"):  # RFC 8058 2: one click needs https
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _canonical(text: str) -> str:
    """A header text without line breaks, controls or anything that looks encoded already."""
    return one_line(text, 120).replace("=?", "= ?").replace("?=", "? =")


def _compose(rendered: Rendered, headers: dict[str, object], seed: str) -> bytes:
    message = EmailMessage(policy=_POLICY)
    for name, value in headers.items():
        message[name] = value
    message.set_content(rendered.text, cte="quoted-printable")
    if rendered.html:
        message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
        message.set_boundary("=_" + hashlib.sha256(seed.encode()).hexdigest()[:32])
    return message.as_bytes()


def _reads_back(message: bytes, names: list[str], subject: str) -> bool:
    read = message_from_bytes(message, policy=reader_policy)
    return read.keys() == names and read["Subject"] == subject and not read.defects
