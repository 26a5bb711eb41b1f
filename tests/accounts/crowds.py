"""A crowd before a hasher's door, that stands there for as long as a test wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

from app.accounts.hashing import Hasher


@asynccontextmanager
async def crowd(hasher: Hasher, people: int) -> AsyncIterator[None]:
    """`people` of the places are taken; when it is over, all of them are free again."""
    over = Event()
    standing = [asyncio.ensure_future(hasher.places.run(over.wait)) for _ in range(people)]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*standing)
