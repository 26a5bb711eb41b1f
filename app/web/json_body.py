"""The JSON of an answer, plain or compressed: as it is at hand, and made into the other when asked.

An answer that is kept is kept as it is sent, so that to give it again costs neither.
"""

import gzip
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from app.web.answers import json_answer
from app.web.compression import LEAST_BYTES, packed, takes_gzip

GZIP = b"\x1f\x8b"
"""How its bytes begin; no JSON does."""


class JsonBody:
    """One body; both forms stand for the same bytes."""

    __slots__ = ("_packed", "_plain")

    def __init__(self, plain: bytes) -> None:
        """`plain`: the JSON itself."""
        self._plain: bytes | None = plain
        self._packed: bytes | None = None

    @classmethod
    def of_kept(cls, kept: bytes) -> "JsonBody":
        """From what `kept` gave."""
        body = cls(kept)
        if kept.startswith(GZIP):
            body._plain, body._packed = None, kept
        return body

    @property
    def plain(self) -> bytes:
        """The JSON itself."""
        if self._plain is None:
            self._plain = gzip.decompress(self._packed or b"")
        return self._plain

    @property
    def kept(self) -> bytes:
        """As it goes to a client that takes gzip: compressed, unless it is short."""
        if self._packed is None:
            if len(self.plain) <= LEAST_BYTES:
                return self.plain
            self._packed = packed(self.plain)
        return self._packed


def json_body_answer(request: Request, body: JsonBody, headers: Mapping[str, str]) -> Response:
    """200 with the body; a client that takes gzip is sent what would be kept of it.

    `headers` are those of a page.
    """
    if not takes_gzip(request.scope) or not body.kept.startswith(GZIP):
        return json_answer(body.plain, headers=headers)
    return json_answer(body.kept, headers={**headers, "Content-Encoding": "gzip"})
