"""One run of a steady load: patients, load from another process, memory, and a look at the end."""

import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks.beside import EngineName, meanwhile
from benchmarks.scheduling import Cores, Share
from benchmarks.servers import family
from benchmarks.steady.checking import Found, compared
from benchmarks.steady.generator import Heard, generate
from benchmarks.steady.memory import Sample, resident_mib
from benchmarks.steady.newcomers import newcomers
from benchmarks.steady.requests import REFRESH_SECONDS
from tests.faults.engines import a_database
from tests.process import served

RAISED = {
    "AFTERGLOW_LIMITS": "register.address=100000/1h,password.address=100000/15m,"
    "code.address=100000/15m,share_open.address=100000/1m"
}
"""All patients ask from one address; every other limit is the usual one."""

SMALL_MACHINE = Path(__file__).parents[2] / "deploy" / "postgresql.conf"
"""PostgreSQL as the operations page has it."""

MOST_BETWEEN_SECONDS = 60.0
FEWEST_LOOKS = 20
"""At memory."""

Mix = Literal["usual", "saves"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of the service."""

    per_second: float
    seconds: float
    patients: int
    mix: Mix = "usual"
    workers: int = 1
    refresh_seconds: float = REFRESH_SECONDS


class Outcome(NamedTuple):
    """What came of it."""

    heard: Heard
    found: Found
    memory: list[Sample]
    cores: Share


def run(engine: EngineName, folder: Path, plan: Plan) -> Outcome:
    """Serve, load, look; what is there at the end is read from the service itself."""
    with (
        a_database(engine, folder, SMALL_MACHINE) as url,
        served(url, folder, RAISED, plan.workers) as service,
    ):
        phones, writing = newcomers(service, plan.patients)
        asked = (plan.mix, plan.per_second, plan.seconds, plan.refresh_seconds)
        with meanwhile(generate, service.port, phones, writing, *asked) as running:
            cores = Cores(family(service.process.pid))
            memory = _watched(running, service.process.pid, plan.seconds)
            share = cores.share()
        heard = running.result()
        return Outcome(heard, compared(service.port, heard.phones, writing), memory, share)


def _watched(running: "Future[Heard]", pid: int, seconds: float) -> list[Sample]:
    """Memory of the server from now until the load is over."""
    begun, samples = time.monotonic(), [Sample(0.0, resident_mib(pid))]
    between = min(MOST_BETWEEN_SECONDS, seconds / FEWEST_LOOKS)
    while not running.done():
        next_look = begun + len(samples) * between
        while not running.done() and time.monotonic() < next_look:
            time.sleep(min(between, 0.1))
        samples.append(Sample(time.monotonic() - begun, resident_mib(pid)))
    return samples
