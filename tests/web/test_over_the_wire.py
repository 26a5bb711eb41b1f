"""The shell under the real server, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from app.web.shape import ShellSettings
from tests.waiting import PATIENCE_SECONDS
from tests.web.raw import ask, post
from tests.web.sample import TOKEN, an_app

pytestmark = pytest.mark.anyio

BEARER = f"Authorization: Bearer {TOKEN}\r\n"


@pytest.fixture(params=["httptools", "h11"])
async def port(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[int]:
    """The port of a server with the sample app, on each of its parsers."""
    config = uvicorn.Config(
        an_app(ShellSettings(reader_prefixes=["/shl/"])),
        port=0,
        http=request.param,
        ws="none",
        log_config=None,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def say(port: int, head: str, chunks: Iterable[bytes] = ()) -> bytes:
    """Send bytes; everything that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + b"\r\n")
    for chunk in chunks:
        writer.write(chunk)
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    return answer


async def test_client_that_sends_too_much_sees_why(port: int) -> None:
    head = f"POST /v1/notes HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n{BEARER}"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    chunked = await say(
        port, head + "Transfer-Encoding: chunked\r\n", [*[chunk] * 32, b"0\r\n\r\n"]
    )
    measured = await say(port, head + "Content-Length: 2097152\r\n", [b"x" * 65536] * 32)
    for answer in (chunked, measured):
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"body_too_large" in answer


async def test_unforeseen_fault_leaves_no_trace_in_the_server_log(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await say(
        port, "GET /v1/crash?text=k4n4ry HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert "k4n4ry" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_half_an_answer_is_cut_off(port: int) -> None:
    answer = await say(port, "GET /v1/broken-stream HTTP/1.1\r\nHost: test\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert not answer.endswith(b"0\r\n\r\n")


async def test_head_gets_a_head(port: int) -> None:
    answer = await say(
        port, f"HEAD /v1/greeting HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{BEARER}"
    )
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.endswith(b"\r\n\r\n")


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_no_body_makes_a_server_fault(body: bytes) -> None:
    answer = asyncio.run(post(an_app(), body))
    assert answer.status < 500


@given(st.binary(max_size=60), st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_path_or_header_makes_a_server_fault(target: bytes, value: bytes) -> None:
    names = (b"authorization", b"content-type", b"content-length", b"traceparent", b"origin")
    for name in names:
        headers = [(b"host", b"test"), (name, value)]
        answer = asyncio.run(ask(an_app(), "POST", b"/v1/" + target, headers, [b"{}"]))
        assert answer.status < 500
