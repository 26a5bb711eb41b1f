"""The protocol of `afterglow serve` over real sockets: bad heads, upgrades and slow clients."""

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from tests.web.listening import a_server
from tests.web.spoken import (
    CLOSE,
    GET,
    LONG,
    LONG_BEFORE,
    NOTE,
    POST,
    UPGRADES,
    say,
    statuses_in,
)

pytestmark = pytest.mark.anyio

SMUGGLED = b"0\r\n\r\nGET /v1/greeting HTTP/1.1\r\nHost: test\r\n\r\n"

BAD_HEADS = {
    "length and chunks": (
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED,
        400,
    ),
    "chunks and length": (
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + SMUGGLED,
        400,
    ),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + SMUGGLED, 400),
    "the same length twice": (
        POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n" + SMUGGLED,
        400,
    ),
    "a list of lengths": (POST + b"Content-Length: 5, 5\r\n\r\n" + SMUGGLED, 400),
    "a signed length": (POST + b"Content-Length: +5\r\n\r\n" + SMUGGLED, 400),
    "chunked and more": (
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + SMUGGLED,
        400,
    ),
    "an odd chunk size": (POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\n", 400),
    "a folded header": (GET + b"X-Long: one\r\n two\r\n\r\n", 400),
    "a blank before the colon": (GET + b"X-Long : one\r\n\r\n", 400),
    "bare line feeds": (GET.replace(b"\r\n", b"\n") + b"\n", 400),
    "two hosts": (GET + b"Host: other\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a tunnel": (b"CONNECT test:443 HTTP/1.1\r\nHost: test\r\n\r\n", 400),
    "a tunnel that would be upgraded": (
        b"CONNECT test:443 HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        400,
    ),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    "a long target": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: test\r\n\r\n", 414),
    "an endless target": (b"GET /" + b"a" * 9000, 414),
    "a long header": (GET + b"X-Long: " + b"a" * 17000 + b"\r\n\r\n", 431),
    "an endless header": (GET + b"X-Long: " + b"a" * 17000, 431),
    "many headers": (GET + b"".join(b"X-%d: 1\r\n" % n for n in range(120)) + b"\r\n", 431),
}


@pytest.mark.parametrize("case", BAD_HEADS)
async def test_bad_head_is_refused_once_and_the_connection_closes(port: int, case: str) -> None:
    sent, status = BAD_HEADS[case]
    answer, _ = await say(port, [sent])
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"application/problem+json" in answer
    assert b"connection: close" in answer.lower()


async def test_a_reader_in_a_browser_of_another_origin_may_read_why_it_was_refused(
    port: int,
) -> None:
    answer, _ = await say(port, [b"POST /shl/alive HTTP/1.1\r\nContent-Length: +5\r\n\r\n"])
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\naccess-control-allow-origin: *\r\n" in answer


async def test_byte_by_byte_bad_head_is_refused_too(port: int) -> None:
    sent, status = BAD_HEADS["length and chunks"]
    answer, _ = await say(port, [sent[n : n + 1] for n in range(len(sent))])
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("asked", UPGRADES)
@pytest.mark.parametrize("pieces", ["at once", "byte by byte"])
async def test_an_upgrade_that_is_not_done_is_ignored(port: int, asked: bytes, pieces: str) -> None:
    length = b"Content-Length: %d\r\n\r\n" % len(NOTE)
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(NOTE), NOTE)
    sent = GET + asked + b"\r\n"
    sent += POST + asked + length + NOTE
    sent += POST + asked + chunked
    sent += GET + asked + b"\r\n" + CLOSE
    parts = [sent] if pieces == "at once" else [sent[n : n + 1] for n in range(len(sent))]
    answer, _ = await say(port, parts)
    assert statuses_in(answer) == [b"200", b"201", b"201", b"200", b"200"]
    assert b"upgrade" not in answer.lower()


async def test_a_body_behind_an_ignored_upgrade_is_no_request(port: int) -> None:
    length = b"Content-Length: %d\r\n\r\n" % len(CLOSE)
    answer, _ = await say(port, [POST + UPGRADES[0] + length + CLOSE, CLOSE])
    assert statuses_in(answer) == [b"422", b"200"]


