"""Answers that are written while they are made: no more of them is held than a portion."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Send

from app.web.compression import packed_stream, takes_gzip

PORTION_BYTES = 32 * 1024


class StreamedAnswer(StreamingResponse):
    """Lets go of what the portions are read from as soon as nobody reads them any more."""

    def __init__(
        self, portions: AsyncGenerator[bytes], media_type: str, headers: Mapping[str, str]
    ) -> None:
        """`portions` is closed in any case."""
        super().__init__(portions, 200, headers, media_type)
        self._portions = portions

    async def stream_response(self, send: Send) -> None:
        """Send all portions."""
        async with aclosing(self._portions):
            await super().stream_response(send)


async def streamed_answer(
    request: Request,
    portions: AsyncGenerator[bytes],
    media_type: str,
    headers: Mapping[str, str],
    *,
    is_dense: bool = False,
) -> StreamedAnswer:
    """An answer that has begun: what is raised before the first portion is raised here.

    A client that takes gzip is sent gzip, unless the answer `is_dense`: compressed by itself.
    """
    if not is_dense:
        headers = {**headers, "Vary": "Accept-Encoding"}
        if takes_gzip(request.scope):
            headers["Content-Encoding"] = "gzip"
            portions = packed_stream(portions)
    first = await anext(portions)
    return StreamedAnswer(_with_first(first, portions), media_type, headers)


async def _with_first(first: bytes, others: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(others):
        yield first
        async for portion in others:
            yield portion


async def portioned(pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Small pieces put together into portions worth a packet. `pieces` is closed in any case."""
    waiting: list[bytes] = []
    size = 0
    async with aclosing(pieces):
        async for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= PORTION_BYTES:
                yield b"".join(waiting)
                waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
