"""`python -m tests.faults.syscalls`: writes and syncs of SQLite's files fail under a service.

At each point the n-th call from now on fails, alone or with all behind it until the disk is well
again. Whoever writes may hear `unavailable` and nothing else; the service has to go on by itself,
and at the end every acknowledged change has to be there once.
"""

import sqlite3
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Annotated

import httpx
import typer

from app.vault.keyring import make_ring_file
from tests.engines import sqlite_url
from tests.faults.disk import CALLS, Board, Call, between
from tests.faults.kill import FOUND_SOMETHING, TOKENS, compared, newcomers
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
FILE = "sqlite:///"
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(slots=True)
class Outcome:
    """What came of it; `recoveries` are seconds from a well disk until all phones were served."""

    points: int = 0
    failed: Counter[Call] = field(default_factory=Counter)
    unavailable: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    corrupt: int = 0
    acknowledged: int = 0
    found: Found = field(default_factory=lambda: Found(0, 0))
    recoveries: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not (any(self.found) or self.wrong or self.corrupt)

    def hear(self, answer: httpx.Response) -> None:
        """Note a refusal that is the server's fault."""
        if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
            return
        code = answer.read() and answer.json()["code"]
        if (answer.status_code, code) == (httpx.codes.SERVICE_UNAVAILABLE, "unavailable"):
            self.unavailable += 1
        else:
            self.wrong[f"{answer.status_code} {code}"] += 1


@command.command()
def main(points: Annotated[int, typer.Option(min=1)] = 1000, seed: int = 1) -> None:
    """Let calls fail, compare; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agcalls") as folder:
        outcome = failed_at(Path(folder), points, seed)
    typer.echo(told(outcome))
    if not outcome.holds:
        raise typer.Exit(FOUND_SOMETHING)


def told(outcome: Outcome) -> str:
    """The outcome in a few lines."""
    calls = ", ".join(f"{outcome.failed[call]:,} {call.name.lower()}" for call in CALLS)
    wrong = ", ".join(f"{number} × {each}" for each, number in outcome.wrong.items()) or "none"
    return (
        f"{outcome.points} points, failed calls: {calls}; {outcome.unavailable:,} answers of 503 "
        f"unavailable, other faults: {wrong}\n"
        f"{outcome.acknowledged:,} acknowledged changes, {outcome.found.lost} lost, "
        f"{outcome.found.doubled} doubled, {outcome.corrupt} failed checks of integrity; "
        f"all phones served again after {statistics.median(outcome.recoveries):.2f} s (median), "
        f"{max(outcome.recoveries):.2f} s at most"
    )


def failed_at(folder: Path, points: int, seed: int = 1) -> Outcome:
    """Let calls fail at so many points of one service's life."""
    random = Random(seed)  # noqa: S311 - nothing secret
    make_ring_file(folder / "keys.json")
    url = sqlite_url(folder)
    file = Path(url.removeprefix(FILE))
    board, outcome = Board(folder / "board"), Outcome()
    environment = between(folder, file) | {"FAULTY_BOARD": str(folder / "board")}
    with served(url, folder, TOKENS | environment) as service:
        phones = newcomers(service, random)
        for phone in phones:
            phone.listener = outcome.hear
        with at_work(service, phones):
            for number in range(points):
                _point(board, random, phones, outcome)
                if number % CHECKED_EVERY == 0:
                    outcome.corrupt += not is_whole(file)
        outcome.found = compared(phones, service.url)
    outcome.corrupt += not is_whole(file)
    outcome.acknowledged = sum(phone.changes for phone in phones)
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
        for each in working:
            each.result()


def is_whole(file: Path) -> bool:
    """What SQLite says of the file."""
    with closing(sqlite3.connect(file)) as connection:
        told: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return told == "ok"


def _point(board: Board, random: Random, phones: Sequence[Phone], outcome: Outcome) -> None:
    """One failure, or a time of failures, and the way back."""
    lasting = random.random() < 1 / 2
    error = random.choice(("EIO", "ENOSPC"))
    board.arm(random.randint(1, FARTHEST), error, random.choice(CHOICES), lasting=lasting)  # type: ignore[arg-type]  # both are names of errors
    _until(lambda: any(board.failed().values()), "no call failed")
    time.sleep(random.random() * LONGEST_SECONDS if lasting else 0)
    board.stop()
    begun, before = time.perf_counter(), [phone.changes for phone in phones]
    _until(
        lambda: all(p.changes > was for p, was in zip(phones, before, strict=True)),
        "not every phone is served again",
    )
    outcome.recoveries.append(time.perf_counter() - begun)
    outcome.points += 1
    outcome.failed.update(board.failed())


def _until(happened: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError(otherwise)
        time.sleep(0.005)


if __name__ == "__main__":
    command()
