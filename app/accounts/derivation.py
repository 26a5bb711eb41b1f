"""A device's tokens, computed from its secret, so that a successor can be given again bit for bit.

refresh = MAC(secret, "refresh" ‖ device id ‖ generation)
access  = MAC(secret, "access" ‖ device id ‖ generation ‖ instant of issue), HMAC-SHA-256
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.accounts.tokens import TokenKind, token_of, value_of

SECRET_BYTES = 32
ID_BYTES, GENERATION_BYTES, MAC_BYTES = 16, 4, 32
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class RefreshClaim(NamedTuple):
    """What a refresh token says of itself; only the device's secret shows whether it is true."""

    device_id: UUID
    generation: int
    mac: bytes


def read_refresh_token(token: str) -> RefreshClaim:
    """The claim in a refresh token. Raises TokenMalformed."""
    value = value_of(TokenKind.REFRESH, token, ID_BYTES + GENERATION_BYTES + MAC_BYTES)
    generation = value[ID_BYTES:-MAC_BYTES]
    return RefreshClaim(
        UUID(bytes=value[:ID_BYTES]), int.from_bytes(generation, "big"), value[-MAC_BYTES:]
    )


def new_secret() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


class DeviceTokens:
    """Makes and recognises the tokens of one device."""

    __slots__ = ("_device_id", "_secret")

    def __init__(self, device_id: UUID, secret: bytes) -> None:
        """`secret`: the 32 bytes that this device alone has."""
        self._device_id = device_id
        self._secret = secret

    def refresh_token(self, generation: int) -> str:
        """The refresh token of a generation, always the same."""
        mac = self._mac(b"refresh", _generation(generation))
        return token_of(TokenKind.REFRESH, self._device_id.bytes + _generation(generation) + mac)

    def access_token(self, generation: int, issued_at: datetime) -> str:
        """The access token of a generation that was issued at this instant, always the same."""
        instant = ((issued_at - EPOCH) // MICROSECOND).to_bytes(8, "big")
        return token_of(TokenKind.ACCESS, self._mac(b"access", _generation(generation) + instant))

    def made(self, claim: RefreshClaim) -> bool:
        """Whether this device's secret made the token behind the claim."""
        mac = self._mac(b"refresh", _generation(claim.generation))
        return hmac.compare_digest(mac, claim.mac)

    def _mac(self, use: bytes, rest: bytes) -> bytes:
        return hmac.digest(self._secret, use + self._device_id.bytes + rest, hashlib.sha256)


def _generation(number: int) -> bytes:
    return number.to_bytes(GENERATION_BYTES, "big")
