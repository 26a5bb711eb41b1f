"""A stream sealed to a recipient in numbered chunks, the last of them marked as the last.

File: a line that names format and part, 32 bytes ephemeral X25519 public key, then chunks of
64 KiB (the last one may be shorter), each AES-256-GCM with 16 bytes tag. Key: HKDF-SHA-256 of the
exchange, salted with both public keys, for this format and part. Nonce: the chunk's number (11
bytes) and 1 for the last chunk, 0 for others: so a chunk that is missing, moved or altered, and a
file that ends early or goes on, do not open.
"""

from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = "afterglow-backup-1"
KEY_BYTES = 32
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
NUMBER_BYTES = 11


class BackupBroken(Exception):
    """The file is not what was written, or not for this identity."""


class SealedWriter:
    """Takes bytes and writes chunks; nothing opens unless `finish` was called."""

    def __init__(self, file: BinaryIO, recipient: X25519PublicKey, part: str) -> None:
        """`part`: what the file is, `data` or `keys`."""
        ephemeral = X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(recipient)
        self._cipher = _cipher(shared, public, recipient.public_bytes_raw(), part)
        self._file = file
        self._held = bytearray()
        self._number = 0
        file.write(_first_line(part) + public)

    def write(self, text: bytes) -> None:
        """Take bytes; chunks leave as they are full."""
        self._held += text
        while len(self._held) > CHUNK_BYTES:  # the last chunk may be a full one
            self._seal(bytes(self._held[:CHUNK_BYTES]), last=False)
            del self._held[:CHUNK_BYTES]

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


def opened_chunks(file: BinaryIO, identity: X25519PrivateKey, part: str) -> Iterator[bytes]:
    """The bytes, chunk by chunk, each as soon as it has been found true.

    Raises BackupBroken; whoever uses what came before must be able to undo it.
    """
    expected = _first_line(part)
    if file.read(len(expected)) != expected:
        raise BackupBroken(f"this is no `{part}` file of a backup")
    public = file.read(KEY_BYTES)
    try:
        shared = identity.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise BackupBroken("the file is damaged") from None
    cipher = _cipher(shared, public, identity.public_key().public_bytes_raw(), part)
    number, held = 0, file.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        ahead = file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not ahead), held, None)
        except (InvalidTag, ValueError):
            why = "is not for this identity, or is damaged" if number == 0 else "is damaged"
            raise BackupBroken(f"the `{part}` file {why}") from None
        if not ahead:
            return
        number, held = number + 1, ahead


def opened_lines(file: BinaryIO, identity: X25519PrivateKey, part: str) -> Iterator[bytes]:
    """The same by lines, without their ends. Raises BackupBroken."""
    rest = b""
    for chunk in opened_chunks(file, identity, part):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        raise BackupBroken(f"the `{part}` file ends within a line")


def _first_line(part: str) -> bytes:
    return f"{FORMAT} {part}\n".encode()


def _cipher(shared: bytes, ephemeral: bytes, recipient: bytes, part: str) -> AESGCM:
    hkdf = HKDF(SHA256(), KEY_BYTES, salt=ephemeral + recipient, info=_first_line(part))
    return AESGCM(hkdf.derive(shared))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([last])
