"""`python -m benchmarks.processes`: one, two and four server processes behind HAProxy.

First phones write through the proxy, whichever process answers; then every process is asked for
every journal, and whatever was acknowledged has to be there once. After that the proxy is loaded
with saves, and with lists, and the answers a second are divided by those of one process.
"""

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median
from typing import Annotated, NamedTuple
from uuid import UUID

import httpx
import typer

from benchmarks.load import Make, saturate, wire
from benchmarks.proxy import PATHS, proxied
from benchmarks.servers import cpu_seconds_of
from tests.faults.engines import EngineName, a_database
from tests.faults.kill import compared
from tests.faults.phones import Found, Phone
from tests.process import RunningService, free_port, served, sign_up_at
from tests.service import an_entry

PHONES = 6
LEAST_CHANGES = 20
PATIENCE_SECONDS = 60.0
PATIENTS = 16
"""Of the load: saves of one patient wait for one another."""

CONNECTIONS = 32
WRONG = 1
SERVED = "afterglow_requests_total"
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Load(NamedTuple):
    """Answers a second, and what each costs the servers in milliseconds of CPU."""

    per_second: float
    cpu_ms: float


class Site(NamedTuple):
    """So many processes behind a proxy, on a database of their own, and patients."""

    port: int
    services: Sequence[RunningService]
    metrics: Sequence[int]
    tokens: Sequence[str]

    @property
    def entrance(self) -> str:
        """Where phones ask."""
        return f"http://127.0.0.1:{self.port}"


class Lived(NamedTuple):
    """What became of the phones, and which share of their requests each process answered."""

    acknowledged: int
    found: Found
    shares: Sequence[float]


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "postgresql",
    processes: Annotated[list[int] | None, typer.Option(help="Numbers of processes.")] = None,
    seconds: Annotated[float, typer.Option(help="Of phones, and of each load.")] = 3.0,
    rounds: Annotated[int, typer.Option(min=1, help="Loads in turn; the median counts.")] = 3,
    seed: int = 1,
) -> None:
    """Print a line each; exit 1 when something is lost or doubled."""
    if shutil.which("haproxy", path=PATHS) is None:
        typer.echo("HAProxy is not installed (package `haproxy`): nothing was measured.", err=True)
        raise typer.Exit(2)
    random = Random(seed)
    with ExitStack() as stack:
        sites = [
            stack.enter_context(a_site(engine, number))
            for number in processes or ([1, 2, 4] if engine == "postgresql" else [1, 2])
        ]
        lives = [lived(site, seconds, random) for site in sites]
        saves = loaded(sites, lambda site: _saves(site.tokens, random), seconds, rounds)
        lists = loaded(sites, lambda site: _lists(site.tokens), seconds, rounds)
    typer.echo(told(engine, lives, saves, lists))
    if any(any(each.found) for each in lives):
        raise typer.Exit(WRONG)


