"""`python -m benchmarks.audit`: how long a verification takes, and that it finds every change."""

import asyncio
import random
import resource
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import typer

from app.audit.anchoring import Anchoring
from app.audit.anchors import anchors_of
from app.audit.verification import Verified, verify_chains
from app.clock import system_clock
from app.database import WholeDatabase
from app.database.migrate import upgrade
from app.vault import KeyRing
from app.vault.ring_keys import new_ring_text
from benchmarks.beside import goal
from tests.audit.chains import a_chain, put, seeded
from tests.audit.tampering import Result, tampered
from tests.engines import new_postgresql_database, open_whole, postgresql_server

LONGEST = 4_000
"""Events of one account: some years of several a day."""

ROOTS = 3
MOST_SECONDS_A_MILLION = 60.0
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Timed(NamedTuple):
    """What was verified, in which time and with which growth of memory."""

    verified: Verified
    seconds: float
    against_roots: float
    computed: float
    """Seconds of the latter in which this process had a core."""
    root_seconds: float
    grown_mib: float


async def timed(url: str, folder: Path, events: int, seed: int) -> Timed:
    """So many events in chains of random length, one of them long; looked at twice."""
    async with open_whole(url) as database:
        await _fill(database, events, seeded(seed))
        ring, path = KeyRing.from_text(new_ring_text()), folder / "roots.jsonl"
        began = time.perf_counter()
        for _ in range(ROOTS):
            await Anchoring(database, system_clock, ring, path).append()
        signed = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        verified = await verify_chains(database)
        looked, used = time.perf_counter(), time.process_time()
        with anchors_of(path, ring) as anchors:
            anchored = await verify_chains(database, anchors.heads)
        ended, computed = time.perf_counter(), time.process_time() - used
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if anchored.broken or anchored.events != verified.events:
        raise RuntimeError("the two looks differ")
    return Timed(
        verified,
        looked - signed,
        ended - looked,
        computed,
        (signed - began) / ROOTS,
        (after - before) / 1024,
    )


async def _fill(database: WholeDatabase, events: int, chance: random.Random) -> None:
    """The first chain holds a tenth of all events; others up to `LONGEST`."""
    length, left = max(1, events // 10), events
    while left:
        length = min(length, left)
        await put(database, [a_chain(UUID(int=chance.getrandbits(128)), length, chance)])
        left -= length
        length = chance.randrange(1, LONGEST)


async def fuzzed(url: str, changes: int, seed: int) -> Result:
    """Random changes, each looked for by itself."""
    async with open_whole(url) as database:
        return await tampered(database, changes, seed)


def _tell_changes(engine: str, result: Result) -> bool:
    """Whether all were found."""
    for kind, times in sorted(result.tried.items()):
        typer.echo(f"  {kind}: {times}")
    for each in result.missed:
        typer.echo(f"  MISSED {each}")
    tried = sum(result.tried.values())
    typer.echo(f"{engine}: {tried} random changes, {tried - len(result.missed)} found")
    return not result.missed


@command.command()
def main(
    engine: Annotated[Literal["sqlite", "postgresql"], typer.Option()] = "sqlite",
    events: Annotated[int, typer.Option(min=0)] = 1_000_000,
    changes: Annotated[int, typer.Option(min=0)] = 0,
    seed: int = 13,
) -> None:
    """Print the seconds for `events`, and what became of `changes`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agaudit")))
        server = stack.enter_context(postgresql_server()) if engine == "postgresql" else ""

        def new_url(name: str) -> str:
            url = f"sqlite:///{folder / name}.db"
            if engine == "postgresql":
                url = asyncio.run(new_postgresql_database(server))
            upgrade(url)
            return url

        met = True
        if events:
            done = asyncio.run(timed(new_url("events"), folder, events, seed))
            typer.echo(
                f"{engine}: {done.verified.events} events in {done.verified.chains} chains, "
                f"{done.verified.broken} broken: {done.seconds:.1f} s; against {ROOTS} roots "
                f"{done.against_roots:.1f} s, of which {done.computed:.1f} s on a core; "
                f"a root {done.root_seconds:.2f} s; peak memory +{done.grown_mib:.0f} MiB"
            )
            most = MOST_SECONDS_A_MILLION * events / 1_000_000
            line, met = goal("verified against the roots, s", done.against_roots, most)
            typer.echo(line)
        if changes:
            found = _tell_changes(engine, asyncio.run(fuzzed(new_url("changes"), changes, seed)))
            met = met and found
    raise typer.Exit(0 if met else 1)


if __name__ == "__main__":
    command()
