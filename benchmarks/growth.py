"""`python -m benchmarks.growth`: what requests cost in larger journals and with more patients.

Every figure is CPU time a request, divided by that of the smallest size of the same run. The
servers of all sizes run side by side and are asked in turn: what else the machine does hits all.
"""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Annotated, Literal

import typer

from benchmarks.__main__ import prepared, start
from benchmarks.asked import Operation
from benchmarks.ground import Extent, Ground
from benchmarks.load import saturate
from benchmarks.operations import BESIDE, EXPORT, OPERATIONS
from benchmarks.plot import plot
from benchmarks.servers import Server, of_afterglow

EngineName = Literal["sqlite", "postgresql"]
By = Literal["entries", "patients"]
Site = tuple[Ground, Server]

ENTRIES = (100, 1000, 10_000, 100_000)
PATIENTS = (10, 100, 1000, 10_000)
A_DAY = 4
DAYS_OF_A_PATIENT = 5
"""Where patients are many, journals are short."""
FEW_PATIENTS = 2
GOAL = 1.2
FLAT = (
    *("create", "list", "push", "pull", "idle", "open"),
    *("daily", "daily-cold", "summary", "summary-cold", "response"),
)
"""They should not grow."""

LINEAR = ("response-cold", "export")
"""They should grow as their journals do, and not faster."""
WARM_UP_SECONDS = 0.3
CONNECTIONS = 16
EXPORTS_TOGETHER = 2
"""More at once are told to come back."""
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(  # noqa: PLR0913, PLR0917 - each is an option of the command
    by: Annotated[By, typer.Option(help="What grows.")] = "entries",
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    size: Annotated[
        list[int] | None, typer.Option(help="Sizes, ascending; all by default.")
    ] = None,
    asked: Annotated[
        int | None,
        typer.Option(
            min=1, help="So many who read, and as many who write, are asked at each size."
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1)] = 5,
    seconds: Annotated[float, typer.Option(help="Length of each run.")] = 1.0,
    out: Annotated[Path | None, typer.Option(help="Write the plot, as SVG.")] = None,
) -> None:
    """Measure the same operations on databases of several sizes."""
    sizes = size or [*(ENTRIES if by == "entries" else PATIENTS)]
    measured_ones = (*OPERATIONS, *BESIDE, EXPORT)
    operations = [each for each in measured_ones if each.name in (*FLAT, *LINEAR)]
    with ExitStack() as stack:
        sites = [_site(stack, engine, by, each, asked) for each in sizes]
        costs = measured(sites, operations, rounds, seconds)
        typer.echo(table(by, sizes, costs))
        for each, (_, server) in zip(sizes, sites, strict=True):
            started = f"first answer after {server.start_seconds:.2f} s"
            typer.echo(f"{each} {by}: {server.memory_mib():.0f} MiB after load, {started}")
    if out:
        ratios = {name: [cost / line[0] for cost in line] for name, line in costs.items()}
        title = f"CPU of a request by {by}, {engine}: ratio to the smallest"
        out.write_text(plot(title, by, sizes, ratios, GOAL))


def _site(stack: ExitStack, engine: EngineName, by: By, size: int, asked: int | None) -> Site:
    """A seeded database of a size, and a server on it."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aggrow")))
    extent = extent_of(by, size)
    ground = replace(stack.enter_context(prepared(engine, folder, extent)), asked=asked)
    with start(ground, "afterglow", of_afterglow):
        pass  # for its bytecode
    return ground, stack.enter_context(start(ground, "afterglow", of_afterglow))


def extent_of(by: By, size: int) -> Extent:
    """So many entries for each of a few patients, or so many patients with a few entries."""
    if by == "patients":
        return Extent(size, DAYS_OF_A_PATIENT / 365, A_DAY)
    return Extent(FEW_PATIENTS, size / A_DAY / 365, A_DAY)


def measured(
    sites: Sequence[Site], operations: Sequence[Operation], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """By operation, the median CPU seconds of a request at each size."""
    found: dict[str, list[list[float]]] = defaultdict(lambda: [[] for _ in sites])
    for number in range(-1, rounds):
        for ground, _ in sites:
            ground.databases.renew_tokens()
        for operation in operations:
            for place, site in enumerate(sites):
                if number < 0:
                    _cost(site, operation, 0, WARM_UP_SECONDS)
                else:
                    found[operation.name][place].append(_cost(site, operation, number, seconds))
    return {name: [median(costs) for costs in line] for name, line in found.items()}


def _cost(site: Site, operation: Operation, seed: int, seconds: float) -> float:
    ground, server = site
    before = server.cpu_seconds()
    together = EXPORTS_TOGETHER if operation is EXPORT else CONNECTIONS
    tally = saturate(server.port, operation.make(ground, seed), seconds, together)
    if tally.refused:
        raise RuntimeError(f"{operation.name} was answered with {sorted(set(tally.refused))}")
    return (server.cpu_seconds() - before) / len(tally.latencies)


def table(by: By, sizes: Sequence[int], costs: dict[str, list[float]]) -> str:
    """Milliseconds at the smallest size, then ratios to it."""
    head = [f"| operation | ms at {sizes[0]:,} {by} |", *(f" {each:,} |" for each in sizes[1:])]
    lines = ["".join(head), "|---" * (1 + len(sizes)) + "|"]
    for name, line in costs.items():
        ratios = [f" {cost / line[0]:.2f} |" for cost in line[1:]]
        lines.append("".join([f"| {name} | {line[0] * 1000:.3f} |", *ratios]))
    return "\n".join(lines)


if __name__ == "__main__":
    command()
