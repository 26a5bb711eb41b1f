"""Waiting until something is so, however long this machine takes, and never for ever."""

import asyncio
from collections.abc import Callable

PATIENCE_SECONDS = 30.0
"""Far longer than anything here takes: what is not so by then never will be."""


async def until(met: Callable[[], object]) -> None:
    """Come back when that is so. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not met():
            await asyncio.sleep(0.005)
