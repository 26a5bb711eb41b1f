"""An open loop: requests fall due at even distances, whether those before are answered or not."""

import asyncio
import gc
from array import array
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

from benchmarks.connections import Connection, connect
from benchmarks.load import PATIENCE_SECONDS, percentile, precise_loop
from benchmarks.steady.phones import Phone, Writing
from benchmarks.steady.requests import REFRESH_SECONDS, Crowd, Deed, is_expected

CONNECTIONS = 64
REQUESTS_OF_A_CONNECTION = 200
"""Then another takes its place: phones come and go, and proxies do not keep one for ever either.

Connections that were all made at rest may all lie with one of several server processes.
"""
CUT = 0
"""Stands for the status of an answer that did not come: the connection was cut."""

Latencies = dict[str, "array[float]"]


@dataclass(slots=True)
class Heard:
    """What the phones heard: latencies in seconds by kind, and what was wrong, by kind and status.

    A latency counts from the moment when the request was due. `lags`: how late the generator itself
    was to notice that moment.
    """

    latencies: Latencies = field(default_factory=dict)
    wrong: "Counter[tuple[str, int]]" = field(default_factory=Counter)
    lags: "array[float]" = field(default_factory=lambda: array("f"))
    phones: list[Phone] = field(default_factory=list)
    unanswered: int = 0
    """Requests whose answers were no longer waited for."""
    written: int = 0
    """Entries that were created or changed, and acknowledged."""

    def note(self, kind: str, seconds: float) -> None:
        """An answer came."""
        self.latencies.setdefault(kind, array("f")).append(seconds)

    def percentile(self, share: float, *kinds: str) -> float:
        """In seconds, of some kinds of request or of all."""
        some = kinds or tuple(self.latencies)
        return percentile((each for kind in some for each in self.latencies.get(kind, ())), share)

    def percentiles(self, share: float, parts: int) -> list[float]:
        """The same of all requests, of each of so many equal parts of the run in turn."""
        found = []
        for part in range(parts):
            told = (
                each[len(each) * part // parts : len(each) * (part + 1) // parts]
                for each in self.latencies.values()
            )
            found.append(percentile((seconds for some in told for seconds in some), share))
        return found

    def lag(self, share: float) -> float:
        """In seconds, of the generator."""
        return percentile(self.lags, share)

    def answers(self, *kinds: str) -> int:
        """How many came, to requests of some kinds or to all."""
        return sum(len(self.latencies.get(kind, ())) for kind in kinds or tuple(self.latencies))


def generate(  # noqa: PLR0913, PLR0917 - what a run consists of
    port: int,
    phones: Sequence[Phone],
    writing: Writing,
    mix: str,
    per_second: float,
    seconds: float,
    refresh_seconds: float = REFRESH_SECONDS,
) -> Heard:
    """Load the server; for a process of its own. A server that is behind gets another minute."""
    crowd = Crowd(phones, writing, mix, refresh_seconds=refresh_seconds)
    before = sum(phone.changes for phone in phones)
    run = _OpenLoop(port, crowd, per_second, seconds)
    gc.disable()  # its pauses would be taken for the server's; what is kept here has no rings
    try:
        with asyncio.Runner(loop_factory=precise_loop) as runner:
            heard = runner.run(run.drive())
    finally:
        gc.enable()
    heard.phones = [*phones]
    heard.written = sum(phone.changes for phone in phones) - before
    return heard


class _OpenLoop:
    def __init__(self, port: int, crowd: Crowd, per_second: float, seconds: float) -> None:
        self._port, self._crowd = port, crowd
        self._distance = 1 / per_second
        self._all = max(1, round(per_second * seconds))
        self._due: deque[tuple[int, float]] = deque()
        self._free: deque[Connection] = deque()
        self._asked: dict[Connection, Deed] = {}
        self._heard = Heard()
        self._left = self._all
        self._over = asyncio.Event()
        self._renewing: set[asyncio.Task[None]] = set()

    async def drive(self) -> Heard:
        self._free.extend(await connect(self._port, CONNECTIONS, self._answered, self._lost))
        begun = perf_counter()
        for number in range(self._all):
            due = begun + number * self._distance
            await asyncio.sleep(max(0.0, due - perf_counter()))
            self._heard.lags.append(max(0.0, perf_counter() - due))
            self._due.append((number, due))
            self._send_due()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._over.wait()
        self._heard.unanswered = self._left
        for renewing in self._renewing:
            renewing.cancel()
        await asyncio.gather(*self._renewing, return_exceptions=True)
        for connection in (*self._free, *self._asked):
            connection.close()
        return self._heard

    def _send_due(self) -> None:
        while self._due and self._free:
            number, due = self._due[0]
            deed = self._crowd.next(number)
            if deed is None:
                return
            self._due.popleft()
            connection = self._free.popleft()
            self._asked[connection] = deed
            connection.send(deed.request, due)

    def _answered(self, connection: Connection, status: int, body: bytes) -> None:
        deed = self._asked.pop(connection)
        self._heard.note(deed.kind, perf_counter() - connection.since)
        right = is_expected(deed.kind, status) and deed.heard(connection.head, body)
        if connection.asked < REQUESTS_OF_A_CONNECTION:
            self._free.append(connection)
        else:
            connection.close()
            self._begin_renewal()
        self._end(deed, None if right else status)

    def _lost(self, connection: Connection) -> None:
        """The server closed it: in the middle of a request that is a fault of its own."""
        if connection in self._free:
            self._free.remove(connection)
        self._begin_renewal()
        if deed := self._asked.pop(connection, None):
            self._end(deed, CUT)

    def _begin_renewal(self) -> None:
        renewing = asyncio.get_running_loop().create_task(self._renew())
        self._renewing.add(renewing)
        renewing.add_done_callback(self._renewing.discard)

    async def _renew(self) -> None:
        self._free.extend(await connect(self._port, 1, self._answered, self._lost))
        self._send_due()

    def _end(self, deed: Deed, wrong: int | None) -> None:
        deed.phone.under_way -= 1
        if wrong is not None:
            self._heard.wrong[deed.kind, wrong] += 1
        self._left -= 1
        if not self._left:
            self._over.set()
        self._send_due()
