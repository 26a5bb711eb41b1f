"""Servers under test: each a process of its own, with its CPU time and memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import ask, wire

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 30.0
UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")


class Memory(NamedTuple):
    """MiB of a process: resident; with its part of shared pages; and what it has to itself."""

    resident: float
    proportional: float
    private: float

    def __str__(self) -> str:
        """All three."""
        return (
            f"{self.resident:.0f} MiB resident, {self.proportional:.0f} proportional, "
            f"{self.private:.0f} its own"
        )


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with its workers; `start_seconds` passed until its first answer."""

    name: str
    port: int
    pid: int
    start_seconds: float

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return sum(map(cpu_seconds_of, family(self.pid)))

    def memory_mib(self) -> float:
        """Resident memory of a process: of the largest, where there are several."""
        statm = (Path(f"/proc/{each}/statm").read_text() for each in family(self.pid))
        return max(int(each.split()[1]) for each in statm) * PAGE / 2**20

    def memory(self) -> Memory:
        """What its first process holds now."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:]
        kib = {name: int(value.split()[0]) for name, _, value in (x.partition(":") for x in rollup)}
        private = kib["Private_Clean"] + kib["Private_Dirty"]
        return Memory(kib["Rss"] / 1024, kib["Pss"] / 1024, private / 1024)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    told = (each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children"))
    children = [int(each) for each in " ".join(told).split()]
    return [pid, *chain.from_iterable(family(each) for each in children)]


def cpu_seconds_of(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def busy_seconds() -> float:
    """CPU time that anybody on this machine has used."""
    fields = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, *interrupts = fields
    return (user + nice + system + sum(interrupts)) / TICKS


def of_uvicorn(application: str, port: int, workers: int = 1) -> list[str]:
    """The command for `module:factory`."""
    return [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        application,
        "--port",
        str(port),
        "--workers",
        str(workers),
        *UVICORN,
    ]


def of_afterglow(port: int, workers: int = 1) -> list[str]:
    """The command that operators use."""
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    return [*command, "--workers", str(workers)]


@contextmanager
def started(
    name: str, port: int, command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """A server process that has answered on `/readyz`; what it prints goes to `log`."""
    begun = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait_for_answer(port, process, log)
        yield Server(name, port, process.pid, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for_answer(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended before it answered:\n{log.read_text()[-2000:]}")
        with suppress(OSError):
            ask(port, wire("GET", "/readyz"))
            return
        time.sleep(0.01)
    raise TimeoutError("the server did not answer")
