"""E-mail addresses: what may be written to, and only ever one at a time."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid


def one_address(text: str) -> str:
    """The one deliverable address in `text`, normalized.

    Raises Invalid for anything else: two addresses, line breaks, quoted or non-ASCII local parts,
    domain literals, a leading hyphen (an option to some programs), non-ASCII domains (case C15).
    """
    address = _checked(text)
    if address.startswith("-") or not address.isascii():
        raise Invalid("This e-mail address cannot be written to; use a plain one.", "email")
    return address


def sender(text: str) -> tuple[str, str]:
    """Display name and address of a `Name <address>` setting.

    Also takes addresses of a home network, such as `gomeet@localhost` or `…@nas.local`. Raises
    Invalid if it holds no single well-formed address.
    """
    name, address = parseaddr(text)
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, HeaderParseError) as error:
        raise Invalid("The sender is not one valid e-mail address.", "mail_from") from error
    if not parsed.username or not parsed.domain or not address.isascii():
        raise Invalid("The sender is not one valid e-mail address.", "mail_from")
    return name, parsed.addr_spec


def _checked(text: str) -> str:
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid("This is not one valid e-mail address.", "email") from error
    return checked.normalized
