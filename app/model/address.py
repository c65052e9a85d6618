"""E-mail addresses: what may be written to, and only ever one at a time."""

import re
from email.utils import getaddresses

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid

_SENDER = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


def one_address(text: str) -> str:
    """The one deliverable address in `text`, normalized.

    Raises Invalid for anything else: two addresses, line breaks, quoted or non-ASCII local parts,
    domain literals, a leading hyphen (an option to some programs), non-ASCII domains (case C15).
    """
    try:
        checked = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise Invalid("This is not one valid e-mail address.", "email") from error
    if checked.normalized.startswith("-") or not checked.normalized.isascii():
        raise Invalid("This e-mail address cannot be written to; use a plain one.", "email")
    return checked.normalized


def sender(text: str) -> tuple[str, str]:
    """Display name and address of an operator's `Name <address>`; `…@localhost` is allowed.

    Raises Invalid if it holds no single plain address.
    """
    found = getaddresses([" ".join(text.split())])
    if len(found) != 1 or not _SENDER.fullmatch(found[0][1]):
        raise Invalid("The sender (mail_from) must be one address: Name <address>.")
    return found[0]
