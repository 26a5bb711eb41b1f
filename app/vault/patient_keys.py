"""One patient's unwrapped keys: what they seal, what they open, and what waits for one of them."""

from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.vault.envelope import (
    Place,
    SealBroken,
    broken,
    key_number,
    open_each,
    open_sealed,
    seal,
    seal_each,
)


class NoKey(SealBroken):
    """The account has no key: it was erased."""


class PatientKeys:
    """One patient's unwrapped data keys. One of them seals, all of them open."""

    __slots__ = ("_ciphers", "_made", "account_id", "sealing", "versions")

    def __init__(
        self,
        account_id: UUID,
        secrets_by_version: dict[int, bytes],
        sealing: int | None = None,
        made: int = 0,
    ) -> None:
        """`sealing`: the version that seals, the newest unless said otherwise.

        `made`: how many versions were made, from 1 on, with those that do not open. Raises NoKey.
        """
        if not secrets_by_version:
            raise NoKey("this account has no key")
        self.account_id = account_id
        self._ciphers = {v: AESGCM(secret) for v, secret in secrets_by_version.items()}
        self.versions = tuple(sorted(self._ciphers))
        self.sealing = sealing or self.versions[-1]
        self._made = made or self.versions[-1]

    def seal(self, place: Place, text: bytes) -> bytes:
        """Seal `text` for its place; the place must name this account."""
        return seal(self._ciphers[self.sealing], self.sealing, place, text)

    def seal_each(
        self, column: tuple[str, str], rows: Sequence[tuple[bytes, int, bytes]]
    ) -> list[bytes]:
        """As `seal`, for (row, revision, text) of many rows; `column` is record and field."""
        cipher, of = self._ciphers[self.sealing], (*column, self.account_id)
        return seal_each(cipher, self.sealing, of, rows)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Raises SealBroken when it was not sealed for this place."""
        try:
            cipher = self._ciphers[key_number(sealed)]
        except (KeyError, SealBroken):
            raise broken(place.record) from None
        return open_sealed(cipher, place, sealed)

    def open_each(
        self, column: tuple[str, str], rows: Sequence[tuple[bytes, int, bytes]]
    ) -> list[bytes]:
        """As `open`, for (row, revision, sealed) of many rows; `column` is record and field."""
        return open_each(self._ciphers, (*column, self.account_id), rows)

    def awaits_version(self, sealed: bytes) -> bool:
        """Whether a version that was made and does not open has sealed this.

        Should that come back, it opens again: nothing may take its place meanwhile.
        """
        try:
            number = key_number(sealed)
        except SealBroken:
            return False
        return 1 <= number <= self._made and number not in self._ciphers
