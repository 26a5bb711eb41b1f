"""`python -m benchmarks.sealing`: what sealing takes of a save, and what trends over years take.

Every call of the envelope inside a save is timed, in a service in this process that is asked one
thing after another, without a socket (with one, saves take longer and the share is smaller).
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, ParamSpec, TypeVar
from unittest.mock import patch
from uuid import UUID

import httpx
import typer

from app.vault import patient_keys
from app.vault.envelope import open_sealed, seal, seal_each
from benchmarks.__main__ import prepared, start
from benchmarks.ground import Extent, Ground, empty_databases
from benchmarks.servers import of_afterglow
from benchmarks.trend_operations import COLD_OF_ALL
from tests.clocks import SetClock
from tests.service import Patient, an_entry, running

GOAL_SHARE = 0.05
GOAL_SECONDS = 0.040
NOTE = "Slept badly, the morning was slow; went for a walk by the river and it got lighter. " * 5
WARM_UP = 20
PATHS = ("summary-cold", "response-cold")
EngineName = Literal["sqlite", "postgresql"]
P = ParamSpec("P")
T = TypeVar("T")
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Save(NamedTuple):
    """Seconds of one save, and those of them that were spent sealing and opening."""

    whole: float
    sealing: float


@dataclass(slots=True)
class Stopwatch:
    """Adds up the seconds spent in what it was put around."""

    seconds: float = 0.0

    def around(self, work: Callable[P, T]) -> Callable[P, T]:
        """`work`, timed."""

        def timed(*args: P.args, **kwargs: P.kwargs) -> T:
            begun = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - begun

        return timed


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    saves: Annotated[int, typer.Option(min=10)] = 400,
    reads: Annotated[int, typer.Option(min=5)] = 60,
    years: Annotated[float, typer.Option(min=0.1, help="Of the journal that is read.")] = 5.0,
) -> None:
    """Print the share of sealing in a save, and the time of trends over years."""
    with (
        tempfile.TemporaryDirectory(prefix="agseal") as folder,
        empty_databases(engine, Path(folder)) as databases,
    ):
        measured = asyncio.run(_saves(databases.afterglow, Path(folder), saves))
    for line in told(measured):
        typer.echo(line)
    with (
        tempfile.TemporaryDirectory(prefix="agseal") as folder,
        prepared(engine, Path(folder), Extent(2, years, 4)) as ground,
        start(ground, "afterglow", of_afterglow) as server,
    ):
        for name in PATHS:
            typer.echo(_trend(name, ground, server.port, reads))


def told(measured: list[Save]) -> Iterator[str]:
    """What came of the saves."""
    whole = statistics.median(each.whole for each in measured)
    sealing = statistics.median(each.sealing for each in measured)
    share = sealing / whole
    verdict = "met" if share < GOAL_SHARE else "missed"
    yield (
        f"a save: p50 {whole * 1e3:.2f} ms, of which sealing {sealing * 1e6:.0f} µs "
        f"= {share:.1%} (goal < {GOAL_SHARE:.0%}: {verdict})"
    )


def _trend(name: str, ground: Ground, port: int, reads: int) -> str:
    operation = next(each for each in COLD_OF_ALL if each.name == name)
    make = operation.make(ground, 1)
    seconds = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        for number in range(reads + WARM_UP):
            path, token = _asked(make(number))
            begun = time.perf_counter()
            answer = http.get(path, headers={"Authorization": token})
            if number >= WARM_UP:
                seconds.append(time.perf_counter() - begun)
            answer.raise_for_status()
    middle = statistics.median(seconds)
    verdict = "met" if middle < GOAL_SECONDS else "missed"
    return f"{operation.title}: p50 {middle * 1e3:.1f} ms (goal < 40 ms: {verdict})"


def _asked(request: bytes) -> tuple[str, str]:
    """Path and bearer token of a request on the wire."""
    head, *fields = request.decode().split("\r\n")
    (token,) = [each.partition(": ")[2] for each in fields if each.startswith("Authorization")]
    return head.split(" ")[1], token


async def _saves(url: str, folder: Path, number: int) -> list[Save]:
    clock = SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    async with running(url, folder, clock) as service:
        patient = await service.sign_up()
        with _timed_envelope() as stopwatch:
            measured = [await _save(patient, stopwatch) for _ in range(number + WARM_UP)]
    return measured[WARM_UP:]


async def _save(patient: Patient, stopwatch: Stopwatch) -> Save:
    entry = an_entry(id=str(UUID(bytes=os.urandom(16), version=4)), note=NOTE)
    stopwatch.seconds, begun = 0.0, time.perf_counter()
    await patient.save(entry)
    return Save(time.perf_counter() - begun, stopwatch.seconds)


@contextmanager
def _timed_envelope() -> Iterator[Stopwatch]:
    """Every sealing and opening under a patient's key is timed."""
    stopwatch = Stopwatch()
    with (
        patch.object(patient_keys, "seal", stopwatch.around(seal)),
        patch.object(patient_keys, "seal_each", stopwatch.around(seal_each)),
        patch.object(patient_keys, "open_sealed", stopwatch.around(open_sealed)),
    ):
        yield stopwatch


if __name__ == "__main__":
    command()
