"""One request on a connection and its answer, as the server keeps them."""

import asyncio
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGISendEvent, HTTPResponseStartEvent, HTTPScope
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

BODILESS = frozenset({204, 304})
OF_THE_CONNECTION = frozenset({b"connection", b"transfer-encoding"})
LARGE_BYTES = 16 * 1024
"""A body from this size on is not copied behind its head."""


class Cycle(RequestResponseCycle):
    """Writes a usual answer in one piece; the server's own looks at each header by itself.

    A usual one says how long its body is and nothing of the connection; others are the server's.
    """

    _head: bytes | None = None
    """Of a usual answer, until its body comes."""

    @classmethod
    def of(cls, connection: HttpToolsProtocol, *, keep_alive: bool) -> "Cycle":
        """For the request whose head `connection` has just read."""
        return cls(
            scope=connection.scope,
            transport=connection.transport,
            flow=connection.flow,
            logger=connection.logger,
            access_logger=connection.access_logger,
            access_log=False,  # the service has a log of its own
            default_headers=connection.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=connection.expect_100_continue,
            keep_alive=keep_alive,
            on_response=connection.on_response_complete,
        )

    async def send(self, message: ASGISendEvent) -> None:
        """Raises RuntimeError for a header that would break the head, and for a wrong length."""
        if message["type"] == "http.response.start":
            if self.response_started or not self._starts_usually(message):
                await super().send(message)
            return
        if message["type"] == "http.response.body" and self._head is not None:
            head, self._head = self._head, None
            body = message.get("body", b"")
            if not message.get("more_body") and self._is_whole(body) and self._goes_on():
                self._end(head, body)
                return
            if not self.disconnected:
                self.transport.write(head)
        await super().send(message)

    def _goes_on(self) -> bool:
        """Whether the client takes what it is sent, and may ask again."""
        return self.keep_alive and not self.flow.write_paused and not self.disconnected

    def _is_whole(self, body: bytes) -> bool:
        return len(body) == self.expected_content_length and self.scope["method"] != "HEAD"

    def _end(self, head: bytes, body: bytes) -> None:
        if len(body) < LARGE_BYTES:
            self.transport.write(head + body)
        else:
            self.transport.writelines((head, body))
        self.expected_content_length, self.response_complete = 0, True
        self.message_event.set()
        self.on_response()

    def _starts_usually(self, start: HTTPResponseStartEvent) -> bool:
        """Whether the head is a usual one, and so is kept for its body."""
        status, given = start["status"], [*start.get("headers", ())]
        held = {name.lower(): value for name, value in given}
        length = held.get(b"content-length")
        is_framed = length is not None or status in BODILESS
        if not is_framed or not held.keys().isdisjoint(OF_THE_CONNECTION) or not self._goes_on():
            return False
        self.response_started, self.waiting_for_100_continue = True, False
        if length is not None:
            self.expected_content_length, self.chunked_encoding = int(length), False
        headers = self.default_headers + given
        _check(headers)
        lines = [b"%b: %b\r\n" % header for header in headers]
        self._head = b"%b%b\r\n" % (STATUS_LINE[status], b"".join(lines))
        return True


def _check(headers: list[tuple[bytes, bytes]]) -> None:
    """Raises RuntimeError. All of them in one look: none may hold what ends a line."""
    if HEADER_RE.search(b"".join([name for name, _ in headers])):
        raise RuntimeError("a header's name breaks the head of the answer")
    if HEADER_VALUE_RE.search(b"".join([value for _, value in headers])):
        raise RuntimeError("a header's value breaks the head of the answer")


def put_target(scope: HTTPScope, target: bytes) -> None:
    """Path and query of a request. Raises what the parser of targets raises."""
    parsed = httptools.parse_url(target)
    path = parsed.path.decode("ascii")
    scope["path"] = unquote(path) if "%" in path else path
    scope["raw_path"] = parsed.path
    scope["query_string"] = parsed.query or b""
