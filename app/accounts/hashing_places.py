"""Places for slow hashes: two threads of their own, a short queue, and an answer for the rest."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore, Lock, get_native_id
from typing import NoReturn, TypeVar

from app.accounts.refusals import BusyHashing
from app.telemetry import throttled

RUNNING = 2
WAITING = 8
NICENESS = 10
"""Of the threads that hash, above the process's own: reads do not wait for a core that hashes."""

TURNED_AWAY_SECONDS = 0.5
"""Until whoever finds no place is told so. A crowd that asks again at once would else be refused a
thousand times a second, and everybody who reads would stand behind these refusals."""

MOST_TURNED_AWAY = 500
"""So many are held for that long; who comes then is told at once: they take memory."""

T = TypeVar("T")


class HashingPlaces:
    """Two hashes run, eight wait, and whoever comes then is refused, a moment later.

    So hashing never takes more than 38 MiB, and no request that reads stands behind one that
    hashes.
    """

    def __init__(self, name: str) -> None:
        """The threads, which have this name, start when they are needed."""
        self._places = BoundedSemaphore(RUNNING + WAITING)
        self._held, self._counting = 0, Lock()
        self._turned_away = 0
        self._threads = ThreadPoolExecutor(RUNNING, name, _give_way)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, from a thread. Raises BusyHashing, and what `work` raises."""
        if not self._places.acquire(blocking=False):
            await self._turn_away()
        self._count(1)
        job = self._threads.submit(work)
        # A caller who goes away keeps the place until the thread is really free.
        job.add_done_callback(lambda _: self._leave())
        return await asyncio.wrap_future(job)

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
