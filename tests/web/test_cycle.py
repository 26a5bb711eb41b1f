"""Heads of answers on the wire: usual ones, those that are the server's, and broken ones."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from tests.web.listening import a_server

pytestmark = pytest.mark.anyio

Headers = list[tuple[bytes, bytes]]
LENGTH: Headers = [(b"content-length", b"2")]
GET = b"GET /a%20b?c=%20d HTTP/1.1\r\nHost: test\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"


class Answering:
    """An application that gives the same answer to everything."""

    def __init__(self, status: int, headers: Headers, *bodies: bytes) -> None:
        self.status, self.headers, self.bodies = status, headers, bodies
        self.asked: list[Scope] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError("only HTTP is served here")
        self.asked.append(scope)
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        for number, body in enumerate(self.bodies, 1):
            more = number < len(self.bodies)
            await send({"type": "http.response.body", "body": body, "more_body": more})


async def told(app: Answering, sent: bytes) -> bytes:
    """What comes back until the server closes; without the date, which differs."""
    async with a_server(app=app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    lines = answer.split(b"\r\n")
    return b"\r\n".join(each for each in lines if not each.startswith(b"date: "))


@pytest.mark.parametrize("status", [200, 404])
async def test_usual_heads_stand_as_they_were_given(status: int) -> None:
    app = Answering(status, [*LENGTH, (b"X-One", b"a, \tb")], b"{}")
    first, _, rest = (await told(app, GET + CLOSE)).partition(b"{}")
    assert first.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\ncontent-length: 2\r\nX-One: a, \tb\r\n\r\n" in first
    assert rest.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close" in rest
    assert [app.asked[0][key] for key in ("path", "raw_path", "query_string")] == [
        "/a b",
        b"/a%20b",
        b"c=%20d",
    ]


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_has_no_length(status: int) -> None:
    answer = await told(Answering(status, [], b""), GET + CLOSE)
    assert answer.count(b"HTTP/1.1 %d " % status) == 2
    assert b"transfer-encoding" not in answer
    assert b"content-length" not in answer


async def test_an_answer_of_unknown_length_comes_in_chunks() -> None:
    answer = await told(Answering(200, [], b"ab", b"cde"), GET + CLOSE)
    assert answer.count(b"transfer-encoding: chunked\r\n") == 2
    assert answer.count(b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n") == 2


async def test_a_body_of_a_told_length_may_come_in_parts() -> None:
    app = Answering(200, [(b"content-length", b"5")], b"ab", b"cde")
    answer = await told(app, GET + CLOSE)
    assert answer.count(b"content-length: 5\r\n") == 2
    assert answer.count(b"\r\n\r\nabcde") == 2


async def test_a_head_alone_is_what_head_gets() -> None:
    answer = await told(Answering(200, LENGTH, b"{}"), GET.replace(b"GET", b"HEAD") + CLOSE)
    assert answer.count(b"content-length: 2\r\n") == 2
    assert answer.count(b"{}") == 1


async def test_an_application_may_close_the_connection() -> None:
    app = Answering(200, [*LENGTH, (b"Connection", b"close")], b"{}")
    assert (await told(app, GET + GET)).count(b"HTTP/1.1 200 ") == 1


@pytest.mark.parametrize(
    "broken",
    [
        (b"x-one", b"a\r\nset-cookie: b"),
        (b"x-one", b"a\nb"),
        (b"x-one", b"a\0b"),
        (b"x-one\r\nset-cookie", b"a"),
        (b"x one", b"a"),
        (b"x-one:", b"a"),
    ],
)
@pytest.mark.parametrize("others", [LENGTH, []])
async def test_a_header_that_would_break_the_head_is_never_sent(
    broken: tuple[bytes, bytes], others: Headers
) -> None:
    assert await told(Answering(200, [*others, broken, (b"x-two", b"c")], b"{}"), GET) == b""


@pytest.mark.parametrize("body", [b"{", b"{ }"])
async def test_a_body_of_another_length_than_was_told_is_cut_off(body: bytes) -> None:
    answer = await told(Answering(200, LENGTH, body), GET + CLOSE)
    assert answer.count(b"HTTP/1.1 ") == 1
