"""Challenges: computed, not kept; each serves one ceremony, one device, once, for minutes."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.accounts import store_passkeys as store
from app.accounts.derivation import EPOCH
from app.accounts.spans import SKEW
from app.clock import Clock
from app.database import Transaction
from app.vault import Vault
from app.web.identity import SignedIn

LIFE = timedelta(minutes=5)
KEPT = timedelta(days=1)
"""How long a used proof is remembered beyond its end, lest a clock set backwards revive it."""

SWEEPS_ONE_IN = 256
MILLISECOND = timedelta(milliseconds=1)
TIME_SHIFT, VERSION_SHIFT, VARIANT_SHIFT = 80, 76, 62


class Ceremony(StrEnum):
    """What a challenge is for; it serves nothing else."""

    REGISTRATION = "registration"
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"


class Challenge(NamedTuple):
    """32 bytes to be signed, and the id by which they are computed again."""

    id: UUID
    value: bytes


class ChallengeOver(Exception):
    """The challenge is too old, or was never given."""


class Challenges:
    """Gives challenges and recognises them.

    A challenge is a keyed hash of its id, ceremony and device. The id says when it was given. So
    asking for one stores nothing, and a crowd of strangers who ask fills no table; what is stored
    is that one was used.
    """

    def __init__(self, vault: Vault, clock: Clock) -> None:
        """One a process."""
        self._vault = vault
        self._clock = clock

    def give(self, ceremony: Ceremony, device: SignedIn | None = None) -> Challenge:
        """A new one; `device` is the one that alone may answer it, if that is known."""
        challenge_id = _timed_id(self._clock())
        return Challenge(challenge_id, self._value(challenge_id, ceremony, device))

    def given(
        self, challenge_id: UUID, ceremony: Ceremony, device: SignedIn | None = None
    ) -> bytes:
        """The value that was given under this id, for this ceremony and device.

        Raises ChallengeOver. An id that nobody was given has a value that nobody knows.
        """
        given_at, now = _instant_of(challenge_id), self._clock()
        if not now - LIFE < given_at <= now + SKEW:
            raise ChallengeOver
        return self._value(challenge_id, ceremony, device)

    async def use(self, transaction: Transaction, challenge_id: UUID) -> bool:
        """Use it up in the transaction that does what it was for; False at the second time."""
        ends_at = _instant_of(challenge_id) + LIFE
        return await use_once(transaction, challenge_id.bytes, ends_at, self._clock())

    def _value(self, challenge_id: UUID, ceremony: Ceremony, device: SignedIn | None) -> bytes:
        whose = f"{device.account_id}/{device.device_id}" if device else ""
        return self._vault.blind_index("passkey_challenge", f"{ceremony}/{challenge_id}/{whose}")


async def use_once(
    transaction: Transaction, proof: bytes, ends_at: datetime, now: datetime
) -> bool:
    """Use up a proof that is good until `ends_at`; False when it was used before."""
    if secrets.randbelow(SWEEPS_ONE_IN) == 0:
        await store.forget_spent(transaction, now - KEPT)
    return await store.spend(transaction, hashlib.sha256(proof).digest(), ends_at)


def _timed_id(now: datetime) -> UUID:
    """A UUID of version 7: milliseconds since 1970, then random bits (RFC 9562)."""
    time = (now - EPOCH) // MILLISECOND
    number = time << TIME_SHIFT | secrets.randbits(TIME_SHIFT)
    number &= ~(0xF << VERSION_SHIFT | 0x3 << VARIANT_SHIFT)
    return UUID(int=number | 0x7 << VERSION_SHIFT | 0x2 << VARIANT_SHIFT)


def _instant_of(challenge_id: UUID) -> datetime:
    """When a timed id was made. Raises ChallengeOver for an instant beyond the calendar."""
    try:
        return EPOCH + (challenge_id.int >> TIME_SHIFT) * MILLISECOND
    except OverflowError:
        raise ChallengeOver from None
