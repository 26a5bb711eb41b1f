"""Slow hashes of secrets that people know, beside the event loop and never too many at once."""

import math
import secrets
from collections.abc import Callable
from time import perf_counter

from argon2 import extract_parameters
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts.hashing_places import HashingPlaces

TIME_COST = 2
MEMORY_KIB = 19 * 1024
LANES = 1
LEAST_SECONDS = 0.05
"""What a hash should cost whoever guesses; on the way to twice that it costs patients too much."""

MOST_PASSES = 64
MEASURED = 3


class Hasher:
    """argon2id at its places; one object a process, shared by all who hash."""

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        """`time_cost`: passes; `memory_kib`: KiB a hash. Lower ones are for tests alone."""
        argon2id = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=LANES)
        self._argon2id, self._passes, self._memory_kib = argon2id, time_cost, memory_kib
        self._password_hash = PasswordHash((argon2id,))
        self.places = HashingPlaces("afterglow-hash")
        self._nobodys = self._password_hash.hash(secrets.token_urlsafe())

    async def hash(self, secret: str) -> str:
        """The hash of `secret` exactly as it was sent. Raises BusyHashing."""
        return await self.places.run(lambda: self._password_hash.hash(secret))

    async def verify(self, secret: str, hashed: str | None) -> bool:
        """Whether `hashed` was made from `secret`. Raises BusyHashing.

        None does the same work and answers False, so that time does not tell whether there was
        anything to compare with. So a hash that cost less than hashes do now gets the rest of
        their work; one that cost more is not hidden by this.
        """
        known = hashed or self._nobodys
        fits = await self.places.run(lambda: self._compared(secret, known))
        return fits and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether a hash was made at another cost than the current one."""
        return self._argon2id.check_needs_rehash(hashed)

    async def refuse_if_full(self) -> None:
        """Turn a caller away before the work that leads to a hash. Raises BusyHashing."""
        await self.places.refuse_if_full()

    def held(self) -> int:
        """How many run or wait."""
        return self.places.held()

    def _compared(self, secret: str, known: str) -> bool:
        fits = self._password_hash.verify(secret, known)
        cost = extract_parameters(known)
        done = round(cost.time_cost * cost.memory_cost / self._memory_kib)
        if done < self._passes:
            work(self._passes - done, self._memory_kib)
        return fits

    def close(self) -> None:
        """Let running hashes end; those that wait are dropped."""
        self.places.close()


def work(passes: int, memory_kib: int) -> None:
    """What so many passes of a hash cost."""
    rest = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
    rest.hash("a secret of the usual length")


def calibrated_passes(seconds_of: Callable[[int], float] | None = None) -> int:
    """Passes with which a hash takes 50 to 100 ms on this machine, at least the usual two.

    `seconds_of` measures a hash of so many passes. A machine on which two passes take longer
    keeps to two.
    """
    measure = seconds_of or _seconds_of
    a_pass = min(measure(TIME_COST) for _ in range(MEASURED)) / TIME_COST
    return min(MOST_PASSES, max(TIME_COST, math.ceil(LEAST_SECONDS / a_pass)))


def _seconds_of(passes: int) -> float:
    begun = perf_counter()
    work(passes, MEMORY_KIB)
    return perf_counter() - begun
