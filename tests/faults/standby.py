"""`python -m tests.faults.standby`: the primary dies under writes, and its standby takes over.

The service knows both hosts. Commits wait for the standby, so whatever was acknowledged is there
when it has become the primary; phones repeat what was not answered, and hear no wrong answer.
"""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from app.vault.keyring import make_ring_file
from tests.faults.cluster import Cluster, a_cluster
from tests.faults.kill import FOUND_SOMETHING, TOKENS, Outcome, compared, heard_by, newcomers, told
from tests.faults.phones import Phone
from tests.process import RunningService, served

command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@command.command()
def main(
    rounds: Annotated[int, typer.Option(min=1)] = 50,
    seconds: Annotated[float, typer.Option(help="How long a primary lives at most.")] = 2.0,
    seed: int = 1,
) -> None:
    """Fail over, compare; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agfail") as folder:
        outcome = failed_over(Path(folder), rounds, seconds, seed)
    typer.echo(told(f"{outcome.kills} fail-overs to a synchronous standby", outcome))
    if any(outcome.found):
        raise typer.Exit(FOUND_SOMETHING)


def failed_over(folder: Path, rounds: int, seconds: float, seed: int = 1) -> Outcome:
    """Let so many primaries die, each at a random moment within `seconds`."""
    random = Random(seed)  # noqa: S311 - nothing secret
    make_ring_file(folder / "keys.json")
    with a_cluster() as cluster, served(cluster.url, folder, TOKENS) as service:
        phones = newcomers(service, random)
        waits = [_round(cluster, service, phones, random.random() * seconds) for _ in range(rounds)]
        found = compared(phones, service.url)
    changes = sum(phone.changes for phone in phones)
    return Outcome(rounds, changes, found, waits, heard_by(phones))


def _round(cluster: Cluster, service: RunningService, phones: list[Phone], seconds: float) -> float:
    """One fail-over under writes; from the death until all phones were answered again."""
    over = threading.Event()
    with ThreadPoolExecutor(len(phones)) as crowd:
        working = [crowd.submit(phone.work, service.url, over.is_set) for phone in phones]
        time.sleep(seconds)
        begun = time.perf_counter()
        cluster.fail_over()
        over.set()
        for each in working:
            each.result()
        list(crowd.map(lambda phone: phone.settle(service.url), phones))
        waited = time.perf_counter() - begun
    cluster.follow()
    return waited


if __name__ == "__main__":
    command()