@pytest.mark.parametrize("case", BAD_HEADS)
async def test_no_upgrade_makes_a_bad_head_good(port: int, case: str) -> None:
    sent, status = BAD_HEADS[case]
    line, _, rest = sent.partition(b"\r\n")
    answer, _ = await say(port, [line + b"\r\n" + UPGRADES[0] + rest if rest else sent])
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    behind, usual = [
        (await say(port, [GET + asked + b"\r\n" + sent]))[0] for asked in (UPGRADES[0], b"")
    ]
    assert statuses_in(behind) == statuses_in(usual)


async def test_trickled_head_is_cut() -> None:
    async with a_server(replace(LONG, head=0.4)) as port:
        _, seconds = await say(port, [b"GET /", *[b"x"] * 300], 0.2)
    assert 0.4 <= seconds < LONG_BEFORE


async def test_an_idle_connection_is_kept_until_its_deadline() -> None:
    """Or a proxy that keeps it as long would now and then ask one that is being closed."""
    request = GET + b"\r\n"
    async with a_server(replace(LONG, head=2.0)) as port:
        answer, took = await say(port, [request, request], pause=0.4)
    assert statuses_in(answer) == [b"200", b"200"]
    assert 2.4 <= took < LONG_BEFORE


async def test_silent_connection_is_cut() -> None:
    async with a_server(replace(LONG, head=0.4)) as port:
        answer, seconds = await say(port, [])
    assert answer == b""
    assert 0.4 <= seconds < LONG_BEFORE


async def test_trickled_body_is_told_408_and_cut() -> None:
    body: list[Any] = [POST + b"Content-Length: 1000\r\n\r\n", *[b" "] * 600]
    async with a_server(replace(LONG, body=0.6)) as port:
        answer, seconds = await say(port, body, 0.1)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert 0.6 <= seconds < LONG_BEFORE


async def test_steady_body_gets_more_time_but_not_for_ever() -> None:
    part = b" " * 4096
    body = [POST + b"Content-Length: 900000\r\n\r\n" + part, *[part] * 200]
    async with a_server(replace(LONG, body=0.6, body_at_most=1.5)) as port:
        answer, seconds = await say(port, body, 0.1)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 1.5 <= seconds < LONG_BEFORE


async def answer_at_once(scope: Scope, _receive: Receive, send: Send) -> None:
    """An application that waits for no body."""
    if scope["type"] != "http":
        raise ValueError("only HTTP is served here")
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


async def test_who_was_answered_before_the_body_was_whole_may_ask_again() -> None:
    head = POST + b"Content-Length: 3\r\n\r\n"
    async with a_server(replace(LONG, head=2.0), answer_at_once) as port:
        answer, _ = await say(port, [head, b"a", b"b", b"c", CLOSE], pause=0.8)
    assert statuses_in(answer) == [b"200", b"200"]


async def test_an_answer_that_breaks_off_has_no_last_chunk(port: int) -> None:
    """So that a client can tell."""
    asked = b"GET /v1/broken-stream HTTP/1.1\r\nHost: test\r\n\r\n"
    answer, _ = await say(port, [asked])
    assert statuses_in(answer) == [b"200"]
    assert b"transfer-encoding: chunked" in answer
    assert not answer.endswith(b"0\r\n\r\n")


async def ask_on(writer: asyncio.StreamWriter) -> None:
    """Ask and ask until the server hangs up."""
    while True:
        writer.write((GET + b"\r\n") * 200)
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_unread_answers_are_cut() -> None:
    async with a_server(replace(LONG, unread=0.5, unread_at_most=1), unsent_bytes=4096) as port:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # soon full
        line.setblocking(False)  # noqa: FBT003 - as sockets have it
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        _, writer = await asyncio.open_connection(sock=line, limit=1024)
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(ask_on(writer), LONG_BEFORE)
        writer.close()


async def test_held_connections_do_not_slow_an_honest_one_and_are_all_cut() -> None:
    async with a_server(replace(LONG, head=2.0)) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]
        for _, writer in held:
            writer.write(b"GET /")
        answer, _ = await say(port, [GET + b"Connection: close\r\n\r\n"])
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert not any(reader.at_eof() for reader, _ in held)
        async with asyncio.timeout(LONG_BEFORE):
            assert [await reader.read() for reader, _ in held] == [b""] * 100
        for _, writer in held:
            writer.close()
