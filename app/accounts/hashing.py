"""Slow hashes of secrets that people know, beside the event loop and never too many at once."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts.refusals import BusyHashing

RUNNING = 2
WAITING = 8
TIME_COST = 2
MEMORY_KIB = 19 * 1024
LANES = 1
T = TypeVar("T")


class Hasher:
    """argon2id in two threads of its own; one object a process, shared by all who hash.

    Two hashes run, eight wait, and whoever comes then is refused: so hashing never takes more
    than 38 MiB, and no request that reads stands behind one that hashes.
    """

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        """`time_cost`: passes; `memory_kib`: KiB a hash. Lower ones are for tests alone."""
        argon2id = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=LANES)
        self._argon2id = argon2id
        self._password_hash = PasswordHash((argon2id,))
        self._places = BoundedSemaphore(RUNNING + WAITING)
        self._threads = ThreadPoolExecutor(RUNNING, "afterglow-hash")
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

    def close(self) -> None:
        """Let running hashes end; those that wait are dropped."""
        self._threads.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise BusyHashing
        job = self._threads.submit(work)
        # A caller who goes away keeps the place until the thread is really free.
        job.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(job)
