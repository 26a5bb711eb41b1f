"""Fetching the issuer's documents: one host, one address, no detours."""

import asyncio
from ipaddress import ip_address
from threading import Event

import pytest

from app.accounts.external import fetching
from app.accounts.external.fetching import (
    MOST_BYTES,
    Fetcher,
    FetchFailed,
    is_of_a_host,
    is_public,
    resolved,
)
from app.settings import Settings
from tests.accounts.external.conftest import at_home, is_loopback
from tests.accounts.external.issuer import (
    DISCOVERY,
    HOST,
    Answer,
    Issuer,
    told,
)
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
    255.255.255.255 192.0.2.1 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:10.0.0.1
    ::ffff:8.8.8.8 64:ff9b::a00:1 64:ff9b::808:808 2002:a00:1::1 2001:0:a00:1::1
    fec0::1 ::a00:1 ::808:808 4000::1
    2001:db8::1""".split(),  # noqa: SIM905 - a list of words reads best as words
)
def test_no_address_within_is_connected_to(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1"])
def test_the_open_internet_is(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "10.1.2.3", "127.0.0.1", "::1", "fd00:ec2::1"])
def test_a_host_of_the_operators_may_lie_within(address: str) -> None:
    assert is_of_a_host(ip_address(address))


@pytest.mark.parametrize(
    "address",
    """169.254.169.254 0.0.0.0 224.0.0.1 fe80::1 :: ff02::1 ::ffff:10.0.0.1 64:ff9b::a00:1
    64:ff9b:1::1 2002:a00:1::1 2001:0:a00:1::1""".split(),  # noqa: SIM905 - as above
)
def test_where_clouds_give_out_credentials_lies_no_host(address: str) -> None:
    assert not is_of_a_host(ip_address(address))


async def test_a_private_address_is_refused_before_anything_is_sent(issuer: Issuer) -> None:
    with pytest.raises(FetchFailed):
        await Fetcher(at_home, trust=issuer.trust).json(issuer.url + DISCOVERY)

    async def two_faced(_: str, __: int) -> list[str]:
        return ["127.0.0.1", "8.8.8.8"]

    with pytest.raises(FetchFailed):
        await Fetcher(two_faced, trust=issuer.trust).json(issuer.url + DISCOVERY)
    assert issuer.asked == []


async def test_the_name_is_looked_up_once_and_that_address_is_used(issuer: Issuer) -> None:
    looked_up = []

    async def rebinding(host: str, _: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    fetcher = Fetcher(rebinding, is_loopback, issuer.trust)
    assert await fetcher.json(issuer.url + DISCOVERY)
    assert looked_up == [HOST]


async def test_the_certificate_has_to_be_that_of_the_name(issuer: Issuer) -> None:
    async def anywhere(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    fetcher = Fetcher(anywhere, is_loopback, issuer.trust)
    with pytest.raises(FetchFailed):
        await fetcher.json(issuer.url.replace(HOST, "other.test") + DISCOVERY)
    with pytest.raises(FetchFailed):
        await Fetcher(anywhere, is_loopback).json(issuer.url + DISCOVERY)


async def test_the_host_is_asked_for_by_its_name_and_for_plain_bytes(
    issuer: Issuer, fetcher: Fetcher
) -> None:
    await fetcher.json(issuer.url + DISCOVERY)
    (head,) = issuer.heads
    assert head["Host"] == issuer.url.removeprefix("https://")
    assert head["Accept-Encoding"] == "identity"
    assert head["Accept"] == "application/json"


async def test_a_proxy_of_the_environment_is_not_asked(
    issuer: Issuer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert await fetcher.json(issuer.url + DISCOVERY)


@pytest.mark.parametrize("url", ["https://nobody.test/", f"ftp://{HOST}/", f"file://{HOST}/"])
async def test_what_has_no_address_or_is_no_web_is_not_asked(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchFailed):
        await fetcher.json(url)


async def test_plain_http_is_not_spoken() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FetchFailed):
            await Fetcher(at_home, is_loopback).json(f"http://{HOST}:{port}/")


async def test_an_address_with_a_password_in_it_is_refused(
    fetcher: Fetcher, issuer: Issuer
) -> None:
    with pytest.raises(FetchFailed):
        await fetcher.json(issuer.url.replace("//", "//me:you@") + DISCOVERY)
    assert issuer.asked == []


BAD_ANSWERS: dict[str, Answer] = {
    "a redirect": told({}, 302, Location="/keys"),
    "not found": told({}, 404),
    "a fault": told({}, 500),
    "compressed": told({}, 200, Content_Encoding="gzip"),
    "not JSON": (200, {}, b"<html>"),
    "a member twice": (200, {}, b'{"a": 1, "a": 2}'),
    "large": (200, {}, b'"' + b"x" * MOST_BYTES + b'"'),
    "deep": (200, {}, b"[" * 100 + b"]" * 100),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
async def test_an_answer_that_is_not_plain_json_is_refused(
    issuer: Issuer, fetcher: Fetcher, name: str
) -> None:
    issuer.answers["/"] = lambda: BAD_ANSWERS[name]
    with pytest.raises(FetchFailed):
        await fetcher.json(issuer.url + "/")
    assert issuer.asked == ["/"]


async def test_an_answer_of_256_kib_is_read_to_its_end(issuer: Issuer, fetcher: Fetcher) -> None:
    assert MOST_BYTES == 256 * 1024
    issuer.answers["/"] = lambda: (200, {}, b"x" * MOST_BYTES)
    assert len(await fetcher.read(issuer.url + "/", {})) == MOST_BYTES


async def test_a_slow_answer_is_not_waited_for(
    issuer: Issuer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetching.SECONDS == 5
    monkeypatch.setattr(fetching, "SECONDS", 0.2)

    given_up = Event()

    def slow() -> Answer:
        given_up.wait(PATIENCE_SECONDS)
        return told({})

    issuer.answers["/"] = slow
    async with asyncio.timeout(PATIENCE_SECONDS / 2):
        with pytest.raises(FetchFailed):
            await fetcher.json(issuer.url + "/")
    given_up.set()


async def test_each_address_of_a_host_is_found_once() -> None:
    assert await resolved("127.0.0.1", 443) == ["127.0.0.1"]
    assert await resolved("::1", 443) == ["::1"]


@pytest.mark.parametrize(
    ("url", "port"),
    [(f"https://{HOST}/", 443), (f"http://{HOST}/", 80), (f"https://{HOST}:8443/", 8443)],
)
async def test_a_host_is_looked_up_for_the_port_that_is_asked(url: str, port: int) -> None:
    asked = []

    async def noted(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return []

    with pytest.raises(FetchFailed):
        await Fetcher(noted, is_loopback).read(url, {})
    assert asked == [(HOST, port)]


async def test_an_answer_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the last one never."""
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    over = asyncio.Event()

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)
        writer.close()
        over.set()

    fetcher = Fetcher(at_home, is_loopback, plain_on_this_host=True)
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(FetchFailed):
                await fetcher.read(f"http://{HOST}:{port}/", {})
            await over.wait()


@pytest.mark.parametrize(
    ("issuer", "audience"),
    [("https://id.example.org", ""), ("", "app"), ("http://id.example.org", "app")],
)
def test_half_a_setting_or_plain_http_is_refused_at_start(issuer: str, audience: str) -> None:
    with pytest.raises(ValueError, match="AFTERGLOW_OIDC_ISSUER"):
        Settings(oidc_issuer=issuer, oidc_audience=audience)
