"""`python -m tests.faults.syscalls`: writes and syncs of the database's files fail under a service.

SQLite's calls are the service's own; with `--engine postgresql` all of the server's processes are
hit, and their log as well as their tables. At each point the n-th call from now on fails, alone or
with all behind it until the disk is well again: n from 1 to 40, with either error, one kind of call
or any, in a drawn order. Phones write all the while, so which call is the n-th is left to chance.
Whoever writes may be asked to come back and hears nothing else that is wrong; the service has to go
on by itself (a PostgreSQL server that gave up is started again), and at the end every acknowledged
change has to be there once.
"""

import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Annotated, get_args

import typer

from app.vault.keyring import make_ring_file
from tests.faults.answers import Answers
from tests.faults.disk import ALL_FILES, CALLS, Call, ErrorName, File, Point
from tests.faults.disks import Disk, a_disk
from tests.faults.engines import EngineName
from tests.faults.kill import FOUND_SOMETHING, TOKENS, compared, heard_by, newcomers
from tests.faults.phones import Found, Phone
from tests.process import RunningService, served

FARTHEST = 40
"""A point lies at most so many calls ahead."""

LONGEST_SECONDS = 0.3
WAIT_SECONDS = 60.0
CHECKED_EVERY = 50
"""Points between two looks at the whole file, which take longer the more it holds: what is broken
once stays broken."""

CHOICES: tuple[tuple[Call, ...], ...] = (CALLS, (Call.WRITE,), (Call.SYNC,))
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(slots=True)
class Outcome:
    """What came of it; `recoveries` are seconds from a well disk until all phones were served."""

    points: int = 0
    failed: Counter[tuple[File, Call]] = field(default_factory=Counter)
    started: int = 0
    """How often the database's server ended, and was started by what supervises it."""
    corrupt: int = 0
    acknowledged: int = 0
    found: Found = field(default_factory=lambda: Found(0, 0))
    answers: Answers = field(default_factory=Answers)
    recoveries: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not (any(self.found) or self.corrupt)


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    points: Annotated[int, typer.Option(min=1)] = 1000,
    seed: int = 1,
) -> None:
    """Let calls fail, compare; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agcalls") as folder:
        outcome = failed_at(engine, Path(folder), points, seed)
    typer.echo(told(engine, outcome))
    if not outcome.holds:
        raise typer.Exit(FOUND_SOMETHING)


def told(engine: str, outcome: Outcome) -> str:
    """The outcome in a few lines."""
    calls = ", ".join(
        f"{number:,} × {call.name.lower()} of the {file.name.lower()}"
        for (file, call), number in sorted(outcome.failed.items())
        if number
    )
    return (
        f"{engine}: {outcome.points} points, failed calls: {calls}; {outcome.answers}\n"
        f"{outcome.acknowledged:,} acknowledged changes, {outcome.found.lost} lost, "
        f"{outcome.found.doubled} doubled, {outcome.corrupt} failed checks of integrity; "
        f"server ended and was started by its supervisor {outcome.started} times; "
        f"all phones served again after {statistics.median(outcome.recoveries):.2f} s (median), "
        f"{max(outcome.recoveries):.2f} s at most"
    )


def drawn_points(
    random: Random, files: Sequence[tuple[File, ...]] = (ALL_FILES,)
) -> Iterator[Point]:
    """Every point there is, in a drawn order; then all of them in another one, without an end."""
    every = [
        Point(number, error, calls, which, lasting=lasting)
        for number, error, calls, which, lasting in product(
            range(1, FARTHEST + 1), get_args(ErrorName), CHOICES, files, (False, True)
        )
    ]
    while True:
        yield from random.sample(every, len(every))


def failed_at(engine: EngineName, folder: Path, points: int, seed: int = 1) -> Outcome:
    """Let calls fail at so many points of one service's life."""
    random = Random(seed)  # noqa: S311 - nothing secret
    make_ring_file(folder / "keys.json")
    with a_disk(engine, folder) as disk:
        with served(disk.url, folder, TOKENS | dict(disk.environment)) as service:
            phones, outcome = newcomers(service, random), Outcome()
            with at_work(service, phones):
                for point in islice(drawn_points(random, disk.files), points):
                    _fail(point, disk, random, phones, outcome)
                    if outcome.points % CHECKED_EVERY == 0:
                        outcome.corrupt += not disk.is_whole()
            outcome.found = compared(phones, service.url)
        outcome.corrupt += not disk.is_whole_at_rest()
    outcome.acknowledged = sum(phone.changes for phone in phones)
    outcome.answers = heard_by(phones)
    return outcome


@contextmanager
def at_work(service: RunningService, phones: Sequence[Phone]) -> Iterator[None]:
    """All phones write meanwhile."""
    over = threading.Event()
    with ThreadPoolExecutor(len(phones)) as crowd:
        working = [crowd.submit(phone.work, service.url, over.is_set) for phone in phones]
        try:
            yield
        finally:
            over.set()
            for each in working:  # a phone that stopped says why, which is why others waited
                each.result()


def _fail(
    point: Point, disk: Disk, random: Random, phones: Sequence[Phone], outcome: Outcome
) -> None:
    """One failure, or a time of failures, and the way back."""
    disk.board.arm(point)

    def a_call_failed() -> bool:
        outcome.started += disk.supervise()
        return any(disk.board.failed().values())

    _until(a_call_failed, "no call failed")
    time.sleep(random.random() * LONGEST_SECONDS if point.lasting else 0)
    disk.board.stop()
    begun, before = time.perf_counter(), [phone.changes for phone in phones]

    def all_are_served() -> bool:
        outcome.started += disk.supervise()
        return all(p.changes > was for p, was in zip(phones, before, strict=True))

    _until(all_are_served, "not every phone is served again")
    outcome.recoveries.append(time.perf_counter() - begun)
    outcome.points += 1
    outcome.failed.update(disk.board.failed())


def _until(happened: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError(otherwise)
        time.sleep(0.005)


if __name__ == "__main__":
    command()
