"""What honest patients see while others, in a process of their own, misuse a server."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal, TypeVar

import httpx

from benchmarks.load import Tally, at_rate, percentile, wire
from benchmarks.scheduling import Cores, Share
from tests.engines import (
    migrated,
    new_postgresql_database,
    postgresql_server,
    sqlite_url,
)
from tests.process import RunningService, served
from tests.service import an_entry

T = TypeVar("T")
EngineName = Literal["sqlite", "postgresql"]
PER_SECOND = 50.0
ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Honest:
    """A patient with some entries, and the server that keeps them."""

    service: RunningService
    port: int
    token: str

    def read_for(self, seconds: float) -> Tally:
        """Read a page of entries 50 times a second; latencies count from when each was due.

        The connections take turns, so that none idles until the server hangs up on it.
        """
        asked = wire("GET", "/v1/entries?limit=20", self.token)
        return at_rate(self.port, lambda _: asked, PER_SECOND, seconds, connections=16)

    def cores(self) -> Cores:
        """Whether the server has one when it wants it, from now on."""
        return Cores([self.service.process.pid])

    def memory_mib(self, member: str = "VmRSS") -> float:
        """Resident memory of the server, now or (`VmHWM`) at its highest."""
        status = Path(f"/proc/{self.service.process.pid}/status").read_text()
        line = next(each for each in status.splitlines() if each.startswith(member))
        return int(line.split()[1]) / 1024


@contextmanager
def honest_patient(engine: EngineName, more: Mapping[str, str] | None = None) -> Iterator[Honest]:
    """A server in a process of its own with one patient; `more` environment variables."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agbeside")))
        if engine == "sqlite":
            url = sqlite_url(folder)
        else:
            server = stack.enter_context(postgresql_server())
            url = migrated(asyncio.run(new_postgresql_database(server)))
        service = stack.enter_context(served(url, folder, more))
        with service.client() as http:
            token = service.sign_up(http)
            for _ in range(ENTRIES):
                _keep(http, token)
        yield Honest(service, service.port, token)


def _keep(http: httpx.Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    http.post("/v1/entries", json=an_entry(), headers=headers).raise_for_status()


@contextmanager
def meanwhile(work: Callable[..., T], *arguments: object) -> Iterator["Future[T]"]:
    """Run `work` in another process; its result is waited for at the end."""
    with ProcessPoolExecutor(1, get_context("spawn")) as others:
        running = others.submit(work, *arguments)
        yield running
        running.result()


def figures(alone: Tally, beside: Tally, cores: Share) -> Iterator[str]:
    """Figures without a goal: the usual latency, that alone, and whose the lateness is."""
    yield (
        f"p50 {beside.percentile(0.5) * 1000:.1f} ms of {len(beside.latencies)} reads; alone "
        f"p50 {alone.percentile(0.5) * 1000:.1f} ms, p99 {alone.percentile(0.99) * 1000:.1f} ms"
    )
    yield (
        f"whoever read was late by themselves by {percentile(beside.lags, 0.99) * 1000:.1f} ms "
        f"(p99; alone {percentile(alone.lags, 0.99) * 1000:.1f} ms); {cores}"
    )


def goal(told: str, figure: float, most: float) -> tuple[str, bool]:
    """A line that says whether a figure met its goal, and whether it did."""
    met = figure <= most
    return f"{told}: {figure:.1f} (goal ≤ {most:g}: {'met' if met else 'missed'})", met


def at_least(told: str, figure: float, least: float) -> tuple[str, bool]:
    """The same for a figure that is to be as high as this."""
    met = figure >= least
    return f"{told}: {figure:.1f} (goal ≥ {least:g}: {'met' if met else 'missed'})", met
