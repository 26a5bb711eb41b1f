"""`python -m tests.faults.backends`: PostgreSQL's processes end under writes, one or all at once.

Single backends are ended while they serve somebody; then the whole server is killed and started
again. No phone may hear a wrong answer, and whatever was acknowledged has to be there once.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Annotated

import asyncpg
import typer

from app.vault.keyring import make_ring_file
from tests.faults.cluster import Cluster, a_server
from tests.faults.kill import FOUND_SOMETHING, TOKENS, Outcome, compared, heard_by, newcomers, told
from tests.faults.phones import Phone
from tests.process import RunningService, served

END_ONE = """
SELECT count(pg_terminate_backend(pid)) FROM (
  SELECT pid FROM pg_stat_activity WHERE usename = 'afterglow_app' ORDER BY random() LIMIT 1
) busy
"""
PAUSE_SECONDS = 0.02
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Ends = Callable[[Cluster, Random], None]


@command.command()
def main(
    ended: Annotated[int, typer.Option(help="Backends that are ended.", min=0)] = 5000,
    crashes: Annotated[int, typer.Option(help="Times the server is killed.", min=0)] = 50,
    seed: int = 1,
) -> None:
    """End backends and servers, compare; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agback") as folder:
        outcomes = {
            f"{ended} backends ended": done(
                Path(folder), lambda c, _: end_backends(c, ended), seed
            ),
            f"{crashes} servers killed": done(
                Path(folder), lambda c, r: crash(c, r, crashes), seed
            ),
        }
    for title, outcome in outcomes.items():
        typer.echo(told(title, outcome))
    if any(any(outcome.found) for outcome in outcomes.values()):
        raise typer.Exit(FOUND_SOMETHING)


def done(folder: Path, ends: Ends, seed: int = 1) -> Outcome:
    """Let phones write while `ends` does its work, and a moment longer."""
    random = Random(seed)  # noqa: S311 - nothing secret
    if not (folder / "keys.json").exists():
        make_ring_file(folder / "keys.json")
    with a_server() as cluster, served(cluster.url, folder, TOKENS) as service:
        phones = newcomers(service, random)
        waited = _worked(service, phones, lambda: ends(cluster, random))
        found = compared(phones, service.url)
    changes = sum(phone.changes for phone in phones)
    return Outcome(1, changes, found, [waited], heard_by(phones))


def end_backends(cluster: Cluster, number: int) -> None:
    """End so many backends of the service, one after the other."""
    cluster_url, ended = cluster.primary.url, 0

    async def end() -> None:
        nonlocal ended
        connection = await asyncpg.connect(cluster_url)
        try:
            while ended < number:
                ended += await connection.fetchval(END_ONE)
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            await connection.close()

    asyncio.run(end())


def crash(cluster: Cluster, random: Random, times: int) -> None:
    """Kill the server so many times, and start it again at once."""
    for _ in range(times):
        time.sleep(random.random())
        cluster.primary.crash()
        cluster.primary.start()


def _worked(service: RunningService, phones: list[Phone], work: Callable[[], None]) -> float:
    """Seconds from the end of the work until all phones were answered again."""
    over = threading.Event()
    with ThreadPoolExecutor(len(phones)) as crowd:
        working = [crowd.submit(phone.work, service.url, over.is_set) for phone in phones]
        try:
            work()
        finally:
            over.set()
        begun = time.perf_counter()
        for each in working:
            each.result()
        list(crowd.map(lambda phone: phone.settle(service.url), phones))
        return time.perf_counter() - begun


if __name__ == "__main__":
    command()
