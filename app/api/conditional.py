"""Strong validators and the 304 (RFC 9110 sections 8.8.3 and 13.1.2)."""

from hashlib import blake2b

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel


def etag_of(content: bytes) -> str:
    """A strong entity tag: the same for the same bytes, and only for them."""
    return f'"{blake2b(content, digest_size=16).hexdigest()}"'


def matches(request: Request, etag: str) -> bool:
    """Whether If-None-Match names this tag (weak comparison) or is `*`."""
    sent = request.headers.get("if-none-match")
    if sent is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    return etag in tags or "*" in tags


def answer(
    request: Request,
    content: bytes,
    etag: str,
    *,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    """The content with its tag, or 304 without it where the client has these bytes already."""
    sent = {"ETag": etag, "Cache-Control": "private, no-cache", **(headers or {})}
    if matches(request, etag):
        return Response(status_code=304, headers=sent)
    return Response(content, media_type=media_type, headers=sent)


def answer_body(
    request: Request, body: BaseModel, *, headers: dict[str, str] | None = None
) -> Response:
    """A body as JSON, or 304."""
    content = body.model_dump_json().encode()
    return answer(request, content, etag_of(content), headers=headers)


def answer_file(request: Request, content: bytes, name: str) -> Response:
    """A calendar file (RFC 5545) to keep under this name, or 304."""
    return answer(
        request,
        content,
        etag_of(content),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
