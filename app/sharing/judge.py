"""Passcodes are hashed and compared in threads of their own, so that nobody waits behind them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.sharing.passcodes import passcode_matches
from app.sharing.schemas import ShareDraft
from app.sharing.sealed import Secrets

THREADS = 2
"""argon2id takes 19 MiB a compare. What waits is bounded by the tries of the links."""

T = TypeVar("T")


class PasscodeJudge:
    """One object a process."""

    def __init__(self) -> None:
        """The threads start when they are needed."""
        self._threads = ThreadPoolExecutor(THREADS, "afterglow-passcode")

    async def secrets_for(self, draft: ShareDraft) -> Secrets:
        """Fresh secrets of a link, the hash of its passcode among them."""
        return await self._run(lambda: Secrets.made_for(draft))

    async def fits(self, attempt: str, secrets: Secrets) -> bool:
        """Whether the attempt is the link's passcode; False for a link without one."""
        verifier = secrets.verifier
        if verifier is None:
            return False
        return await self._run(
            lambda: passcode_matches(attempt, verifier, generated=secrets.generated)
        )

    def close(self) -> None:
        """Let running compares end; those that wait are dropped."""
        self._threads.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