@contextmanager
def a_site(engine: EngineName, processes: int) -> Iterator[Site]:
    """Start it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agproc")))
        url, port = stack.enter_context(a_database(engine, folder)), free_port()
        more = {
            "AFTERGLOW_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "AFTERGLOW_TRUSTED_PROXIES": '["127.0.0.1/32"]',
            "AFTERGLOW_ACCESS_TOKEN_MINUTES": "60",
        }
        metrics = [free_port() for _ in range(processes)]
        services = [
            stack.enter_context(served(url, folder, more | {"AFTERGLOW_METRICS_PORT": str(each)}))
            for each in metrics
        ]
        stack.enter_context(proxied(folder, port, services))
        yield Site(port, services, metrics, _newcomers(f"http://127.0.0.1:{port}", folder))


def lived(site: Site, seconds: float, random: Random) -> Lived:
    """Phones write through the proxy; then every process is asked for every journal."""
    phones = [
        Phone({"access_token": each}, Random(random.getrandbits(64)))
        for each in site.tokens[:PHONES]
    ]
    before = [_served_by(each) for each in site.metrics]
    _work(phones, site.entrance, seconds)
    answered = [_served_by(each) - b for each, b in zip(site.metrics, before, strict=True)]
    found = [compared(phones, each.url) for each in site.services]
    return Lived(
        sum(each.changes for each in phones),
        Found(*(sum(numbers) for numbers in zip(*found, strict=True))),
        [each / max(1, sum(answered)) for each in answered],
    )


def loaded(
    sites: Sequence[Site], make_for: Callable[[Site], Make], seconds: float, rounds: int
) -> list[Load]:
    """The sites in turn, round after round: what else the machine does hits all of them."""
    found: list[list[Load]] = [[] for _ in sites]
    for _ in range(rounds):
        for loads, site in zip(found, sites, strict=True):
            loads.append(_load(site, make_for(site), seconds))
    return [Load(*(median(each) for each in zip(*loads, strict=True))) for loads in found]


def told(engine: str, lives: Sequence[Lived], saves: Sequence[Load], lists: Sequence[Load]) -> str:
    """As a table, with ratios to the first line."""
    lines = [
        f"{engine}, {os.cpu_count()} cores",
        "| processes | acknowledged | lost | doubled | answered by each | saves a second; CPU each "
        "| lists a second; CPU each |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {len(life.shares)} | {life.acknowledged:,} | {life.found.lost} | {life.found.doubled} "
        f"| {', '.join(f'{share:.0%}' for share in life.shares)} "
        f"| {_beside(save, saves[0])} | {_beside(listed, lists[0])} |"
        for life, save, listed in zip(lives, saves, lists, strict=True)
    ]
    return "\n".join(lines)


def _beside(load: Load, first: Load) -> str:
    ratio = load.per_second / first.per_second
    return f"{load.per_second:.0f} (×{ratio:.2f}); {load.cpu_ms:.1f} ms"


def _newcomers(entrance: str, folder: Path) -> list[str]:
    with httpx.Client(base_url=entrance, timeout=30) as http:
        return [sign_up_at(http, folder) for _ in range(PATIENTS)]


def _work(phones: Sequence[Phone], entrance: str, seconds: float) -> None:
    """All of them write at once, each through whichever process comes next.

    However slow the machine is, something has to be written.
    """
    over = threading.Event()
    with ThreadPoolExecutor(len(phones)) as crowd:
        working = [crowd.submit(phone.work, entrance, over.is_set) for phone in phones]
        begun = time.monotonic()
        time.sleep(seconds)
        while sum(each.changes for each in phones) < LEAST_CHANGES:
            if time.monotonic() > begun + seconds + PATIENCE_SECONDS:
                break
            time.sleep(0.05)
        over.set()
        for each in working:
            each.result()
        list(crowd.map(lambda phone: phone.settle(entrance), phones))


def _served_by(metrics_port: int) -> float:
    """How many requests a process has answered."""
    text = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics").text
    lines = [each for each in text.splitlines() if each.startswith(SERVED)]
    return sum(float(each.rpartition(" ")[2]) for each in lines)


def _saves(tokens: Sequence[str], random: Random) -> Make:
    def make(number: int) -> bytes:
        entry_id = str(UUID(int=random.getrandbits(128), version=4))
        body = json.dumps(an_entry(id=entry_id)).encode()
        return wire("POST", "/v1/entries", tokens[number % len(tokens)], body)

    return make


def _lists(tokens: Sequence[str]) -> Make:
    return lambda number: wire("GET", "/v1/entries?limit=50", tokens[number % len(tokens)])


def _load(site: Site, make: Make, seconds: float) -> Load:
    processes = [each.process.pid for each in site.services]
    before = sum(map(cpu_seconds_of, processes))
    tally = saturate(site.port, make, seconds, CONNECTIONS)
    if tally.refused:
        raise RuntimeError(f"the load was answered with {sorted(set(tally.refused))}")
    used = sum(map(cpu_seconds_of, processes)) - before
    return Load(tally.per_second, 1000 * used / len(tally.latencies))


if __name__ == "__main__":
    command()
