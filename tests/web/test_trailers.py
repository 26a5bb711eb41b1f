"""What comes behind a body in chunks is no header, and cannot go on for ever."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from app.web.deadlines import Deadlines
from app.web.forwarding import Forwarding, client_address
from app.web.request_size import MOST_FRAMING_BYTES
from tests.waiting import PATIENCE_SECONDS
from tests.web.listening import a_server

pytestmark = pytest.mark.anyio
LONG = Deadlines(head=60, body=60, body_at_most=60, unread=60, linger=0.2)
HEAD = b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
TRUSTED = ("127.0.0.0/8",)


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body's length, the names of the headers, and whom it takes for the client.

    It looks when the body is whole: so late a trailer would have come.
    """
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    Forwarding(TRUSTED).apply(scope)
    names = [name.decode() for name, _ in scope["headers"]]
    body = json.dumps([length, names, client_address(scope)]).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port(anyio_backend: str) -> AsyncIterator[int]:
    """The port of a server that hurries nobody."""
    async with a_server(LONG, told) as port:
        yield port


async def answers(port: int, *parts: bytes) -> bytes:
    """Everything the server says until it has nothing more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.02)
    writer.write_eof()
    async with asyncio.timeout(PATIENCE_SECONDS):
        said = await reader.read()
    writer.close()
    return said


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_trailer_is_no_header(port: int, *, at_once: bool) -> None:
    head = HEAD + b"X-Forwarded-For: 203.0.113.7\r\n\r\n"
    rest = b"2\r\n{}\r\n0\r\nX-Forwarded-For: 9.9.9.9\r\nHost: other\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    parts = [head + rest + last] if at_once else [head, rest, last]
    first, _, second = (await answers(port, *parts)).partition(b"]HTTP/1.1 200")
    _, _, body = first.partition(b"\r\n\r\n")
    names = ["host", "transfer-encoding", "x-forwarded-for"]
    assert json.loads(body + b"]") == [2, names, "203.0.113.7"]
    assert b'[0, ["host", "connection"], "127.0.0.1"]' in second


@pytest.mark.parametrize(
    "endless",
    [
        b"0\r\nX-Long: " + b"a" * 1024,
        b"0\r\n" + b"X-More: a\r\n" * 100,
        b"1;" + b"a" * 1024,
        b"0" * 1024,
    ],
    ids=["a value", "trailers", "an extension", "zeros of a size"],
)
async def test_what_is_no_body_is_not_read_for_ever(port: int, endless: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"\r\n" + endless)
    sent = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not reader.at_eof() and sent < 8 * MOST_FRAMING_BYTES:
            writer.write(endless.partition(b"\r\n")[2] or endless if sent else b"")
            sent += len(endless)
            try:
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.sleep(0)
        said = await reader.read()
    writer.close()
    assert b" 400 " in said.partition(b"\r\n")[0]


async def test_a_body_in_small_chunks_is_read(port: int) -> None:
    body = b"".join(b"1\r\n%c\r\n" % (97 + number % 26) for number in range(20_000)) + b"0\r\n\r\n"
    said = await answers(port, HEAD + b"\r\n" + body)
    assert b"[20000, " in said


async def test_a_head_that_comes_with_the_end_of_a_body_is_no_framing(port: int) -> None:
    """The body's last line was cut in two on its way, and the next request did not wait."""
    body = b"10000\r\n" + b"a" * 65_536 + b"\r\n0\r\n"
    last = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    said = await answers(port, HEAD + b"\r\n" + body, b"\r\n" + last)
    assert said.count(b"HTTP/1.1 200") == 2
