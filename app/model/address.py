"""E-mail addresses: what may be written to, and only ever one at a time."""

from email.utils import parseaddr

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid


def one_address(text: str) -> str:
    """The one deliverable address in `text`, normalized.

    Raises Invalid for anything else: two addresses, line breaks, quoted or non-ASCII local parts,
    domain literals, a leading hyphen (an option to some programs), non-ASCII domains (case C15).
    """
    address = _checked(text, deliverable=True)
    if address.startswith("-") or not address.isascii():
        raise Invalid("This e-mail address cannot be written to; use a plain one.", "email")
    return address


def sender(text: str) -> tuple[str, str]:
    """Display name and address of a `Name <address>` setting; `…@localhost` is allowed.

    Raises Invalid if it holds no single valid address.
    """
    name, address = parseaddr(text)
    return name, _checked(address, deliverable=False)


def _checked(text: str, *, deliverable: bool) -> str:
    try:
        checked = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=deliverable,
        )
    except EmailNotValidError as error:
        raise Invalid("This is not one valid e-mail address.", "email") from error
    return checked.normalized
