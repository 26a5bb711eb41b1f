"""Connections of the load generator."""

import asyncio
from collections.abc import Callable
from typing import cast

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
CHUNKED = b"transfer-encoding: chunked"
LAST_CHUNK = b"\r\n0\r\n\r\n"
HOST = "127.0.0.1"


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way.

    `head` is that of the newest answer, `since` what its request was sent with, `asked` how many
    requests there were.
    """

    def __init__(
        self,
        answered: Callable[["Connection", int, bytes], None],
        lost: Callable[["Connection"], None] | None = None,
    ) -> None:
        """`answered` gets status and body; `lost` hears of a connection that we did not close."""
        self._answered = answered
        self._tell_lost = lost
        self._seen = bytearray()
        self._transport: asyncio.WriteTransport | None = None
        self.lost = False
        self.since = 0.0
        self.asked = 0
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed, by whomever."""
        self.lost = True
        if self._tell_lost:
            self._tell_lost(self)

    def send(self, request: bytes, since: float) -> None:
        """Ask. Raises ConnectionError when the server has closed it."""
        self.since = since
        self.asked += 1
        if self._transport is None or self.lost:
            raise ConnectionError("the server closed the connection")
        self._transport.write(request)

    def close(self) -> None:
        """No answer is waited for any more."""
        self._tell_lost = None
        if self._transport:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Hand on an answer that is whole."""
        self._seen += data
        head_end = self._seen.find(HEAD_END)
        if head_end < 0:
            return
        self.head = bytes(self._seen[:head_end])
        head, begin = self.head.lower(), head_end + len(HEAD_END)
        if CHUNKED in head:
            if self._seen.endswith(LAST_CHUNK):
                self._hand_on(begin, len(self._seen))
            return
        place = head.find(LENGTH)
        length = 0 if place < 0 else int(head[place + len(LENGTH) :].split(b"\r\n", 1)[0])
        if len(self._seen) >= begin + length:
            self._hand_on(begin, begin + length)

    def _hand_on(self, begin: int, end: int) -> None:
        """The body, in its chunks where it came in such."""
        body = bytes(self._seen[begin:end])
        self._seen.clear()
        self._answered(self, int(self.head[9:12]), body)


async def connect(
    port: int,
    number: int,
    answered: Callable[[Connection, int, bytes], None],
    lost: Callable[[Connection], None] | None = None,
) -> list[Connection]:
    """So many open connections. Raises OSError."""
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Connection(answered, lost), HOST, port)
        for _ in range(number)
    ]
    return [connection for _, connection in made]
