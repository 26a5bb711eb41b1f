"""The rules for the head of a request that can be judged behind the server's own parser."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from app.faults import Fault
from app.web.exchange import exchange_of
from app.web.problems import BadRequest, HeadTooLarge, InvalidRequest, NotFound, TargetTooLong

MOST_TARGET_BYTES = 8 * 1024
MOST_HEAD_BYTES = 16 * 1024
MOST_HEADERS = 100

EMPTY_LINE = b"\r\n\r\n"
HEADER_OVERHEAD = 4
"""Colon, blank, CR and LF of a header line."""

SINGLE = frozenset(
    {
        b"host",
        b"content-length",
        b"content-type",
        b"content-encoding",
        b"transfer-encoding",
        b"authorization",
    }
)
"""Headers that must not stand twice: two readers could take different ones."""

BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
LENGTH = re.compile(rb"[0-9]{1,15}")


def check_head(scope: Scope, head: Mapping[bytes, bytes]) -> None:
    """Raises TargetTooLong, HeadTooLarge, BadRequest, NotFound or InvalidRequest.

    On the reader's side a path is a secret: one that is not clear is as wrong as any other that is
    guessed, and its route says so.
    """
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    if len(path) + 1 + len(query) > MOST_TARGET_BYTES:
        raise TargetTooLong
    _check_headers(scope, head)
    if not exchange_of(scope).reader_side and not _is_clear(path):
        raise NotFound
    if query and not _is_clear(query):
        fault = Fault("bad_encoding", "The query is not percent-encoded UTF-8.")
        raise InvalidRequest(faults=[fault])


def reach_of_one_head(data: bytes, at: int, body_left: int) -> int:
    """Up to where of `data` a parser that stands at `at` meets one head at most.

    So each head counts alone. `body_left`: of a body of known length, which ends after so many
    bytes; any other request ends at an empty line.
    """
    if body_left:
        return at + body_left
    end = data.find(EMPTY_LINE, at)
    return end + len(EMPTY_LINE) if end >= 0 else len(data)


def _check_headers(scope: Scope, head: Mapping[bytes, bytes]) -> None:
    lines = scope["headers"]
    size = HEADER_OVERHEAD * len(lines) + sum([len(name) + len(value) for name, value in lines])
    if len(lines) > MOST_HEADERS or size > MOST_HEAD_BYTES:
        raise HeadTooLarge
    if len(head) != len(lines) and _stands_twice(scope):
        raise BadRequest("A header that must be single stands twice.")
    if b"host" not in head:
        raise BadRequest("The request has no Host.")
    length = head.get(b"content-length")
    if length is not None:
        if b"transfer-encoding" in head:
            raise BadRequest("The request gives two lengths.")
        if not LENGTH.fullmatch(length):
            raise BadRequest("Content-Length is not a number.")


def _stands_twice(scope: Scope) -> bool:
    names = [name for name, _ in scope["headers"]]
    return any(names.count(name) > 1 for name in SINGLE)


def _is_clear(text: bytes) -> bool:
    """Whether the percent-encoding is whole and stands for UTF-8 without NUL."""
    if b"%" not in text:
        return text.isascii() and b"\0" not in text
    if BROKEN_PERCENT.search(text) or not text.isascii():
        return False
    decoded = unquote_to_bytes(text)
    try:
        decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded
