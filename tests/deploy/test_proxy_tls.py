"""The sample proxies speak new TLS alone, with ciphers whose keys are gone with the connection."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.deploy.proxies import a_certificate, proxied, trusting
from tests.process import free_port

pytestmark = pytest.mark.anyio


@pytest.fixture(params=("haproxy", "nginx"))
async def port(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[int]:
    """The port of each proxy in turn; behind it is nothing."""
    a_certificate(tmp_path)
    async with proxied(request.param, tmp_path, free_port()) as port:
        yield port


async def agreed(port: int, context: ssl.SSLContext) -> tuple[str, str]:
    """Version and cipher that both sides took."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="localhost"
    )
    line: ssl.SSLObject = writer.get_extra_info("ssl_object")
    version, cipher = line.version(), line.cipher()
    writer.transport.abort()  # else the proxy's goodbye would be waited for
    await writer.wait_closed()
    assert version
    assert cipher
    return version, cipher[0]


async def test_the_newest_version_is_taken(port: int, tmp_path: Path) -> None:
    assert (await agreed(port, trusting(tmp_path)))[0] == "TLSv1.3"


async def test_an_older_client_gets_keys_that_last_no_longer_than_the_connection(
    port: int, tmp_path: Path
) -> None:
    context = trusting(tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    version, cipher = await agreed(port, context)
    assert version == "TLSv1.2"
    assert cipher.startswith("ECDHE-")
    context.set_ciphers("AES256-GCM-SHA384:AES128-SHA")
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
        await agreed(port, context)


async def test_versions_that_are_broken_are_refused(port: int, tmp_path: Path) -> None:
    context = trusting(tmp_path)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match=r"(?i)alert.protocol.version"):
        await agreed(port, context)
