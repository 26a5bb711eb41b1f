"""Work that goes on beside the requests: as long as the service runs, or until it is done."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


@asynccontextmanager
async def in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run `work` meanwhile; it is cancelled, and has ended, when this does."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Shared(Generic[K, T]):
    """Work that is done once for all who want it meanwhile, whoever of them goes away."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._under_way: dict[K, asyncio.Task[T]] = {}

    def task(self, key: K, make: Callable[[], Coroutine[None, None, T]]) -> "asyncio.Task[T]":
        """What is under way under this key, or else begins now; who waits for it must shield it."""
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(make())
            task.add_done_callback(lambda _: self._under_way.pop(key))
        return task

    def under_way(self) -> "set[asyncio.Task[T]]":
        """All that has not ended."""
        return set(self._under_way.values())

    @asynccontextmanager
    async def ending(self) -> AsyncIterator[None]:
        """What is under way is cancelled, and has ended, when this does: nobody waits any more."""
        try:
            yield
        finally:
            left = self.under_way()
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
