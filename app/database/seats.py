"""Places at a database: whoever finds none free waits, in the order of coming, and not for long."""

import asyncio

from app.database.errors import DatabaseOverloaded

WAIT_SECONDS = 2.0


class Seats:
    """So many at a time; `taken` and `waiting` tell how many there are."""

    def __init__(self, number: int) -> None:
        """All are free."""
        self._free = asyncio.Semaphore(number)
        self.taken = self.waiting = 0

    async def take(self) -> None:
        """Raises DatabaseOverloaded when none comes free in time."""
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()  # which waits for nothing: a timer would cost more than it
        self.taken += 1

    def leave(self) -> None:
        """Give back what was taken; the first who waits gets it."""
        self.taken -= 1
        self._free.release()

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseOverloaded("nothing came free") from None
        finally:
            self.waiting -= 1
