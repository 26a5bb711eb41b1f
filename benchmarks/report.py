"""The ratios of a run, with their spread over the rounds, beside the goals."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from benchmarks.asked import Operation
from benchmarks.measuring import ALONE, Figures, Results
from benchmarks.servers import Server

MOST_MIB = 120.0
MOST_START_SECONDS = 1.5
HEADER = (
    "operation",
    "throughput ÷ bare",
    "CPU ÷ bare",
    "p99 ÷ bare",
    "throughput ÷ usual",
)
BESIDE_ONE_WORKER = "throughput ÷ one worker"
MORE_WITH_WORKERS = 1.7
"""Where the machine has a core for each."""


class Ratio(NamedTuple):
    """The median of the rounds' ratios, and the lowest and highest of them."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, ours: Sequence[float], theirs: Sequence[float]) -> "Ratio | None":
        """Round by round, what ran side by side; None without rounds."""
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=False) if other]
        return cls(median(ratios), min(ratios), max(ratios)) if ratios else None


class Judged(NamedTuple):
    """A ratio with the goal it is held against."""

    ratio: Ratio | None
    goal: float | None
    at_least: bool

    @property
    def met(self) -> bool | None:
        """Whether the median meets the goal; None where there is nothing to judge."""
        if self.ratio is None or self.goal is None:
            return None
        return self.ratio.middle >= self.goal if self.at_least else self.ratio.middle <= self.goal

    def __str__(self) -> str:
        """`0.81 (0.78–0.85), goal ≥ 0.75 met`."""
        if self.ratio is None:
            return "–"
        middle, low, high = (_short(value) for value in self.ratio)
        told = f"**{middle}** ({low}–{high})"
        if self.met is None or self.goal is None:
            return told
        sign = "≥" if self.at_least else "≤"
        return f"{told} {sign} {_short(self.goal)} {'met' if self.met else 'MISSED'}"


class Line(NamedTuple):
    """One operation of the table."""

    title: str
    throughput: Judged
    cpu: Judged
    p99: Judged
    usual: Judged
    alone: Judged


def lines(results: Results, operations: Sequence[Operation]) -> list[Line]:
    """All ratios of a run."""
    return [_line(results, operation) for operation in operations]


def table(found: Sequence[Line]) -> Iterator[str]:
    """A Markdown table."""
    several = any(line.alone.ratio for line in found)
    header = [*HEADER, *([BESIDE_ONE_WORKER] if several else [])]
    yield _row(header)
    yield _row(["---"] * len(header))
    for line in found:
        yield _row([str(cell) for cell in line][: len(header)])


def workers(servers: Sequence[Server]) -> Iterator[str]:
    """Memory after the load and start-up of each server; the goals are Afterglow's."""
    for server in servers:
        memory, start = server.memory_mib(), server.start_seconds
        told = f"{server.name}: {memory:.0f} MiB after load, first answer after {start:.2f} s"
        if server.name == "afterglow":
            told += f" (goals ≤ {MOST_MIB:.0f} MiB {_word(met=memory <= MOST_MIB)}, "
            told += f"≤ {MOST_START_SECONDS} s {_word(met=start <= MOST_START_SECONDS)})"
        yield told


def _line(results: Results, operation: Operation) -> Line:
    bare, ours, usual, alone = (
        results.get((operation.name, server), Figures())
        for server in ("bare", "afterglow", "usual", ALONE)
    )
    goal = operation.goal
    return Line(
        operation.title,
        Judged(Ratio.of(ours.per_second, bare.per_second), goal.throughput, at_least=True),
        Judged(Ratio.of(ours.cpu_seconds, bare.cpu_seconds), goal.cpu, at_least=False),
        Judged(Ratio.of(ours.p99_seconds, bare.p99_seconds), goal.p99, at_least=False),
        Judged(Ratio.of(ours.per_second, usual.per_second), goal.usual, at_least=True),
        Judged(Ratio.of(ours.per_second, alone.per_second), MORE_WITH_WORKERS, at_least=True),
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _word(*, met: bool) -> str:
    return "met" if met else "MISSED"
