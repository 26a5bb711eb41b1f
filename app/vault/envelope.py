"""The sealed envelope: AES-256-GCM over padded text, bound to the place it lies in."""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.telemetry import EVENTS, SEAL_FAILURES

FORMAT = b"\x01"
NONCE_BYTES = 12
HEADER_BYTES = 1 + 4 + NONCE_BYTES
PADDING_STEP = 128
LENGTH_BYTES = 4
LENGTH_OF_PART = 2
LENGTH_IN_FRAME = Struct(">I").unpack_from

Column = tuple[str, str, UUID]
"""Record, field and account: what the values of one column of a patient's have in common."""


class SealBroken(Exception):
    """What is stored is not what was sealed for this place. Never skipped silently."""


class Place(NamedTuple):
    """Where a sealed value belongs: it opens nowhere else.

    `row` is the row's id in its canonical text, `revision` 0 where the row has none.
    """

    record: str
    field: str
    account_id: UUID | None
    row: str
    revision: int = 0


def associated_data(place: Place) -> bytes:
    """Format and place, each part as 2 bytes length and UTF-8."""
    start = _beginning(place.record, place.field, place.account_id)
    return start + _part(place.row.encode()) + _at(place.revision)


@lru_cache(maxsize=4096)
def _beginning(record: str, field: str, account_id: UUID | None) -> bytes:
    """What the values of one account's field have in common; a page opens hundreds of them."""
    account = str(account_id) if account_id else ""
    return FORMAT + b"".join(_part(each.encode()) for each in (record, field, account))


def _before(column: Column, rows: Iterable[tuple[bytes, int, bytes]]) -> dict[int, bytes]:
    """What stands before a row of each length, its own length included: most have one length."""
    start = _beginning(*column)
    lengths = {len(row[0]) for row in rows}
    return {each: start + each.to_bytes(LENGTH_OF_PART, "big") for each in lengths}


@lru_cache(maxsize=4096)
def _at(revision: int) -> bytes:
    """The last part; revisions of all patients count from 1, and most are short."""
    return _part(b"%d" % revision)


def _part(text: bytes) -> bytes:
    return len(text).to_bytes(LENGTH_OF_PART, "big") + text


def padded(text: bytes) -> bytes:
    """`text` with its length in front, filled with zeros to a multiple of 128 bytes."""
    framed = len(text).to_bytes(LENGTH_BYTES, "big") + text
    return framed + bytes(-len(framed) % PADDING_STEP)


def unpadded(framed: bytes) -> bytes:
    """The text inside a padded frame."""
    length = int.from_bytes(framed[:LENGTH_BYTES], "big")
    return framed[LENGTH_BYTES : LENGTH_BYTES + length]


def seal(cipher: AESGCM, key_number: int, place: Place, text: bytes) -> bytes:
    """format (1) ‖ key number or key version (4) ‖ nonce (12) ‖ ciphertext and tag (16)."""
    nonce = os.urandom(NONCE_BYTES)
    header = FORMAT + key_number.to_bytes(4, "big") + nonce
    return header + cipher.encrypt(nonce, padded(text), associated_data(place))


def seal_each(
    cipher: AESGCM,
    key_number: int,
    column: Column,
    rows: Sequence[tuple[bytes, int, bytes]],
) -> list[bytes]:
    """The texts of (row, revision, text) of one column, each sealed as by `seal`."""
    encrypt, before = cipher.encrypt, _before(column, rows)
    header = FORMAT + key_number.to_bytes(4, "big")
    nonces = os.urandom(NONCE_BYTES * len(rows))
    sealed = []
    for place, (row, revision, text) in zip(range(0, len(nonces), NONCE_BYTES), rows, strict=True):
        nonce = nonces[place : place + NONCE_BYTES]
        data = before[len(row)] + row + _at(revision)
        sealed.append(header + nonce + encrypt(nonce, padded(text), data))
    return sealed


def key_number(sealed: bytes) -> int:
    """Which key, or version of the patient's key, opens this. Raises SealBroken."""
    if len(sealed) < HEADER_BYTES or sealed[0] != FORMAT[0]:
        raise SealBroken("not an envelope")
    return int.from_bytes(sealed[1:5], "big")


def open_sealed(cipher: AESGCM, place: Place, sealed: bytes) -> bytes:
    """The text. Raises SealBroken when a bit, the key or the place differs."""
    try:
        framed = cipher.decrypt(
            sealed[5:HEADER_BYTES], sealed[HEADER_BYTES:], associated_data(place)
        )
    except (InvalidTag, ValueError):
        raise broken(place.record) from None
    return unpadded(framed)


def open_each(
    ciphers: Mapping[int, AESGCM], column: Column, rows: Sequence[tuple[bytes, int, bytes]]
) -> list[bytes]:
    """The texts of (row, revision, sealed) of one column, as `open_sealed` gives them.

    A page is hundreds of them, and calls would take longer than the cipher. Raises SealBroken.
    """
    before = _before(column, rows)
    decrypts = {FORMAT + n.to_bytes(4, "big"): each.decrypt for n, each in ciphers.items()}
    try:
        frames = [
            decrypts[sealed[:5]](sealed[5:17], sealed[17:], before[len(row)] + row + _at(revision))
            for row, revision, sealed in rows
        ]
    except (KeyError, InvalidTag, ValueError):
        raise broken(column[0]) from None
    return [framed[4 : 4 + LENGTH_IN_FRAME(framed)[0]] for framed in frames]


def broken(record: str) -> SealBroken:
    """What is stored was changed, moved or sealed by others: told at once."""
    SEAL_FAILURES.add(record)
    EVENTS("seal.broken", "error", action=record)
    return SealBroken(f"a sealed {record} does not open")
