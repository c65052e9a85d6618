"""Everything that may go wrong by name; none of it knows of HTTP (api/problems maps it)."""


class GoMeetError(Exception):
    """Base of all our errors. The message is one sentence for a person: the cause, what to do."""


class NotFound(GoMeetError):  # noqa: N818
    """There is no such thing, or it belongs to somebody else (the two look alike on purpose)."""


class Conflict(GoMeetError):  # noqa: N818
    """The thing exists already, or has changed under the caller's hands."""


class Invalid(GoMeetError):  # noqa: N818
    """The input cannot be accepted; `field` names the culprit, empty if it is the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Unauthorized(GoMeetError):  # noqa: N818
    """No valid token came with the request."""


class Unavailable(GoMeetError):  # noqa: N818
    """A part we depend on is away; trying again later may help."""


class FetchError(GoMeetError):
    """A document could not be fetched. The message is safe to show; `detail` is for the log.

    `outcome` is one of `blocked keyless temporary gone broken too_large not_found`, or `spent` where the
    caller's own budget of requests is at its end.
    `retry_after` is in seconds, where the server named it.
    """

    def __init__(
        self, outcome: str, message: str, *, detail: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.detail = detail
        self.retry_after = retry_after


class ReadError(GoMeetError):
    """A document was fetched and could not be read: broken, hostile, or not of a known format."""


class MailError(GoMeetError):
    """A message was not accepted. `state` is `retry`, `failed` or `uncertain` (SECURITY.md 4.6)."""

    def __init__(self, state: str, message: str) -> None:
        super().__init__(message)
        self.state = state
