"""Interleaved rounds: each operation on each server in turn, over and over."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from benchmarks.asked import Operation
from benchmarks.ground import Ground
from benchmarks.load import Make, Tally, at_rate, saturate
from benchmarks.servers import Server, busy_seconds, cpu_seconds_of, family

WARM_UP_SECONDS = 1.5
"""So long that the answers of all who are asked have been kept."""
RATE_SHARE = 0.6
ALONE = "afterglow, one worker"
"""Runs where the others have several."""

FEWEST_DUE = 20
"""So few requests at least make a p99, however slow the operation."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long it all takes: rounds, and seconds of each run."""

    rounds: int
    seconds: float
    rate_seconds: float
    connections: int = 16


@dataclass(slots=True)
class Figures:
    """What one server did with one operation, a value for each round."""

    per_second: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    p99_seconds: list[float] = field(default_factory=list)


Results = dict[tuple[str, str], Figures]
"""By operation and server."""


@dataclass(slots=True)
class Noise:
    """How much of the machine's CPU time others took while servers were being measured."""

    shares: list[float] = field(default_factory=list)

    @contextmanager
    def around(self, ours: Sequence[int]) -> Iterator[None]:
        """`ours`: processes whose time is no noise."""
        begun, busy, own = perf_counter(), busy_seconds(), _all_cpu(ours)
        yield
        others = (busy_seconds() - busy) - (_all_cpu(ours) - own)
        self.shares.append(max(0.0, others) / (perf_counter() - begun))

    @property
    def middle(self) -> float:
        """Cores that others kept busy, the median of all runs."""
        return median(self.shares) if self.shares else 0.0


class Refused(Exception):
    """A server refused what all of them have to take: such a run measures nothing."""


class Measurement:
    """One run over all servers and operations."""

    def __init__(
        self, ground: Ground, servers: Sequence[Server], pace: Pace, ours: Sequence[int], say: Say
    ) -> None:
        """`ours`: processes that belong to the run beside the servers."""
        self._ground = ground
        self._servers = servers
        self._pace = pace
        self._ours = [*ours, *(server.pid for server in servers)]
        self._say = say
        self.results: Results = defaultdict(Figures)
        self.noise = Noise()

    def saturate(self, operations: Sequence[Operation]) -> None:
        """Throughput and CPU: 16 connections, each asking as soon as it is answered."""
        self._ground.databases.renew_tokens()
        for operation in operations:
            for server in self._serving(operation):
                self._loaded(operation, server, WARM_UP_SECONDS, seed=0)
        for number in range(self._pace.rounds):
            self._say(f"round {number + 1} of {self._pace.rounds}")
            self._ground.databases.renew_tokens()
            for operation in operations:
                for server in _rotated(self._serving(operation), number):
                    self._note(operation, server, number)

    def at_fixed_rate(self, operations: Sequence[Operation]) -> None:
        """p99 of bare and Afterglow at 60 % of what Afterglow can do."""
        for number in range(self._pace.rounds):
            self._say(f"fixed rate, round {number + 1} of {self._pace.rounds}")
            self._ground.databases.renew_tokens()
            for operation in operations:
                servers = [each for each in self._servers if each.name in ("bare", "afterglow")]
                for server in _rotated(servers, number):
                    self._note_p99(operation, server, number)

    def _serving(self, operation: Operation) -> list[Server]:
        return [
            server for server in self._servers if server.name != "usual" or operation.against_usual
        ]

    def _note(self, operation: Operation, server: Server, number: int) -> None:
        before = server.cpu_seconds()
        with _quiet(), self.noise.around(self._ours):
            tally = self._loaded(operation, server, self._pace.seconds, seed=number + 1)
        figures = self.results[operation.name, server.name]
        figures.per_second.append(tally.per_second)
        figures.cpu_seconds.append((server.cpu_seconds() - before) / len(tally.latencies))

    def _note_p99(self, operation: Operation, server: Server, number: int) -> None:
        rate = RATE_SHARE * median(self.results[operation.name, "afterglow"].per_second)
        seconds = max(self._pace.rate_seconds, FEWEST_DUE / rate)
        make = self._make(operation, server, seed=number + 1)
        with _quiet(), self.noise.around(self._ours):
            tally = at_rate(server.port, make, rate, seconds)
        _check(tally, operation, server)
        self.results[operation.name, server.name].p99_seconds.append(tally.percentile(0.99))

    def _loaded(self, operation: Operation, server: Server, seconds: float, seed: int) -> Tally:
        make = self._make(operation, server, seed)
        tally = saturate(server.port, make, seconds, self._pace.connections)
        _check(tally, operation, server)
        return tally

    def _make(self, operation: Operation, server: Server, seed: int) -> Make:
        if server.name == "bare" and operation.make_for_bare:
            return operation.make_for_bare(self._ground, seed)
        return operation.make(self._ground, seed)


def _check(tally: Tally, operation: Operation, server: Server) -> None:
    if tally.refused:
        raise Refused(
            f"{server.name} answered {operation.name} with {sorted(set(tally.refused))} "
            f"in {len(tally.refused)} of {len(tally.latencies)} answers"
        )


def _rotated(servers: Sequence[Server], number: int) -> list[Server]:
    """Nobody always comes first."""
    start = number % len(servers)
    return [*servers[start:], *servers[:start]]


def _all_cpu(pids: Sequence[int]) -> float:
    return sum(cpu_seconds_of(each) for pid in pids for each in family(pid))


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection of our own while somebody is measured."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
