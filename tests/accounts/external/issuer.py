"""An OpenID Connect issuer of our own: a real https server, with a certificate of our own."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

HOST = "issuer.test"
DISCOVERY = "/.well-known/openid-configuration"

# Documents and key sets are JSON of every type.
Json = Any
Answer = tuple[int, dict[str, str], bytes]


def new_keys() -> dict[str, Key]:
    """A key pair for each algorithm, by its `kid`."""
    return {
        "rsa": RSAKey.generate_key(2048, {"kid": "rsa"}),
        "ec": ECKey.generate_key("P-256", {"kid": "ec"}),
        "ed": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    }


KEYS = new_keys()
ALGORITHM = {"rsa": "RS256", "ec": "ES256", "ed": "EdDSA"}


@dataclass(slots=True)
class Issuer:
    """What the server answers by path can be set; what was asked is kept."""

    url: str
    trust: ssl.SSLContext
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)

    def publish(self, keys: Json, **more: Json) -> None:
        """Discovery and key set, as they should be unless `more` says otherwise."""
        document = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | more
        self.answers[DISCOVERY] = lambda: told(document)
        self.answers["/keys"] = lambda: told({"keys": keys})


def told(document: Json, status: int = 200, **headers: str) -> Answer:
    """A JSON answer."""
    return status, headers, json.dumps(document).encode()


def public(keys: dict[str, Key]) -> list[Json]:
    """What an issuer publishes of its keys."""
    return [key.as_dict(private=False) for key in keys.values()]


@contextmanager
def running_issuer(folder: Path) -> Iterator[Issuer]:
    """An issuer on this machine that calls itself `issuer.test`."""
    trust = ssl.create_default_context(cadata=make_certificate(folder / "issuer.pem"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "issuer.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    issuer = Issuer(f"https://{HOST}:{server.server_address[1]}", trust)
    issuer.publish(public(KEYS))
    server.issuer = issuer  # type: ignore[attr-defined]  # how a handler finds what to answer
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers what the issuer says."""

    def do_GET(self) -> None:
        issuer: Issuer = self.server.issuer  # type: ignore[attr-defined]  # see above
        issuer.asked.append(self.path)
        issuer.heads.append(dict(self.headers))
        status, headers, body = issuer.answers.get(self.path, lambda: told({}, 404))()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep still."""


def make_certificate(path: Path) -> str:
    """Write a key and a certificate of our own for `issuer.test`; the certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + pem)
    return pem.decode()
