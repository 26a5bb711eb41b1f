"""An answer so long that most of it waits for its client."""

import asyncio

from starlette.types import Receive, Scope, Send

PORTION = b"a" * 65_536
PORTIONS = 256
BYTES = len(PORTION) * PORTIONS
"""More than systems hold for a client."""

LAST_CHUNK = b"\r\n0\r\n\r\n"
GET_SHORT = b"GET /short HTTP/1.1\r\nHost: localhost\r\n\r\n"
GET_LONG = b"GET /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class LongAnswer:
    """An application that answers at length at /long, by a portion at /short, else with nothing."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.ended = asyncio.Event()
        """The client has it all, as far as the service knows, or is gone."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer in chunks; what is sent to a client that is gone is dropped."""
        if scope["type"] != "http":
            raise ValueError("only HTTP is served here")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/long":
            for _ in range(PORTIONS):
                await send({"type": "http.response.body", "body": PORTION, "more_body": True})
            self.ended.set()
        rest = PORTION if scope["path"] == "/short" else b""
        await send({"type": "http.response.body", "body": rest})
