"""The samples of deploy/, as they stand but for ports, certificates and what a test names."""

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.process import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
PATHS = os.environ.get("PATH", "") + ":/usr/sbin"
START_SECONDS = 60.0
NOTHING: Mapping[str, str] = {}


def a_certificate(folder: Path) -> None:
    """`journal.key`, and `journal.pem` with certificate and key, as HAProxy wants it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "journal.key").write_bytes(secret)
    (folder / "journal.pem").write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM) + secret
    )


def trusting(folder: Path) -> ssl.SSLContext:
    """A client's context that trusts that certificate alone."""
    return ssl.create_default_context(cafile=str(folder / "journal.pem"))


def command_of(
    name: str, folder: Path, port: int, service_port: int, changed: Mapping[str, str]
) -> list[str]:
    """Write the sample's configuration with the test's ports; the command that serves it.

    Skips the test where the program is not installed.
    """
    program = shutil.which(name, path=PATHS)
    if program is None:
        pytest.skip(f"{name} is not installed")
    if name == "haproxy":
        text = (DEPLOY / "haproxy.cfg").read_text()
        text = text.replace("bind :443", f"bind 127.0.0.1:{port}")
        text = text.replace("/etc/haproxy/certs", str(folder))
    else:
        text = (DEPLOY / "nginx.conf").read_text()
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
        text = text.replace("/etc/nginx/certs", str(folder))
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{service_port}")
    for lines, others in changed.items():
        assert lines in text
        text = text.replace(lines, others)
    file = folder / f"{name}.conf"
    file.write_text(text)
    if name == "haproxy":
        return [program, "-db", "-f", str(file)]
    place = f"daemon off; pid {folder}/nginx.pid;"
    return [program, "-p", str(folder), "-c", str(file), "-g", place]


@asynccontextmanager
async def proxied(
    name: str, folder: Path, service_port: int, changed: Mapping[str, str] = NOTHING
) -> AsyncIterator[int]:
    """The port of a proxy that stands in front of the service.

    `changed`: what is another text in this copy of the sample.
    """
    port = free_port()
    command = command_of(name, folder, port, service_port, changed)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _listens(port):
                assert process.poll() is None, (folder / f"{name}.log").read_text()
                await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
