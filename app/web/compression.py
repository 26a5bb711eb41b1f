"""gzip, level 1, for JSON answers above 1 KiB (level 6 takes four times as long for little)."""

import gzip
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.exchange import exchange_of

LEAST_BYTES = 1024
JSON_TYPES = frozenset({b"application/json", b"application/fhir+json"})


class CompressedAnswers:
    """Compresses what is JSON, large and sent in one piece, if the client takes gzip (pure ASGI).

    A route opts out by `Cache-Control: no-transform`. The reader's side is left alone: its answers
    are ciphertext.
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
            if message["type"] == "http.response.start" and _is_json(message):
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
    return gzip.compress(body, compresslevel=1, mtime=0)


def _is_json(start: Message) -> bool:
    headers: dict[bytes, bytes] = dict(start.get("headers", ()))
    return (
        headers.get(b"content-type") in JSON_TYPES
        and b"content-encoding" not in headers
        and b"no-transform" not in headers.get(b"cache-control", b"")
    )


def _written(start: Message, message: Message) -> bytes:
    """The body to send, the headers of `start` made to fit."""
    body: bytes = message.get("body", b"")
    start["headers"] = [*start["headers"], (b"vary", b"Accept-Encoding")]
    if message.get("more_body") or len(body) <= LEAST_BYTES:
        return body
    body = packed(body)
    kept = [header for header in start["headers"] if header[0] != b"content-length"]
    length = (b"content-length", str(len(body)).encode())
    start["headers"] = [*kept, (b"content-encoding", b"gzip"), length]
    return body
