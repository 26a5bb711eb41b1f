"""HAProxy in front of several server processes."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.process import RunningService

PATHS = os.environ.get("PATH", "") + ":/usr/sbin"
START_SECONDS = 10.0


@contextmanager
def proxied(folder: Path, port: int, services: Sequence[RunningService]) -> Iterator[None]:
    """HAProxy in front of the services, each request to the next one; as deploy/, without TLS.

    A service hangs up after ten idle seconds. Whoever is sent there at that moment is not
    answered; phones repeat themselves, but the load does not, so the proxy does.
    """
    file = folder / "haproxy.conf"
    servers = "\n".join(
        f"    server s{place} {each.url.removeprefix('http://')} maxconn 512"
        for place, each in enumerate(services)
    )
    file.write_text(
        f"""global
    maxconn 4096
defaults
    mode http
    timeout connect 2s
    timeout client 25s
    timeout server 65s
    timeout queue 2s
frontend all
    bind 127.0.0.1:{port}
    http-request set-header X-Forwarded-For %[src]
    default_backend afterglow
backend afterglow
    balance roundrobin
    http-reuse safe
    retries 3
    retry-on conn-failure empty-response
{servers}
"""
    )
    program = shutil.which("haproxy", path=PATHS) or "haproxy"
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen([program, "-db", "-f", str(file)], stdout=log, stderr=log)
    try:
        _wait(port)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > until:
            raise TimeoutError("the proxy does not answer")
        time.sleep(0.05)
