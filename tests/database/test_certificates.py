"""The service shows the database who it is by a certificate, where the URL names one."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from socket import socket

import pytest
from cryptography.x509 import load_der_x509_certificate

from app.database import DatabaseUnavailable, open_database
from app.database.walls import leaks_of
from tests.accounts.external.issuer import HOST, make_certificate
from tests.listening import Listening

pytestmark = pytest.mark.anyio
SSL_REQUEST = 8
"""Bytes by which a client of PostgreSQL asks for TLS."""


class Listener(Listening):
    """Speaks PostgreSQL as far as TLS, wants a certificate, and remembers whose it was."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds `server.pem` and `service.pem`, each a key with its certificate."""
        self.seen: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.pem")
        self._context.load_verify_locations(folder / "service.pem")
        self._context.verify_mode = ssl.CERT_REQUIRED
        super().__init__()

    def talk(self, connection: socket) -> None:
        connection.recv(SSL_REQUEST)
        connection.sendall(b"S")
        try:
            with self._context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)
                shown = secured.getpeercert(binary_form=True) or b""
                (name,) = load_der_x509_certificate(shown).subject
                self.seen.append(str(name.value))
        except OSError:
            self.seen.append("nobody")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    for name in ("server", "service"):
        make_certificate(tmp_path / f"{name}.pem")
    listening = Listener(tmp_path)
    yield listening
    listening.end()


def url_of(listener: Listener, folder: Path, *, named: bool) -> str:
    """The database by TLS, with the service's certificate `named` or not."""
    own = f"&sslcert={folder}/service.pem&sslkey={folder}/service.pem" if named else ""
    trusted = f"sslmode=verify-ca&sslrootcert={folder}/server.pem"
    return f"postgresql://afterglow_app@127.0.0.1:{listener.port}/afterglow?{trusted}{own}"


@pytest.mark.parametrize("named", [True, False])
async def test_the_service_shows_the_certificate_that_its_url_names(
    listener: Listener, tmp_path: Path, *, named: bool
) -> None:
    with pytest.raises(DatabaseUnavailable):
        await open_database(url_of(listener, tmp_path, named=named))
    listener.end()  # when it has told of everybody: a client may know sooner that it is refused
    assert set(listener.seen) == {HOST if named else "nobody"}


async def test_a_key_that_others_may_read_is_told(own_postgresql_url: str, tmp_path: Path) -> None:
    key = tmp_path / "service.pem"
    make_certificate(key)
    key.chmod(0o600)
    url = (
        f"{own_postgresql_url}{'&' if '?' in own_postgresql_url else '?'}sslcert={key}&sslkey={key}"
    )
    assert await leaks_of(url) == []
    key.chmod(0o640)
    assert await leaks_of(url) == ["others may read service.pem"]
