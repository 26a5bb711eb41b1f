"""The ring of numbered keys outside the database."""

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Purpose(StrEnum):
    """What a key is for; no key serves two ends."""

    KEK = "kek"  # wraps patients' keys
    SERVICE = "service"  # seals device secrets, outbox, pending sign-ups
    INDEX = "index"  # blind index, throttle and log keys by HKDF
    AUDIT = "audit"  # signs the daily root


class KeyRingRefused(Exception):
    """The ring is missing, unreadable, readable by others, or not whole."""


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key: its number, purpose, state (`active` or `retired`) and 32 secret bytes."""

    number: int
    purpose: Purpose
    state: str
    secret: bytes


class KeyRing:
    """All keys of a service. `current` seals; every key of the ring opens."""

    def __init__(self, keys: list[RingKey]) -> None:
        """Raises KeyRingRefused when a purpose lacks its active key or a number comes twice."""
        self._keys = {key.number: key for key in keys}
        if len(self._keys) != len(keys):
            raise KeyRingRefused("a key number comes twice")
        active = sorted((key for key in keys if key.state == "active"), key=lambda k: k.number)
        self._current = {key.purpose: key for key in active}
        if set(self._current) != set(Purpose):
            raise KeyRingRefused("a purpose lacks its active key")
        self._ciphers: dict[int, AESGCM] = {}

    @classmethod
    def from_text(cls, text: str) -> "KeyRing":
        """Read the ring's JSON. Raises KeyRingRefused without showing a byte of it."""
        try:
            rows = json.loads(text)["keys"]
            keys = [
                RingKey(
                    number=int(row["number"]),
                    purpose=Purpose(row["purpose"]),
                    state=str(row["state"]),
                    secret=base64.b64decode(row["secret"], validate=True),
                )
                for row in rows
            ]
        except (KeyError, TypeError, ValueError):
            raise KeyRingRefused("the key ring cannot be read") from None
        if any(len(key.secret) != 32 for key in keys):  # noqa: PLR2004 - 256 bits
            raise KeyRingRefused("a key of the ring is not 32 bytes long")
        return cls(keys)

    @classmethod
    def from_file(cls, path: Path) -> "KeyRing":
        """Read a file that nobody but its owner can read. Raises KeyRingRefused."""
        try:
            mode = path.stat().st_mode
            text = path.read_text()
        except OSError:
            raise KeyRingRefused("the key ring's file cannot be read") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyRingRefused("group or others may read the key ring: chmod 600 it")
        return cls.from_text(text)

    def current(self, purpose: Purpose) -> RingKey:
        """The key that seals now."""
        return self._current[purpose]

    def cipher(self, number: int) -> AESGCM:
        """The cipher of a numbered key. Raises KeyRingRefused for a number the ring lacks."""
        if number not in self._ciphers:
            if number not in self._keys:
                raise KeyRingRefused("the ring lacks a key that is in use")
            self._ciphers[number] = AESGCM(self._keys[number].secret)
        return self._ciphers[number]

    def derived(self, use: str) -> bytes:
        """32 bytes for one named use (`email`, `throttle`, `log`), from the index key by HKDF."""
        secret = self._current[Purpose.INDEX].secret
        hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"afterglow {use}".encode())
        return hkdf.derive(secret)

    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs the daily root of the audit chains."""
        return Ed25519PrivateKey.from_private_bytes(self._current[Purpose.AUDIT].secret)


def new_ring_text() -> str:
    """A fresh ring with one active key for each purpose."""
    keys = [
        {
            "number": number,
            "purpose": str(purpose),
            "state": "active",
            "secret": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        for number, purpose in enumerate(Purpose, start=1)
    ]
    return json.dumps({"keys": keys}, indent=2) + "\n"


def make_ring_file(path: Path) -> None:
    """Write a fresh ring, mode 0600, and have it on disk before anyone seals with it.

    Two processes may start at once: the one that comes second leaves the first one's ring.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as stream:
        stream.write(new_ring_text())
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
