"""`python -m tests.replicas.story`: patients on two devices, and a replica that stops and goes on.

Each diary is a patient of its own. Every list, trend and opened link must hold every write that was
acknowledged before, whatever the replica has; the command fails at the first that does not.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from tests.clocks import SetClock
from tests.faults.cluster import Cluster, a_server
from tests.replicas.diary import Diary
from tests.replicas.pair import Counted, Pair, roomy_place
from tests.service import running

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(
    diaries: Annotated[int, typer.Option(min=1)] = 30,
    steps: Annotated[int, typer.Option(min=1, help="Of each diary.")] = 60,
    seed: int = 1,
) -> None:
    """Live them; print how the reads were answered."""
    with a_server(roomy_place()) as cluster:
        cluster.follow(synchronous=False)
        counted = Counted()
        asyncio.run(lived(cluster, diaries, steps, Random(seed)))  # noqa: S311 - nothing secret
    typer.echo(f"{diaries} diaries of {steps} steps, none read less than was written")
    typer.echo(", ".join(f"{name}: {number}" for name, number in counted.told().items()))


async def lived(cluster: Cluster, diaries: int, steps: int, random: Random) -> None:
    """One diary after the other. Raises AssertionError."""
    pair = Pair(cluster)
    with tempfile.TemporaryDirectory(prefix="agstory") as folder:
        url, replica = pair.primary_url, pair.replica_url
        async with running(url, Path(folder), SetClock(NOW), replica_url=replica) as service:
            for _ in range(diaries):
                diary = await Diary.begun(service, pair, random)
                for _ in range(steps):
                    await diary.step()
                await pair.resume()


if __name__ == "__main__":
    command()
