"""A phone on a slow network behind each sample proxy: a long answer reaches its end."""

import asyncio
import socket
import ssl
import time
from pathlib import Path

import pytest

from tests.deploy.proxies import a_certificate, proxied, trusting
from tests.waiting import PATIENCE_SECONDS
from tests.web.listening import a_server
from tests.web.long_answer import BYTES, GET_LONG, LAST_CHUNK, LongAnswer

pytestmark = pytest.mark.anyio

LONGER_THAN_A_PAUSE = 32.0
"""In seconds: behind a large send buffer both would have cut the phone by then, so impatient."""

BYTES_A_SECOND = 16_384

SHORTER_PAUSES = {
    "haproxy": {"    timeout client 60s\n": "    timeout client 20s\n"},
    "nginx": {"    send_timeout 60s;": "    send_timeout 20s;"},
}
"""So that they are held to it within that time."""


def read_slowly(port: int, context: ssl.SSLContext) -> tuple[int, bytes]:
    """Read 16 KiB a second for a while, then the rest; how many bytes came, and the last of them.

    Held up by a full machine it reads the sooner afterwards, as a network goes on delivering; and
    its system holds little for it. The connection is given up by whoever cuts it.
    """
    count, last = 0, b""
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        plain.settimeout(PATIENCE_SECONDS)
        plain.connect(("127.0.0.1", port))
        with context.wrap_socket(plain, server_hostname="localhost") as line:
            line.sendall(GET_LONG)
            begun = time.monotonic()
            while read := line.recv(8192):
                count, last = count + len(read), (last + read)[-16:]
                seconds = count / BYTES_A_SECOND
                if seconds < LONGER_THAN_A_PAUSE:
                    time.sleep(max(0.0, begun + seconds - time.monotonic()))
    return count, last


async def test_a_phone_that_takes_16_kib_a_second_is_not_cut(tmp_path: Path) -> None:
    a_certificate(tmp_path)
    context = trusting(tmp_path)
    async with (
        a_server(app=LongAnswer()) as service_port,
        proxied("haproxy", tmp_path, service_port, SHORTER_PAUSES["haproxy"]) as haproxy,
        proxied("nginx", tmp_path, service_port, SHORTER_PAUSES["nginx"]) as nginx,
    ):
        found = await asyncio.gather(
            *(asyncio.to_thread(read_slowly, port, context) for port in (haproxy, nginx))
        )
    for count, last in found:
        assert (count > BYTES, last.endswith(LAST_CHUNK)) == (True, True)
