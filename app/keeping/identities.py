"""Who can open a backup: an X25519 key pair, the public half on the server, the other elsewhere."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat as Private
from cryptography.hazmat.primitives.serialization import PublicFormat as Public

from app.vault.private_files import NotPrivate, make_private, private_text

RECIPIENT = "afterglow-recipient-"
IDENTITY = "afterglow-identity-"
CHECK_BYTES = 4
KEY_BYTES = 32


class IdentityRefused(Exception):
    """A recipient or identity is not whole, or its file is not private. Shows nothing of it."""


def make_identity(path: Path) -> str:
    """Write a new identity, mode 0600, and return its recipient. Raises IdentityRefused."""
    key = X25519PrivateKey.generate()
    recipient = written_recipient(key.public_key())
    secret = key.private_bytes(Encoding.Raw, Private.Raw, NoEncryption())
    text = f"# Opens every backup for {recipient}\n{_written(IDENTITY, secret)}\n"
    if not make_private(path, text):
        raise IdentityRefused("there is a file of this name already")
    return recipient


def read_identity(path: Path) -> X25519PrivateKey:
    """The identity in a file that nobody but its owner can read. Raises IdentityRefused."""
    try:
        lines = private_text(path).splitlines()
    except NotPrivate as wrong:
        raise IdentityRefused(f"the identity {wrong}") from None
    keys = [line for line in lines if line and not line.startswith("#")]
    if len(keys) != 1:
        raise IdentityRefused("this file holds no identity")
    return X25519PrivateKey.from_private_bytes(_read(IDENTITY, keys[0]))


def written_recipient(key: X25519PublicKey) -> str:
    """A public key as operators hand it on."""
    return _written(RECIPIENT, key.public_bytes(Encoding.Raw, Public.Raw))


def read_recipient(text: str) -> X25519PublicKey:
    """Raises IdentityRefused for a mistyped one, for nobody could open what is sealed to it."""
    return X25519PublicKey.from_public_bytes(_read(RECIPIENT, text.strip()))


def _written(prefix: str, key: bytes) -> str:
    return prefix + urlsafe_b64encode(key + _check(prefix, key)).decode()


def _read(prefix: str, text: str) -> bytes:
    what = prefix.strip("-").rpartition("-")[2]
    try:
        found = urlsafe_b64decode(text.removeprefix(prefix))
    except ValueError:
        raise IdentityRefused(f"this is no {what}") from None
    key, check = found[:KEY_BYTES], found[KEY_BYTES:]
    if not text.startswith(prefix) or check != _check(prefix, key):
        raise IdentityRefused(f"this is no {what}")
    return key


def _check(prefix: str, key: bytes) -> bytes:
    return hashlib.sha256(prefix.encode() + key).digest()[:CHECK_BYTES]
