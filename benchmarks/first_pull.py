"""`python -m benchmarks.first_pull`: how the first pull of a journal grows with its size.

Every figure is a ratio to the smallest size of the same run.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer

from benchmarks.diary import KINDS_OF_A_DAY, members_of, new_id
from benchmarks.servers import cpu_seconds_of
from tests.engines import migrated, new_postgresql_database, postgresql_server, sqlite_url
from tests.process import RunningService, served

CHANGES = "/v1/sync/changes"
PAGE = 200
SIZES = (1000, 2000, 4000, 8000, 15_000)
PULLS, IDLE_PULLS, PUSHES = 3, 100, 3
FIRST_DAY = date(2016, 1, 1)
EngineName = Literal["sqlite", "postgresql"]
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Point:
    """One size of the journal. Times in seconds: on the wall, and of the server's CPU."""

    entries: int
    pages: int
    first_pull: float
    first_pull_cpu: float
    idle_pull: float
    push: float


class Phone:
    """A client that fills a journal and reads it."""

    def __init__(self, service: RunningService, http: httpx.Client) -> None:
        """Sign a patient up."""
        self._pid = service.process.pid
        self._http = http
        self._http.headers["Authorization"] = f"Bearer {service.sign_up(http)}"
        self.entries = 0

    def grow(self, size: int) -> None:
        """Push new entries until there are so many."""
        while self.entries < size:
            self.push(min(PAGE, size - self.entries))

    def push(self, number: int) -> None:
        """So many new entries in one request."""
        items = [self._item(self.entries + each) for each in range(number)]
        answer = self._http.post(CHANGES, json={"device_id": "bench", "changes": items})
        if {each["status"] for each in answer.json()["results"]} != {"applied"}:
            raise RuntimeError("an entry was not saved")
        self.entries += number

    def first_pull(self) -> tuple[int, int]:
        """Read everything: the number of pages, and the cursor at the end."""
        pages, cursor, more = 0, 0, True
        while more:
            page = self._http.get(CHANGES, params={"cursor": cursor, "limit": PAGE}).json()
            pages, cursor, more = pages + 1, page["cursor"], page["has_more"]
        return pages, cursor

    def measure(self) -> Point:
        """What the journal costs at its present size."""
        size = self.entries
        pages, cursor = self.first_pull()
        used = cpu_seconds_of(self._pid)
        pull = _median(self.first_pull, PULLS)
        used = (cpu_seconds_of(self._pid) - used) / PULLS
        idle = _median(lambda: self._http.get(CHANGES, params={"cursor": cursor}), IDLE_PULLS)
        push = _median(lambda: self.push(PAGE), PUSHES)
        return Point(size, pages, pull, used, idle, push)

    def _item(self, number: int) -> dict[str, object]:
        day, place = divmod(number, len(KINDS_OF_A_DAY))
        members = members_of(
            KINDS_OF_A_DAY[place], FIRST_DAY + timedelta(days=day % 3650), 8 + place
        )
        return {"id": str(new_id(number)), "op": "upsert", "data": members}


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
) -> None:
    """Fill one journal step by step; print how pulls and pushes grow with it."""
    with (
        tempfile.TemporaryDirectory(prefix="agpull") as folder,
        _database(engine, Path(folder)) as url,
        served(url, Path(folder)) as service,
        service.client() as http,
    ):
        phone, points = Phone(service, http), []
        for size in SIZES:
            phone.grow(size)
            points.append(phone.measure())
    for line in table(points):
        typer.echo(line)


def table(points: list[Point]) -> Iterator[str]:
    """The curve in Markdown, each figure over that of the first point."""
    first = points[0]
    yield "| entries | pages | first pull | its CPU | CPU an entry | idle pull | push of 200 |"
    yield "|---|---|---|---|---|---|---|"
    for each in points:
        ratios = (
            each.first_pull / first.first_pull,
            each.first_pull_cpu / first.first_pull_cpu,
            each.first_pull_cpu / first.first_pull_cpu * first.entries / each.entries,
            each.idle_pull / first.idle_pull,
            each.push / first.push,
        )
        told = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        yield f"| {each.entries:,} | {each.pages} | {told} |"


@contextmanager
def _database(engine: EngineName, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield sqlite_url(folder)
        return
    with postgresql_server() as server:
        yield migrated(asyncio.run(new_postgresql_database(server)))


def _median(work: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


if __name__ == "__main__":
    command()
