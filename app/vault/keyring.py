"""The ring of numbered keys outside the database."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.telemetry import EVENTS
from app.vault.private_files import (
    NotPrivate,
    alone_with,
    make_private,
    private_text,
    replace_private,
)
from app.vault.ring_keys import (
    KeyRingRefused,
    Purpose,
    RingKey,
    State,
    new_ring_text,
    read_keys,
    ring_text,
)

Change = Callable[[list[RingKey]], Sequence[RingKey]]
"""What becomes of the keys; it may raise to leave the file as it is."""


class _Keys:
    """The keys as they stand, and how they are looked up. Never changed, but replaced whole."""

    def __init__(self, keys: Sequence[RingKey]) -> None:
        self.by_number = {key.number: key for key in keys}
        if len(self.by_number) != len(keys):
            raise KeyRingRefused("a key number comes twice")
        active = (key for key in keys if key.state is State.ACTIVE)
        self.current = {key.purpose: key for key in sorted(active, key=lambda key: key.number)}
        if set(self.current) != set(Purpose):
            raise KeyRingRefused("a purpose lacks its active key")
        self.ciphers: dict[int, AESGCM] = {}


class KeyRing:
    """All keys of a service. `current` seals; every key of the ring opens.

    A ring that follows its file reads it again before it seals, and when it meets a number it
    lacks. So a rotation needs no restart: the file gets a new key before the database does.
    """

    def __init__(self, keys: Sequence[RingKey], path: Path | None = None) -> None:
        """`path` is followed. Raises KeyRingRefused when a purpose has no active key."""
        self._path = path
        self._mark = self._told = _mark(path) if path else None
        self._keys = _Keys(keys)
        self._missed: set[int] = set()

    @classmethod
    def from_text(cls, text: str) -> "KeyRing":
        """Read the ring's JSON. Raises KeyRingRefused without showing a byte of it."""
        return cls(read_keys(text))

    @classmethod
    def from_file(cls, path: Path) -> "KeyRing":
        """Read and follow a file that nobody but its owner can read. Raises KeyRingRefused."""
        return cls(_keys_of_file(path), path)

    def current(self, purpose: Purpose) -> RingKey:
        """The key that seals now."""
        if self._path and _mark(self._path) != self._mark:
            self._read_again(self._path)
        return self._keys.current[purpose]

    def cipher(self, number: int) -> AESGCM:
        """The cipher of a numbered key. Raises KeyRingRefused for a number the ring lacks."""
        if number not in self._keys.by_number and self._path:
            self._read_again(self._path)
        keys = self._keys
        if number not in keys.ciphers:
            if number not in keys.by_number:
                self._missed.add(number)
                raise KeyRingRefused("the ring lacks a key that is in use")
            keys.ciphers[number] = AESGCM(keys.by_number[number].secret)
        return keys.ciphers[number]

    def lacking(self, needed: Iterable[int] = ()) -> set[int]:
        """Of the needed numbers, and of those asked for in vain, what is lacking still."""
        wanted = self._missed.union(needed)
        if self._path and wanted - self._keys.by_number.keys():
            self._read_again(self._path)
        return wanted - self._keys.by_number.keys()

    def all_keys(self) -> list[RingKey]:
        """Every key, by number."""
        return sorted(self._keys.by_number.values(), key=lambda key: key.number)

    def _read_again(self, path: Path) -> None:
        """Take the file's keys over; one that is refused changes nothing, and is told of once."""
        mark = _mark(path)
        try:
            self._keys = _Keys(_keys_of_file(path))
            self._mark = self._told = mark
        except KeyRingRefused as refused:
            if mark != self._told:
                EVENTS("ring.refused", "error", value=str(refused))
            self._told = mark

    def derived(self, use: str) -> bytes:
        """32 bytes for one named use (`email`, `throttle`, `log`), from the index key by HKDF."""
        return _derived(self._keys.current[Purpose.INDEX].secret, use)

    def sign(self, text: bytes) -> tuple[int, bytes]:
        """The number of the current key of the daily roots, and its signature."""
        key = self.current(Purpose.AUDIT)
        return key.number, Ed25519PrivateKey.from_private_bytes(key.secret).sign(text)

    def is_signed(self, number: int, text: bytes, signature: bytes) -> bool:
        """Whether the key of the daily roots with this number signed the text."""
        key = self._keys.by_number.get(number)
        if key is None or key.purpose is not Purpose.AUDIT:
            return False
        try:
            signer = Ed25519PrivateKey.from_private_bytes(key.secret)
            signer.public_key().verify(signature, text)
        except InvalidSignature:
            return False
        return True


@lru_cache(maxsize=16)
def _derived(secret: bytes, use: str) -> bytes:
    """Of few secrets for few uses, but asked for by many requests."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"afterglow {use}".encode())
    return hkdf.derive(secret)


def make_ring_file(path: Path) -> None:
    """Write a fresh ring, mode 0600, and have it on disk before anyone seals with it.

    Two processes may start at once: the one that comes second leaves the first one's ring.
    """
    make_private(path, new_ring_text())


def change_ring_file(path: Path, change: Change) -> KeyRing:
    """Replace the keys by what `change` makes of them; on disk when this returns.

    Commands that run at once wait for one another. A process killed half-way leaves the ring as
    it was or as it is to be. Raises KeyRingRefused, and what `change` raises.
    """
    with alone_with(path):
        before = _keys_of_file(path)
        after = list(change(list(before)))
        text = ring_text(after)
        _Keys(read_keys(text))
        if after != before:
            replace_private(path, text)
        return KeyRing(after, path)


def _keys_of_file(path: Path) -> list[RingKey]:
    try:
        return read_keys(private_text(path))
    except NotPrivate as wrong:
        raise KeyRingRefused(f"the key ring {wrong}") from None


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever the file does: it is replaced, never written into."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
