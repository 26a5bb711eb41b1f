"""A small HTTP/1.1 load generator: as fast as it goes, or at a fixed rate from the due time."""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Any, TypeVar

import uvloop

from benchmarks.connections import HEAD_END, Connection, connect

T = TypeVar("T")
PATIENCE_SECONDS = 60.0

Make = Callable[[int], bytes]
"""The n-th request of a run, as bytes on the wire."""


def wire(
    method: str, path: str, token: str = "", body: bytes = b"", *, gzip: bool = False
) -> bytes:
    """A whole request with a bearer token (none for an empty one), of a client that takes gzip."""
    lines = [f"{method} {path} HTTP/1.1", "Host: afterglow.example"]
    if gzip:
        lines.append("Accept-Encoding: gzip")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + HEAD_END + body


@dataclass(slots=True)
class Tally:
    """What a run saw: latencies in seconds, and the statuses that were not 2xx.

    At a fixed rate, `lags` are how late the generator itself noticed that a request was due: on a
    machine without a free core a part of each latency is its own.
    """

    latencies: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """A latency in seconds: `share` of the answers came at least so fast."""
        return percentile(self.latencies, share)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def saturate(port: int, make: Make, seconds: float, connections: int = 16) -> Tally:
    """Each connection asks anew as soon as it is answered."""
    run = _Saturation(make, seconds)
    return _run(run.drive(port, connections), uvloop.new_event_loop)


def at_rate(
    port: int, make: Make, per_second: float, seconds: float, connections: int = 64
) -> Tally:
    """Requests fall due at even distances; a latency counts from then, not from the sending."""
    run = _FixedRate(make, per_second, seconds)
    return _run(run.drive(port, connections), precise_loop)


def ask(port: int, request: bytes) -> bytes:
    """The body of one answer. Raises RuntimeError when it is not 2xx."""
    asked = _Asking(request)
    return _run(asked.drive(port), uvloop.new_event_loop)


def precise_loop() -> asyncio.AbstractEventLoop:
    """select() waits by the microsecond; epoll, and uvloop with it, by the millisecond."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def _run(work: Coroutine[Any, Any, T], loop: Callable[[], asyncio.AbstractEventLoop]) -> T:
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(work)


class _Run:
    """What both ways to load have in common: requests, a tally, and an end."""

    def __init__(self, make: Make, seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._numbers = count()
        self._tally = Tally()
        self._over = asyncio.Event()

    def _note(self, connection: Connection, status: int) -> float:
        now = perf_counter()
        self._tally.latencies.append(now - connection.since)
        if not 200 <= status < 300:
            self._tally.refused.append(status)
        return now


class _Saturation(_Run):
    async def drive(self, port: int, connections: int) -> Tally:
        asking = await connect(port, connections, self._answered)
        self._busy = len(asking)
        begun = perf_counter()
        self._until = begun + self._seconds
        for connection in asking:
            connection.send(self._make(next(self._numbers)), perf_counter())
        async with asyncio.timeout(self._seconds + PATIENCE_SECONDS):
            await self._over.wait()
        self._tally.seconds = perf_counter() - begun
        for connection in asking:
            connection.close()
        return self._tally

    def _answered(self, connection: Connection, status: int, _body: bytes) -> None:
        now = self._note(connection, status)
        if now < self._until:
            connection.send(self._make(next(self._numbers)), now)
        else:
            self._busy -= 1
            if not self._busy:
                self._over.set()


class _FixedRate(_Run):
    def __init__(self, make: Make, per_second: float, seconds: float) -> None:
        super().__init__(make, seconds)
        self._distance = 1 / per_second
        self._all = max(1, int(per_second * seconds))
        self._due: deque[float] = deque()
        self._free: list[Connection] = []

    async def drive(self, port: int, connections: int) -> Tally:
        self._free = asking = await connect(port, connections, self._answered)
        self._free = [*asking]
        begun = perf_counter()
        for number in range(self._all):
            due = begun + number * self._distance
            wait = due - perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            self._tally.lags.append(perf_counter() - due)
            self._due.append(due)
            self._send_due()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._over.wait()
        self._tally.seconds = perf_counter() - begun
        for connection in asking:
            connection.close()
        return self._tally

    def _send_due(self) -> None:
        while self._due and self._free:
            self._free.pop(0).send(self._make(next(self._numbers)), self._due.popleft())

    def _answered(self, connection: Connection, status: int, _body: bytes) -> None:
        self._note(connection, status)
        self._free.append(connection)
        self._send_due()
        if len(self._tally.latencies) == self._all:
            self._over.set()


class _Asking:
    def __init__(self, request: bytes) -> None:
        self._request = request

    async def drive(self, port: int) -> bytes:
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        (connection,) = await connect(
            port, 1, lambda _, status, body: answer.set_result((status, body))
        )
        connection.send(self._request, perf_counter())
        async with asyncio.timeout(PATIENCE_SECONDS):
            status, body = await answer
        connection.close()
        if not 200 <= status < 300:
            raise RuntimeError(f"the answer was {status}")
        return body
