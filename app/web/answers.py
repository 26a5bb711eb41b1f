"""Answers as ready bytes: one serialisation, absent members left out."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from starlette.responses import Response

from app.web.headers import VARY_CODING

NO_STORE = "no-store"
PRIVATE_NO_CACHE = "private, no-cache"
"""For trends and lists, which carry an ETag and are asked again each time."""


class JsonAnswer(Response):
    """JSON that is bytes already; the framework would look whether its headers are there yet.

    It may be compressed, unless it bears a tag: a strong one is of these bytes and no others. A
    page whose tag is of the form that is sent says `Vary` itself.
    """

    media_type = "application/json"

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        """`headers` say nothing of the body's type and length."""
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [
            *[
                (name.lower().encode("latin-1"), headers[name].encode("latin-1"))
                for name in headers
            ],
            (b"content-length", b"%d" % len(body)),
            (b"content-type", b"application/json"),
        ]
        if "ETag" not in headers:
            self.raw_headers.append(VARY_CODING)


def json_answer(
    content: bytes | BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer; a model is written once by pydantic-core, without members that are None."""
    return JsonAnswer(json_of(content), status, headers or {})


def json_of(content: bytes | BaseModel) -> bytes:
    """The JSON of a model, without members that are None; what is bytes is JSON already."""
    if isinstance(content, bytes):
        return content
    return content.model_dump_json(exclude_none=True, by_alias=True).encode()


def page_json(items: Iterable[bytes], next_cursor: str | None, more: bytes = b"") -> bytes:
    """`{items, next_cursor}` from items that are JSON already; no cursor at the end.

    `more` holds further members, a comma before each.
    """
    tail = b"" if next_cursor is None else b',"next_cursor":"' + next_cursor.encode() + b'"'
    return b'{"items":[%b]%b%b}' % (b",".join(items), tail, more)


def page_headers(tag: str) -> dict[str, str]:
    """Of JSON that a client may keep and asks for again each time; `tag` is of the form sent."""
    return {"ETag": tag, "Cache-Control": PRIVATE_NO_CACHE, "Vary": "Accept-Encoding"}


def no_content() -> Response:
    """204."""
    return Response(status_code=204)


def not_modified(headers: Mapping[str, str]) -> Response:
    """304 for a client that has what the tag stands for, with the headers of the 200."""
    return Response(status_code=304, headers=headers)
