"""Answers as ready bytes: one serialisation, absent members left out."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from starlette.responses import Response

NO_STORE = "no-store"
PRIVATE_NO_CACHE = "private, no-cache"
"""For trends and lists, which carry an ETag and are asked again each time."""


class JsonAnswer(Response):
    """JSON that is bytes already; the framework would look whether its headers are there yet."""

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


def json_answer(
    content: bytes | BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer; a model is written once by pydantic-core, without members that are None."""
    if isinstance(content, BaseModel):
        content = content.model_dump_json(exclude_none=True, by_alias=True).encode()
    return JsonAnswer(content, status, headers or {})


def page_answer(
    items: Iterable[bytes], next_cursor: str | None, headers: Mapping[str, str] | None = None
) -> Response:
    """`{items, next_cursor}` from items that are JSON already; no cursor at the end."""
    tail = b"" if next_cursor is None else b',"next_cursor":"' + next_cursor.encode() + b'"'
    return json_answer(b'{"items":[' + b",".join(items) + b"]" + tail + b"}", headers=headers)


def no_content() -> Response:
    """204."""
    return Response(status_code=204)


def not_modified(tag: str, cache_control: str = PRIVATE_NO_CACHE) -> Response:
    """304 for a client that has what `tag` stands for."""
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": cache_control})
