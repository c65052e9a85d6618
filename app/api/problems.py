"""Every failure as an RFC 9457 problem document, from one table."""

import logging
from http import HTTPStatus
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.errors import (
    Conflict,
    FetchError,
    GoMeetError,
    Invalid,
    NotFound,
    ReadError,
    Unauthorized,
    Unavailable,
)

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"  # relative, so that a problem's type does not depend on the host

STATUSES: dict[type[GoMeetError], tuple[HTTPStatus, str]] = {
    NotFound: (HTTPStatus.NOT_FOUND, "not-found"),
    Conflict: (HTTPStatus.CONFLICT, "conflict"),
    Invalid: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid"),
    Unauthorized: (HTTPStatus.UNAUTHORIZED, "unauthorized"),
    Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    FetchError: (HTTPStatus.UNPROCESSABLE_ENTITY, "not-fetched"),
    ReadError: (HTTPStatus.UNPROCESSABLE_ENTITY, "not-read"),
}


def problem(
    status: HTTPStatus,
    type_: str,
    detail: str = "",
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """One problem document; `errors` names the fields at fault on 422, never their values."""
    body: dict[str, object] = {
        "type": TYPES + type_,
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return JSONResponse(
        body,
        status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def install(app: FastAPI) -> None:
    """Make every foreseen error a problem document; the unforeseen ones are the middleware's."""
    app.add_exception_handler(GoMeetError, _known)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)


def _known(_request: Request, error: Exception) -> Response:
    status, type_ = next(
        (found for kind, found in STATUSES.items() if isinstance(error, kind)),
        (HTTPStatus.INTERNAL_SERVER_ERROR, "error"),
    )
    errors = None
    if isinstance(error, Invalid) and error.field:
        errors = [{"field": error.field, "message": str(error)}]
    headers = {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    }.get(status)
    return problem(status, type_, str(error), errors=errors, headers=headers)


def _unfit(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": ".".join(str(part) for part in item["loc"][1:]), "message": item["msg"]}
        for item in error.errors()
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "Some of the input does not fit.", errors=errors
    )


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    type_ = status.phrase.lower().replace(" ", "-")
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.setdefault("Allow", "GET, HEAD")  # from the web client's files, which do not say
    return problem(status, type_, str(error.detail), headers=headers)


def unexpected(error: Exception) -> Response:
    """The answer to a mistake of ours: no trace of it but a number under which it is logged."""
    incident = uuid4().hex[:12]
    log.error("unexpected error %s", incident, exc_info=error)
    detail = f"Something went wrong on our side; the operator finds it under {incident}."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "error", detail)
