"""Whether a password has leaked, asked of a range service, which learns 20 bits of its hash.

The service answers `GET {url}/{five digits of the SHA-1}` with lines `{the other digits}:{times}`.
It is off unless a URL is set. Where it is slow, away or talks nonsense, the password may be used.
"""

import asyncio
import hashlib
import logging
import ssl
from functools import cache

from anyio import to_thread

SECONDS = 2.0
AT_ONCE = 8
"""Questions under way; whoever comes while there are so many is not held up by one more."""

MOST_BYTES = 256 * 1024
PREFIX_DIGITS = 5
HEADERS = {"Add-Padding": "true", "Accept-Encoding": "identity"}
"""Padded, answers to all prefixes are about as long: whoever sees the length learns nothing."""

OK = 200
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
        except Exception as fault:  # whatever is wrong with the service, nobody is kept out
            LOG.warning("the service of leaked passwords was not heard: %s", type(fault).__name__)
            return False
        found = dict(line.strip().upper().split(":", 1) for line in lines if ":" in line)
        return found.get(digits[PREFIX_DIGITS:], "0") != "0"  # what pads an answer was seen 0 times

    async def _range(self, prefix: str) -> list[str]:
        """Raises ValueError for an answer that is none, and what the client raises."""
        trusted = await to_thread.run_sync(_trusted)
        import httpx  # noqa: PLC0415 - only where a service is named; loaded by now

        body = bytearray()
        async with (
            httpx.AsyncClient(verify=trusted, trust_env=False, timeout=SECONDS) as http,
            http.stream("GET", f"{self._url}/{prefix}", headers=HEADERS) as answer,
        ):
            if answer.status_code != OK or "content-encoding" in answer.headers:
                raise ValueError("no range")
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise ValueError("too long a range")
        return body.decode("ascii").splitlines()


@cache
def _trusted() -> ssl.SSLContext:
    """Loading the client and its certificates takes long enough to leave the event loop."""
    import httpx  # noqa: PLC0415 - as above

    return httpx.create_ssl_context(trust_env=False)
