"""Who wraps and unwraps: the ring today, and whatever holds keys in its place tomorrow."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from app.vault.envelope import Place, SealBroken, broken, key_number, open_sealed, seal
from app.vault.keyring import KeyRing
from app.vault.ring_keys import Purpose


class KeyNote(NamedTuple):
    """What may be told of a key."""

    number: int
    purpose: str
    state: str
    since: datetime | None


class KeyProvider(Protocol):
    """Numbered keys of one purpose. A key management service would be another one of these."""

    def wrap(self, place: Place, secret: bytes) -> bytes:
        """An envelope under the current key, which opens at its place alone."""
        ...

    def unwrap(self, place: Place, wrapped: bytes) -> bytes:
        """Raises SealBroken, or KeyRingRefused when the key that wrapped it is gone."""
        ...

    def current(self) -> int:
        """The number of the key that wraps now."""
        ...

    def list(self) -> Sequence[KeyNote]:
        """Every key that unwraps, by number."""
        ...


class RingKeys:
    """The keys of one purpose in the ring."""

    def __init__(self, ring: KeyRing, purpose: Purpose) -> None:
        """`purpose` is `kek` or `service`: what seals."""
        self._ring = ring
        self._purpose = purpose

    def wrap(self, place: Place, secret: bytes) -> bytes:
        """An envelope under the current key, which opens at its place alone."""
        number = self.current()
        return seal(self._ring.cipher(number), number, place, secret)

    def unwrap(self, place: Place, wrapped: bytes) -> bytes:
        """Raises SealBroken, or KeyRingRefused when the key that wrapped it is gone."""
        try:
            number = key_number(wrapped)
        except SealBroken:
            raise broken(place.record) from None
        return open_sealed(self._ring.cipher(number), place, wrapped)

    def current(self) -> int:
        """The number of the key that wraps now."""
        return self._ring.current(self._purpose).number

    def list(self) -> Sequence[KeyNote]:
        """Every key that unwraps, by number."""
        return [
            KeyNote(key.number, str(key.purpose), str(key.state), key.since)
            for key in self._ring.all_keys()
            if key.purpose is self._purpose
        ]
