"""Each sample proxy before the service in production: who is believed, what is cut and when."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.web.forwarding import Forwarding, client_address
from tests.deploy.production import in_production
from tests.deploy.proxies import a_certificate, proxied, trusting
from tests.web.listening import a_server

pytestmark = pytest.mark.anyio
PROXIES = ("haproxy", "nginx")
TRUSTED = ("127.0.0.1/32",)
PATIENT = "127.0.0.5"
"""Where the test connects from: an address that is no proxy's."""

HEAD = "Host: localhost\r\n"
POST = f"POST /v1/tokens HTTP/1.1\r\n{HEAD}Content-Type: application/json\r\n"


def with_address(app: ASGIApp) -> ASGIApp:
    """`app`, which also answers at /who whom it takes for the client."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/who":
            await app(scope, receive, send)
            return
        Forwarding(TRUSTED).apply(scope)
        told = json.dumps([client_address(scope), scope["scheme"]]).encode()
        length = (b"content-length", str(len(told)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": told})

    return answer


@pytest.fixture
async def service_port(tmp_path: Path, anyio_backend: str) -> AsyncIterator[int]:
    """The port of the service in production, as `afterglow serve` serves it."""
    settings = in_production(tmp_path, TRUSTED)
    async with a_server(app=with_address(create_app(settings))) as port:
        yield port


@pytest.fixture(params=PROXIES)
async def port(
    request: pytest.FixtureRequest, service_port: int, tmp_path: Path
) -> AsyncIterator[int]:
    """The port of each proxy in turn."""
    a_certificate(tmp_path)
    async with proxied(request.param, tmp_path, service_port) as port:
        yield port


async def said(
    port: int, context: ssl.SSLContext | None, parts: Sequence[str], pause: float = 0
) -> tuple[str, float]:
    """What came until the connection closed, and the seconds that took."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        port,
        ssl=context,
        server_hostname="localhost" if context else None,
        local_addr=(PATIENT, 0),
    )
    answer = asyncio.ensure_future(reader.read())
    for part in parts:
        if answer.done():
            break
        writer.write(part.encode())
        await asyncio.wait([answer], timeout=pause)
    try:
        return (await asyncio.wait_for(answer, 40)).decode("latin-1"), clock() - begun
    except ConnectionError:
        return "", clock() - begun
    finally:
        writer.transport.abort()  # else the proxy's goodbye would be waited for
        with suppress(OSError):
            await writer.wait_closed()


def get(path: str, *more: str) -> str:
    lines = "".join(f"{each}\r\n" for each in more)
    return f"GET {path} HTTP/1.1\r\n{HEAD}{lines}Connection: close\r\n\r\n"


async def test_a_stranger_is_not_believed_about_where_it_comes_from(
    port: int, tmp_path: Path
) -> None:
    context = trusting(tmp_path)
    lies = (
        "X-Forwarded-For: 6.6.6.6",
        "X-Forwarded-For: 7.7.7.7, 127.0.0.1",
        "X-Forwarded-Proto: http",
        "X-Real-IP: 6.6.6.6",
        "Forwarded: for=6.6.6.6;proto=http",
    )
    for more in ((), lies):
        answer, _ = await said(port, context, [get("/who", *more)])
        assert json.loads(answer.partition("\r\n\r\n")[2]) == [PATIENT, "https"]


async def test_the_service_alone_believes_nobody_but_its_proxy(service_port: int) -> None:
    lie = get("/healthz", "X-Forwarded-Proto: https", "X-Forwarded-For: 127.0.0.1")
    answer, _ = await said(service_port, None, [lie])
    assert answer.startswith("HTTP/1.1 200")  # from this very host it may come in the clear
    who, _ = await said(service_port, None, [get("/who", "X-Forwarded-For: 6.6.6.6")])
    assert json.loads(who.partition("\r\n\r\n")[2]) == [PATIENT, "http"]


async def test_answers_are_those_of_https(port: int, tmp_path: Path) -> None:
    answer, _ = await said(port, trusting(tmp_path), [get("/readyz")])
    head = answer.partition("\r\n\r\n")[0].lower()
    assert head.startswith("http/1.1 200")
    assert "strict-transport-security: max-age=31536000; includesubdomains" in head
    assert "x-content-type-options: nosniff" in head
    assert "\r\nvia:" not in head
    # nginx writes its name without its version; the service writes none.
    assert "server:" not in head or "server: nginx\r\n" in head + "\r\n"


async def test_plain_http_is_no_way_in(port: int, tmp_path: Path) -> None:
    answer, _ = await said(port, None, [get("/healthz")])
    assert not answer.startswith(("HTTP/1.1 2", "HTTP/1.1 3"))


@pytest.mark.parametrize("size", [1_100_000, 3_000_000])
async def test_a_body_that_is_too_large_is_413(port: int, tmp_path: Path, size: int) -> None:
    head = POST + f"Content-Length: {size}\r\nConnection: close\r\n\r\n"
    answer, _ = await said(port, trusting(tmp_path), [head, *["x" * 100_000] * (size // 100_000)])
    assert answer.startswith("HTTP/1.1 413"), answer[:300]
    assert "application/problem+json" in answer
    assert json.loads(answer.partition("\r\n\r\n")[2])["code"] == "body_too_large"


async def test_what_is_smuggled_never_arrives(port: int, tmp_path: Path) -> None:
    hidden = f"GET /who HTTP/1.1\r\n{HEAD}\r\n"
    both = POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden
    answer, _ = await said(port, trusting(tmp_path), [both])
    assert PATIENT not in answer


async def test_slow_heads_and_bodies_are_cut_in_time(service_port: int, tmp_path: Path) -> None:
    a_certificate(tmp_path)
    context = trusting(tmp_path)
    head = [*f"GET /healthz HTTP/1.1\r\n{HEAD}X-Slow: "] + ["a"] * 30
    body = [POST + "Content-Length: 1000\r\n\r\n", *[" "] * 60]
    async with (
        proxied("haproxy", tmp_path, service_port) as haproxy,
        proxied("nginx", tmp_path, service_port) as nginx,
    ):
        slow = [
            said(port, context, parts, 0.5)
            for port in (haproxy, nginx)
            for parts in (head, body, [])
        ]
        found = await asyncio.gather(*slow)
        honest, seconds = await said(haproxy, context, [get("/healthz")])
    assert honest.startswith("HTTP/1.1 200")
    assert seconds < 2
    for answer, seconds in found[1::3]:  # trickled bodies
        assert answer.startswith("HTTP/1.1 408"), answer[:200]
        assert 14 < seconds < 25
    for answer, seconds in (*found[::3], *found[2::3]):  # trickled heads, and silence
        assert not answer.startswith("HTTP/1.1 2")
        assert 8 < seconds < 20
