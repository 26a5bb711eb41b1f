"""`python -m benchmarks`: what is fast, against what, in ratios."""

import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from benchmarks import report
from benchmarks.asked import Operation
from benchmarks.ground import Extent, Ground, copy_for_bare, empty_databases, settle
from benchmarks.kept_ground import keep, kept_in
from benchmarks.measuring import ALONE, Measurement, Pace
from benchmarks.operations import BESIDE, OPERATIONS
from benchmarks.prepared import keep_answers, keep_frame, keep_keys, keep_ready
from benchmarks.seeding import seed
from benchmarks.servers import Server, of_afterglow, of_uvicorn, started
from benchmarks.trend_operations import BOTH_OF_ALL
from tests.process import free_port

EngineName = Literal["sqlite", "postgresql"]
COMMANDS: dict[str, Callable[..., Sequence[str]]] = {
    "bare": partial(of_uvicorn, "benchmarks.bare:application"),
    "afterglow": of_afterglow,
    "usual": partial(of_uvicorn, "benchmarks.usual:application"),
}
"""Of a port, and a number of workers."""

command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(  # noqa: PLR0913, PLR0917 - each is an option of the command
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    patients: Annotated[int, typer.Option(min=2)] = 60,
    years: Annotated[float, typer.Option(min=0.01)] = 5.0,
    a_day: Annotated[int, typer.Option(min=1, max=8, help="Entries a day.")] = 4,
    rounds: Annotated[int, typer.Option(min=1)] = 5,
    seconds: Annotated[float, typer.Option(help="Length of each run.")] = 2.0,
    rate_seconds: Annotated[float, typer.Option(help="Length of each run at a fixed rate.")] = 4.0,
    only: Annotated[list[str] | None, typer.Option(help="Operations; all by default.")] = None,
    usual: Annotated[bool, typer.Option(help="Run the usual app too.")] = True,
    workers: Annotated[int, typer.Option(min=1, help="Processes of each server.")] = 1,
    asked: Annotated[
        int | None,
        typer.Option(min=1, help="So many who read, and as many who write, are asked for."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where files go, and stay for the next run; else a new one."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write every figure as JSON.")] = None,
) -> None:
    """Compare Afterglow with a bare server and with a usual one, in one interleaved run."""
    operations = [each for each in (*OPERATIONS, *BESIDE) if not only or each.name in only]
    extent, pace = Extent(patients, years, a_day), Pace(rounds, seconds, rate_seconds)
    with ExitStack() as stack:
        place = (folder and folder.resolve()) or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="agbench"))
        )
        ground = replace(stack.enter_context(prepared(engine, place, extent)), asked=asked)
        servers = [*stack.enter_context(running(ground, workers, usual=usual))]
        measured = Measurement(ground, servers, pace, [os.getpid()], typer.echo)
        main_ones = [each for each in operations if each in OPERATIONS]
        measured.saturate(main_ones)
        measured.at_fixed_rate(main_ones)
        # Afterwards, for these take the places of answers that were ready.
        measured.saturate([each for each in operations if each in BESIDE])
        measured.at_fixed_rate([each for each in operations if each in BOTH_OF_ALL])
        tell(measured, operations, servers)
        if out:
            write(measured, out)


@contextmanager
def prepared(engine: EngineName, folder: Path, extent: Extent) -> Iterator[Ground]:
    """Seeded databases, or those that an earlier run left in the folder.

    On PostgreSQL they stay where `AFTERGLOW_TEST_POSTGRESQL` names the server. Raises OtherGround.
    """
    known = kept_in(folder, engine, extent)
    if known is not None:
        typer.echo(f"{folder} was seeded before")
        known.databases.renew_tokens()
        yield known
        return
    last, now = datetime.now(UTC).date() - timedelta(days=1), datetime.now(UTC)
    with empty_databases(engine, folder) as databases:
        typer.echo(
            f"seeding {extent.patients} patients, {extent.years} years, {extent.a_day} a day"
        )
        seeded = asyncio.run(seed(databases, folder, extent, last))
        for url in (databases.afterglow, databases.usual):
            settle(url)
        copy_for_bare(databases)
        databases.renew_tokens()
        (folder / "answers").mkdir(exist_ok=True)
        ground = Ground(engine, folder, databases, extent, last, *seeded)
        if engine == "sqlite" or "AFTERGLOW_TEST_POSTGRESQL" in os.environ:
            keep(ground, now)
        yield ground


@contextmanager
def running(ground: Ground, workers: int = 1, *, usual: bool) -> Iterator[list[Server]]:
    """The servers under test, and where they have several workers, Afterglow with one.

    Afterglow runs once before, for the answers that bare gives and for the bytecode of all.
    """
    prepare_bare(ground)
    names = ["bare", "afterglow", *(["usual"] if usual else [])]
    commands: dict[str, Callable[[int], Sequence[str]]] = {
        name: partial(COMMANDS[name], workers=workers) for name in names
    }
    if workers > 1:
        commands[ALONE] = of_afterglow
    with ExitStack() as stack:
        yield [stack.enter_context(start(ground, name, each)) for name, each in commands.items()]


def prepare_bare(ground: Ground) -> None:
    """What bare gives, opens and seals, for which Afterglow runs once."""
    with start(ground, "afterglow", of_afterglow) as first:
        keep_answers(ground, first)
        keep_keys(ground)
        keep_frame(ground)
    asyncio.run(keep_ready(ground))


def start(
    ground: Ground, name: str, command: Callable[[int], Sequence[str]]
) -> AbstractContextManager[Server]:
    """A server on a port of its own."""
    port = free_port()
    log = ground.folder / f"{name}.log"
    return started(name, port, command(port), ground.environment, log)


def tell(measured: Measurement, operations: Sequence[Operation], servers: Sequence[Server]) -> None:
    """Print the ratios."""
    typer.echo("")
    for line in report.table(report.lines(measured.results, operations)):
        typer.echo(line)
    typer.echo("")
    for line in report.workers(servers):
        typer.echo(line)
    typer.echo(f"others kept {measured.noise.middle:.2f} of {os.cpu_count()} cores busy (median)")


def write(measured: Measurement, out: Path) -> None:
    """Every figure of every round."""
    figures = {
        f"{operation} {server}": asdict(each)
        for (operation, server), each in measured.results.items()
    }
    out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    command()
