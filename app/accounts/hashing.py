"""Slow hashes of secrets that people know, beside the event loop and never too many at once."""

import asyncio
import math
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore, Lock, get_native_id
from time import perf_counter
from typing import NoReturn, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts.refusals import BusyHashing
from app.telemetry import throttled

RUNNING = 2
WAITING = 8
TIME_COST = 2
MEMORY_KIB = 19 * 1024
LANES = 1
LEAST_SECONDS = 0.05
"""What a hash should cost whoever guesses; on the way to twice that it costs patients too much."""

MOST_PASSES = 64
NICENESS = 10
"""Of the threads that hash, above the process's own: reads do not wait for a core that hashes."""

TURNED_AWAY_SECONDS = 0.5
"""Until whoever finds no place is told so. A crowd that asks again at once would else be refused a
thousand times a second, and everybody who reads would stand behind these refusals."""

MOST_TURNED_AWAY = 500
"""So many are held for that long; who comes then is told at once: they take memory."""

MEASURED = 3
T = TypeVar("T")


class Hasher:
    """argon2id in two threads of its own; one object a process, shared by all who hash.

    Two hashes run, eight wait, and whoever comes then is refused, a moment later: so hashing never
    takes more than 38 MiB, and no request that reads stands behind one that hashes.
    """

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        """`time_cost`: passes; `memory_kib`: KiB a hash. Lower ones are for tests alone."""
        argon2id = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=LANES)
        self._argon2id = argon2id
        self._password_hash = PasswordHash((argon2id,))
        self._places = BoundedSemaphore(RUNNING + WAITING)
        self._held, self._counting = 0, Lock()
        self._turned_away = 0
        self._threads = ThreadPoolExecutor(RUNNING, "afterglow-hash", _give_way)
        self._nobodys = self._password_hash.hash(secrets.token_urlsafe())

    async def hash(self, secret: str) -> str:
        """The hash of `secret` exactly as it was sent. Raises BusyHashing."""
        return await self._run(lambda: self._password_hash.hash(secret))

    async def verify(self, secret: str, hashed: str | None) -> bool:
        """Whether `hashed` was made from `secret`. Raises BusyHashing.

        None does the same work and answers False, so that time does not tell whether there was
        anything to compare with.
        """
        known = hashed or self._nobodys
        fits = await self._run(lambda: self._password_hash.verify(secret, known))
        return fits and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether a hash was made at another cost than the current one."""
        return self._argon2id.check_needs_rehash(hashed)

    async def refuse_if_full(self) -> None:
        """Turn a caller away before the work that leads to a hash. Raises BusyHashing."""
        if self._held >= RUNNING + WAITING:
            await self._turn_away()

    def held(self) -> int:
        """How many run or wait."""
        return self._held

    def close(self) -> None:
        """Let running hashes end; those that wait are dropped."""
        self._threads.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            await self._turn_away()
        self._count(1)
        job = self._threads.submit(work)
        # A caller who goes away keeps the place until the thread is really free.
        job.add_done_callback(lambda _: self._leave())
        return await asyncio.wrap_future(job)

    async def _turn_away(self) -> NoReturn:
        """Raises BusyHashing, after a moment."""
        throttled("hashing")
        if self._turned_away < MOST_TURNED_AWAY:
            self._turned_away += 1
            try:
                await asyncio.sleep(TURNED_AWAY_SECONDS)
            finally:
                self._turned_away -= 1
        raise BusyHashing

    def _leave(self) -> None:
        self._count(-1)
        self._places.release()

    def _count(self, change: int) -> None:
        with self._counting:  # places are taken in the loop and left in the threads
            self._held += change


def _give_way() -> None:
    """Let the thread that answers requests go first where cores are few."""
    with suppress(OSError):
        usual = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, get_native_id(), usual + NICENESS)


def calibrated_passes(seconds_of: Callable[[int], float] | None = None) -> int:
    """Passes with which a hash takes 50 to 100 ms on this machine, at least the usual two.

    `seconds_of` measures a hash of so many passes. A machine on which two passes take longer
    keeps to two.
    """
    measure = seconds_of or _seconds_of
    a_pass = min(measure(TIME_COST) for _ in range(MEASURED)) / TIME_COST
    return min(MOST_PASSES, max(TIME_COST, math.ceil(LEAST_SECONDS / a_pass)))


def _seconds_of(passes: int) -> float:
    hasher = Argon2Hasher(time_cost=passes, memory_cost=MEMORY_KIB, parallelism=LANES)
    begun = perf_counter()
    hasher.hash("a secret of the usual length")
    return perf_counter() - begun
