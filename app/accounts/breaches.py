"""Whether a password has leaked, asked of a range service, which learns 20 bits of its hash.

The service answers `GET {url}/{five digits of the SHA-1}` with lines `{the other digits}:{times}`.
It is off unless a URL is set. Where it is slow, away or talks nonsense, the password may be used.
"""

import asyncio
import hashlib
import logging
from functools import cache
from typing import TYPE_CHECKING

from anyio import to_thread

if TYPE_CHECKING:
    from app.accounts.external.fetching import Fetcher

SECONDS = 2.0
AT_ONCE = 8
"""Questions under way; whoever comes while there are so many is not held up by one more."""

PREFIX_DIGITS = 5
HEADERS = {"Add-Padding": "true"}
"""Padded, answers to all prefixes are about as long: whoever sees the length learns nothing."""

LOG = logging.getLogger(__name__)


class Breaches:
    """Asks the service; one object a process. Nothing of an answer is kept."""

    def __init__(self, url: str) -> None:
        """`url` without the prefix; empty for no service."""
        self._url = url
        self._places = asyncio.Semaphore(AT_ONCE)

    async def know(self, password: str) -> bool:
        """Whether the service has seen it; False where it cannot be asked."""
        if not self._url or self._places.locked():
            return False
        digits = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            async with self._places, asyncio.timeout(SECONDS):
                lines = await self._range(digits[:PREFIX_DIGITS])
        except Exception:  # whatever is wrong with the service, nobody is kept out
            LOG.warning("the service of leaked passwords was not heard")
            return False
        found = dict(line.strip().upper().split(":", 1) for line in lines if ":" in line)
        return found.get(digits[PREFIX_DIGITS:], "0") != "0"  # what pads an answer was seen 0 times

    async def _range(self, prefix: str) -> list[str]:
        """Raises FetchFailed, or ValueError for an answer that is none."""
        fetcher = await to_thread.run_sync(_fetcher)
        return (await fetcher.read(f"{self._url}/{prefix}", HEADERS)).decode("ascii").splitlines()


@cache
def _fetcher() -> "Fetcher":
    """Loading the client and its certificates takes long enough to leave the event loop.

    The service may be a mirror in a network of the operator's own: nobody but the operator names
    it, nothing of its answer is shown, and its certificate has to be that of the name.
    """
    from app.accounts.external.fetching import (  # noqa: PLC0415 - only where a service is named
        Fetcher,
        is_of_a_host,
    )

    return Fetcher(is_allowed=is_of_a_host, plain_on_this_host=True)
