"""`python -m benchmarks.start`: how long until the first answer, and what a worker holds then.

Afterglow and a bare server are started in turn, over and over; Afterglow once after it was told to
stop and once after it was killed under writes. Then one Afterglow answers every operation, and its
memory is told after each.
"""

import os
import signal
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Literal, NamedTuple

import typer

from benchmarks.__main__ import COMMANDS, prepare_bare, prepared, start
from benchmarks.asked import Operation
from benchmarks.ground import Extent, Ground
from benchmarks.load import saturate
from benchmarks.operations import OPERATIONS
from benchmarks.report import MOST_MIB, MOST_START_SECONDS
from benchmarks.servers import Memory, Server

EngineName = Literal["sqlite", "postgresql"]
KILLED_AFTER_SECONDS = 0.3
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Begun(NamedTuple):
    """A server that has just given its first answer."""

    seconds: float
    cpu_seconds: float
    memory: Memory


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    starts: Annotated[int, typer.Option(min=1, help="Of each server.")] = 10,
    patients: Annotated[int, typer.Option(min=2)] = 6,
    years: Annotated[float, typer.Option(min=0.01)] = 1.0,
    seconds: Annotated[float, typer.Option(help="Length of each operation's run.")] = 0.5,
) -> None:
    """Start servers in turn, and tell medians and spread."""
    with (
        tempfile.TemporaryDirectory(prefix="agstart") as folder,
        prepared(engine, Path(folder), Extent(patients, years, 4)) as ground,
    ):
        prepare_bare(ground)
        for name, begun in begun_in_turn(ground, starts).items():
            typer.echo(told(name, begun))
        for line in held(ground, seconds):
            typer.echo(line)


def begun_in_turn(ground: Ground, starts: int) -> dict[str, list[Begun]]:
    """By what was started, each start; a first round, which writes bytecode, does not count."""
    found: dict[str, list[Begun]] = defaultdict(list)
    for number in range(starts + 1):
        ground.databases.renew_tokens()
        round_of_all = {
            "bare": _begun(ground, "bare", _left_alone),
            "afterglow": _begun(ground, "afterglow", _killed_under_writes),
            "afterglow, killed before": _begun(ground, "afterglow", _left_alone),
        }
        for name, begun in round_of_all.items():
            if number:
                found[name].append(begun)
    return found


def _begun(ground: Ground, name: str, then: Callable[[Ground, Server], None]) -> Begun:
    with start(ground, name, COMMANDS[name]) as server:
        begun = Begun(server.start_seconds, server.cpu_seconds(), server.memory())
        then(ground, server)
    return begun


def _left_alone(_ground: Ground, _server: Server) -> None:
    """It is told to stop."""


def _killed_under_writes(ground: Ground, server: Server) -> None:
    saturate(server.port, _named("create").make(ground, 1), KILLED_AFTER_SECONDS)
    os.kill(server.pid, signal.SIGKILL)


def _named(name: str) -> Operation:
    return next(each for each in OPERATIONS if each.name == name)


def told(name: str, begun: Sequence[Begun]) -> str:
    """Medians, the spread of the seconds, and for Afterglow whether the goal was met."""
    seconds, cpu = [each.seconds for each in begun], [each.cpu_seconds for each in begun]
    line = (
        f"{name}: first answer after {median(seconds):.2f} s "
        f"({min(seconds):.2f} to {max(seconds):.2f}), {median(cpu):.2f} s of CPU"
    )
    if name == "afterglow":
        met = median(seconds) <= MOST_START_SECONDS
        line += f" (goal ≤ {MOST_START_SECONDS} s: {'met' if met else 'MISSED'})"
    resident = median(each.memory.resident for each in begun)
    private = median(each.memory.private for each in begun)
    return f"{line}; {resident:.0f} MiB, {private:.0f} of them its own"


def held(ground: Ground, seconds: float) -> Iterator[str]:
    """Memory of one Afterglow after each operation, in the order of the operations."""
    ground.databases.renew_tokens()
    with start(ground, "afterglow", COMMANDS["afterglow"]) as server:
        yield f"first answer: {server.memory()}"
        for operation in OPERATIONS:
            tally = saturate(server.port, operation.make(ground, 1), seconds)
            if tally.refused:
                raise RuntimeError(f"{operation.name}: {sorted(set(tally.refused))}")
            memory = server.memory()
            yield f"after {operation.title}: {memory}"
    met = memory.resident <= MOST_MIB
    yield f"goal ≤ {MOST_MIB:.0f} MiB resident: {'met' if met else 'MISSED'}"


if __name__ == "__main__":
    command()
