"""A small mail relay that speaks TLS, for the transport that hands mail to one."""

import datetime
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.listening import Listening


class Relay(Listening):
    """Takes one connection after the other and keeps what it was told."""

    def __init__(self, context: ssl.SSLContext, *, implicit: bool) -> None:
        """`implicit`: TLS from the first byte, else by STARTTLS."""
        self.heard: list[str] = []
        self.in_clear: list[str] = []
        self._context, self._implicit = context, implicit
        super().__init__()

    def talk(self, connection: socket) -> None:
        with ExitStack() as opened:
            self._talk(connection, opened)

    def _talk(self, connection: socket, opened: ExitStack) -> None:
        """`opened` closes what was opened meanwhile, however the client goes away."""
        secure = self._implicit
        if secure:
            connection = opened.enter_context(self._secured(connection))
        connection.sendall(b"220 relay\r\n")
        lines, in_data = opened.enter_context(connection.makefile("rb")), False
        while raw := lines.readline():
            line = raw.decode().rstrip("\r\n")
            (self.heard if secure else self.in_clear).append(line)
            in_data = self._data(connection, line, in_data=in_data)
            if line == "STARTTLS":
                connection = opened.enter_context(self._secured(connection))
                lines, secure = opened.enter_context(connection.makefile("rb")), True
            if line.upper() == "QUIT":
                break

    def _secured(self, connection: socket) -> ssl.SSLSocket:
        return self._context.wrap_socket(connection, server_side=True)

    def _data(self, connection: socket, line: str, *, in_data: bool) -> bool:
        if in_data and line != ".":
            return True
        answers = {"DATA": b"354 go on\r\n", "STARTTLS": b"220 go on\r\n", "QUIT": b"221 bye\r\n"}
        hello = b"250-relay\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
        known = hello if line.startswith("ehlo") else answers.get(line.upper(), b"250 fine\r\n")
        connection.sendall(b"235 in\r\n" if line.startswith("AUTH") else known)
        return line.upper() == "DATA"


@contextmanager
def relay(folder: Path, *, implicit: bool) -> Iterator[tuple[Relay, ssl.SSLContext]]:
    """A relay on a free port of this machine, and the trust that accepts its certificate."""
    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    running = Relay(context, implicit=implicit)
    try:
        yield running, ssl.create_default_context(cafile=str(certificate))
    finally:
        running.end()


def _certificate(folder: Path) -> Path:
    """Key and self-signed certificate for `localhost` in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "relay.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return path
