"""What the reference opens and seals: AES-GCM by the bare cipher, bound to its place, no more."""

import json
import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.database import open_database
from app.vault import KeyRing, Place
from app.vault.envelope import FORMAT, HEADER_BYTES, associated_data
from app.vault.providers import RingKeys
from app.vault.ring_keys import Purpose
from app.vault.store import load_keys

NONCE = slice(5, HEADER_BYTES)
"""Where the nonce lies, behind format and key version."""
HEADER = FORMAT + (1).to_bytes(4, "big")
OVERHEAD = HEADER_BYTES + 16
"""By how much a sealed value is longer than its frame."""


class Ciphers:
    """The patients' keys, unwrapped before the first request."""

    def __init__(self, secrets: Mapping[UUID, bytes]) -> None:
        """One secret a patient: nobody's key was rotated."""
        self._of = {account: AESGCM(secret) for account, secret in secrets.items()}
        self._columns: dict[tuple[UUID, str, str], Column] = {}

    @classmethod
    def kept(cls, path: Path) -> "Ciphers":
        """Those that `keep_secrets` wrote."""
        return cls(read_secrets(path))

    def of(self, account: UUID, record: str, field: str) -> "Column":
        """What opens and seals one column of a patient's."""
        known = self._columns.get((account, record, field))
        if known is None:
            known = Column(self._of[account], beginning(account, record, field))
            self._columns[account, record, field] = known
        return known


class Column:
    """One patient's values of one column."""

    __slots__ = ("_beginning", "_cipher")

    def __init__(self, cipher: AESGCM, beginning: bytes) -> None:
        """`beginning` of the associated data: what all values of the column have in common."""
        self._cipher = cipher
        self._beginning = beginning

    def open_each(self, values: Iterable[tuple[str, int, bytes]]) -> list[bytes]:
        """The frames of (row, revision, sealed), padded as they are. Raises InvalidTag."""
        decrypt, start, nonce, rest = self._cipher.decrypt, self._beginning, NONCE, HEADER_BYTES
        return [
            decrypt(sealed[nonce], sealed[rest:], start + end(row, revision))
            for row, revision, sealed in values
        ]

    def seal(self, row: str, revision: int, frame: bytes) -> bytes:
        """A value as long as Afterglow's."""
        nonce = os.urandom(HEADER_BYTES - NONCE.start)
        data = self._beginning + end(row, revision)
        return HEADER + nonce + self._cipher.encrypt(nonce, frame, data)


def beginning(account: UUID, record: str, field: str) -> bytes:
    """All of the associated data that comes before the row."""
    whole = associated_data(Place(record, field, account, "", 0))
    return whole[: -len(end("", 0))]


def end(row: str, revision: int) -> bytes:
    """The row and its revision, each behind its length."""
    stands_at = b"%d" % revision
    return b"\0%c%b\0%c%b" % (len(row), row.encode(), len(stands_at), stands_at)


async def keep_secrets(url: str, ring_file: Path, accounts: Iterable[UUID], path: Path) -> None:
    """Unwrap each patient's key and write all of them to a file for `Ciphers.kept`."""
    wrapping = RingKeys(KeyRing.from_file(ring_file), Purpose.KEK)
    database = await open_database(url)
    secrets: dict[str, str] = {}
    for account in accounts:
        (key,) = await database.read(account, partial(load_keys, account_id=account))
        place = Place("patient_key", "wrapped", account, str(key.version))
        secrets[str(account)] = wrapping.unwrap(place, key.wrapped).hex()
    await database.close()
    path.touch(mode=0o600)
    path.write_text(json.dumps(secrets))


def read_secrets(path: Path) -> dict[UUID, bytes]:
    """What `keep_secrets` wrote."""
    kept = json.loads(path.read_text())
    return {UUID(account): bytes.fromhex(secret) for account, secret in kept.items()}
