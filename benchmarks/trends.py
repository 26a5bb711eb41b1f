"""`python -m benchmarks.trends`: every trend of long journals against bare, ready and computed."""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from benchmarks.__main__ import prepared, running, tell
from benchmarks.ground import Extent
from benchmarks.measuring import Measurement, Pace
from benchmarks.trend_operations import TRENDS

A_DAY = 4
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(  # noqa: PLR0913, PLR0917 - what a run consists of
    engine: Annotated[Literal["sqlite", "postgresql"], typer.Option()] = "sqlite",
    entries: Annotated[int, typer.Option(help="Of each journal.")] = 15_000,
    patients: Annotated[int, typer.Option(min=2, help="Half of them are asked for.")] = 4,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    seconds: Annotated[float, typer.Option(help="Length of each run.")] = 1.0,
    rate_seconds: Annotated[float, typer.Option(help="Length of each run at a fixed rate.")] = 1.0,
    only: Annotated[
        list[str] | None, typer.Option(help="Such operations alone, by name: daily, summary, …")
    ] = None,
) -> None:
    """Compare every operation of the trends with bare: answers that are kept, and others."""
    asked = [each for each in TRENDS if only is None or each.name in only]
    ready = [each.when_ready for each in asked]
    computed = [each.when_computed for each in asked]
    both = [each.when_both_compute for each in asked]
    extent, pace = (
        Extent(patients, entries / A_DAY / 365, A_DAY),
        Pace(rounds, seconds, rate_seconds),
    )
    with (
        tempfile.TemporaryDirectory(prefix="agtrends") as folder,
        prepared(engine, Path(folder), extent) as ground,
        running(ground, usual=False) as servers,
    ):
        measured = Measurement(ground, servers, pace, [os.getpid()], typer.echo)
        measured.saturate(ready)
        measured.at_fixed_rate(ready)
        measured.saturate([*computed, *both])  # which take the places of those that were ready
        measured.at_fixed_rate(both)
        rows = [each for row in zip(ready, computed, both, strict=True) for each in row]
        tell(measured, rows, servers)


if __name__ == "__main__":
    command()
