"""`python -m benchmarks.steady`: a fixed rate of reads and writes, with all walls on.

Limits count (those by address are raised, for all patients ask from one), rows are sealed, every
change is chained, row security holds on PostgreSQL, tokens end and are refreshed. Reads are pages
of entries, pulls, daily trends of a year with and without an entity tag, profiles and opened links;
writes are single entries, changes, and pushes of five.

A synced write is an entry that was created or changed and acknowledged, which is after its commit
was on disk: each item of a push counts. `--mix saves` asks for single creates and changes alone, so
that each write is a request of its own.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.beside import EngineName, at_least, goal
from benchmarks.steady.generator import CUT, Heard
from benchmarks.steady.memory import growth, slope
from benchmarks.steady.requests import READS, WRITES
from benchmarks.steady.run import Mix, Outcome, Plan, run

REQUESTS = 500.0
WRITES_A_SECOND = 250.0
P99_MS, WRITE_P99_MS = 100.0, 250.0
PARTS = 6
"""Of a run: in the first of them the first trends load what they need."""

MOMENT_SECONDS = 10.0

MOST_GROWTH = 0.05
"""Of its memory, over the second half of a run: what is flat but for noise."""

RATES: dict[Mix, float] = {"usual": 500.0, "saves": 250.0}
Line = tuple[str, bool]
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    rate: Annotated[float | None, typer.Option(help="Requests a second; 500, saves 250.")] = None,
    seconds: Annotated[float, typer.Option(help="How long.")] = 3600.0,
    patients: Annotated[int, typer.Option(min=1)] = 1000,
    mix: Annotated[Mix, typer.Option(help="What is asked.")] = "usual",
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
) -> None:
    """Load the service; exit 1 when a goal is missed or an acknowledged write is not there once."""
    plan = Plan(rate or RATES[mix], seconds, patients, mix, workers)
    typer.echo(
        f"{engine}, {mix}: {plan.per_second:g} requests a second for {seconds:g} s by {patients} "
        f"patients, {workers} server process(es)"
    )
    with tempfile.TemporaryDirectory(prefix="agsteady") as folder:
        outcome = run(engine, Path(folder), plan)
    for line in told(plan, outcome):
        typer.echo(line)
    lines = [*judged(plan, outcome)]
    for line, _ in lines:
        typer.echo(line)
    raise typer.Exit(0 if all(met for _, met in lines) else 1)


def told(plan: Plan, outcome: Outcome) -> Iterator[str]:
    """Figures without a goal: each kind of request, memory over time, and whose the lateness is."""
    heard = outcome.heard
    for kind in sorted(heard.latencies):
        p50, p99 = (heard.percentile(share, kind) * 1000 for share in (0.5, 0.99))
        yield f"  {kind}: {heard.answers(kind)}, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    sixths = " ".join(f"{part * 1000:.1f}" for part in heard.percentiles(0.99, PARTS))
    yield f"p99 in ms by sixths of the run: {sixths}"
    yield slow_moments(heard, plan.seconds)
    for (kind, status), number in sorted(heard.wrong.items()):
        yield f"  {kind}: {number} {'cut off' if status == CUT else f'answered {status}'}"
    every = outcome.memory[1].seconds - outcome.memory[0].seconds
    held = " ".join(f"{sample.mib:.1f}" for sample in outcome.memory)
    yield f"memory in MiB, every {every:.0f} s: {held}"
    yield f"it moves by {slope(outcome.memory) * 3600:.1f} MiB an hour over the whole run"
    reads = heard.answers(*READS) / max(1, heard.answers())
    yield f"{reads:.1%} of the requests were reads"
    lag = heard.lag(0.99) * 1000
    yield f"the generator was late by itself by {lag:.1f} ms (p99); {outcome.cores}"


def slow_moments(heard: Heard, seconds: float) -> str:
    """Which moments of a run the lateness is of: those by themselves later than the goal."""
    moments = max(1, round(seconds / MOMENT_SECONDS))
    late = [
        f"{at * seconds / moments:.0f} s: {part * 1000:.0f} ms"
        for at, part in enumerate(heard.percentiles(0.99, moments))
        if part * 1000 > P99_MS
    ]
    return f"p99 above the goal in {len(late)} of {moments} moments; from {', '.join(late) or '-'}"


def judged(plan: Plan, outcome: Outcome) -> Iterator[Line]:
    """The goals."""
    heard, found = outcome.heard, outcome.found
    right = heard.answers() - heard.wrong.total()
    if plan.mix == "usual":
        yield at_least("requests answered a second", right / plan.seconds, REQUESTS)
        yield goal("p99, ms", heard.percentile(0.99) * 1000, P99_MS)
    yield at_least("synced writes a second", heard.written / plan.seconds, WRITES_A_SECOND)
    yield goal("p99 of writes, ms", heard.percentile(0.99, *WRITES) * 1000, WRITE_P99_MS)
    yield goal("errors", heard.wrong.total(), 0)
    yield goal("never answered", heard.unanswered, 0)
    yield goal(
        "memory gained in the second half, %", growth(outcome.memory) * 100, MOST_GROWTH * 100
    )
    yield goal(f"lost of {found.entries} entries", found.lost, 0)
    yield goal("doubled", found.doubled, 0)


if __name__ == "__main__":
    command()
