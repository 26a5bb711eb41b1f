"""gzip, level 1, for long answers that are text (level 6 takes four times as long for little)."""

import gzip
import zlib
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from functools import lru_cache
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.exchange import exchange_of
from app.web.headers import VARY_CODING, Header

LEAST_BYTES = 1024
LEVEL = 1
GZIP_WINDOW = 16 + zlib.MAX_WBITS
"""zlib's way to ask for gzip's head and tail."""

SILENT_SECONDS = 5.0
"""What comes slowly is not held back for longer, though it would pack better: half a megabyte may
lie in the packer, and whoever waits for a byte, a proxy or a phone, cuts what seems to stand still.
"""

CODED: Header = (b"content-encoding", b"gzip")


class CompressedAnswers:
    """Compresses what says that it may be (`Vary`), is large and sent in one piece (pure ASGI).

    Only for clients that take gzip. The reader's side is left alone: its answers are ciphertext.
    """

    def __init__(self, app: ASGIApp) -> None:
        """`app`: what answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not takes_gzip(scope):
            await self._app(scope, receive, send)
            return
        start: Message = {}

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_coded(message):
                start = message  # held back until it is known how long the body is
                return
            if start:
                start, held = {}, start
                message["body"] = _written(held, message)
                await send(held)
            await send(message)

        await self._app(scope, receive, answer)


def takes_gzip(scope: Scope) -> bool:
    """Whether `Accept-Encoding` names gzip without forbidding it by `q=0`."""
    exchange = exchange_of(scope)
    accepted = exchange.head.get(b"accept-encoding")
    return accepted is not None and not exchange.reader_side and _names_gzip(accepted)


@lru_cache(maxsize=64)  # clients say it in few ways
def _names_gzip(accepted: bytes) -> bool:
    accepted = accepted.lower()
    if b"gzip" not in accepted:
        return False
    for item in accepted.replace(b" ", b"").split(b","):
        name, _, quality = item.partition(b";q=")
        if name == b"gzip":
            return quality.strip(b"0.") != b"" if quality else True
    return False


def packed(body: bytes) -> bytes:
    """The same body gives the same bytes."""
    return gzip.compress(body, compresslevel=LEVEL, mtime=0)


async def packed_stream(portions: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """One gzip of all portions, in portions of its own. `portions` is closed in any case."""
    packer = zlib.compressobj(LEVEL, wbits=GZIP_WINDOW)
    sent_at = monotonic()
    async with aclosing(portions):
        async for portion in portions:
            packed_portion = packer.compress(portion)
            if not packed_portion and monotonic() - sent_at >= SILENT_SECONDS:
                packed_portion = packer.flush(zlib.Z_SYNC_FLUSH)
            if packed_portion:
                yield packed_portion
                sent_at = monotonic()
    yield packer.flush()


def _may_be_coded(start: Message) -> bool:
    headers: Collection[Header] = start.get("headers", ())
    return VARY_CODING in headers and CODED not in headers


def _written(start: Message, message: Message) -> bytes:
    """The body to send, the headers of `start` made to fit."""
    body: bytes = message.get("body", b"")
    if message.get("more_body") or len(body) <= LEAST_BYTES:
        return body
    body = packed(body)
    kept = [header for header in start["headers"] if header[0] != b"content-length"]
    length = (b"content-length", str(len(body)).encode())
    start["headers"] = [*kept, CODED, length]
    return body
