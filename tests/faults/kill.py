"""`python -m tests.faults.kill`: the server is killed under writes, over and over.

Phones create, change, check in and push; some answers get lost on the way as well. After each kill
the server starts again, phones repeat what was not answered, and at the end every acknowledged
change has to be there once. Nobody may have heard a wrong answer meanwhile.
"""

import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Annotated, NamedTuple

import typer

from app.vault.keyring import make_ring_file
from tests.faults.answers import Answers, together
from tests.faults.engines import EngineName, a_database
from tests.faults.phones import Found, Phone
from tests.process import RunningService, new_device_at, served

FOUND_SOMETHING = 1
TOKENS = {"AFTERGLOW_ACCESS_TOKEN_MINUTES": "1"}
"""So the phones have to refresh theirs in the middle of it all."""

PHONES = 8
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Outcome(NamedTuple):
    """What came of it; `restarts` are seconds until the service answered again."""

    kills: int
    acknowledged: int
    found: Found
    restarts: Sequence[float]
    answers: Answers


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    rounds: Annotated[int, typer.Option(min=1)] = 500,
    seconds: Annotated[float, typer.Option(help="How long a server lives at most.")] = 1.0,
    seed: int = 1,
) -> None:
    """Kill, start again, compare; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agkill") as folder:
        outcome = killed(engine, Path(folder), rounds, seconds, seed)
    typer.echo(told(f"{engine}, {outcome.kills} kills", outcome))
    if any(outcome.found):
        raise typer.Exit(FOUND_SOMETHING)


def told(fault: str, outcome: Outcome) -> str:
    """The outcome of what was done, in a line."""
    restart = statistics.median(outcome.restarts)
    return (
        f"{fault}: {outcome.acknowledged:,} acknowledged changes, "
        f"{outcome.found.lost} lost, {outcome.found.doubled} doubled; {outcome.answers}; "
        f"answering again after {restart:.2f} s (median), {max(outcome.restarts):.2f} s at most"
    )


def killed(engine: EngineName, folder: Path, rounds: int, seconds: float, seed: int = 1) -> Outcome:
    """Kill a server so many times, each at a random moment within `seconds`."""
    random = Random(seed)  # noqa: S311 - nothing secret
    make_ring_file(folder / "keys.json")
    with a_database(engine, folder) as url:
        with served(url, folder, TOKENS) as service:
            phones = newcomers(service, random)
        restarts = [_round(url, folder, phones, random.random() * seconds) for _ in range(rounds)]
        with served(url, folder, TOKENS) as service:
            found = compared(phones, service.url)
    changes = sum(phone.changes for phone in phones)
    return Outcome(rounds, changes, found, restarts, heard_by(phones))


def newcomers(service: RunningService, random: Random, number: int = PHONES) -> list[Phone]:
    """Phones of new patients."""
    with service.client() as http:
        tokens = [new_device_at(http, service.folder) for _ in range(number)]
    return [
        Phone(pair, Random(random.getrandbits(64)))  # noqa: S311 - nothing secret
        for pair in tokens
    ]


def compared(phones: Sequence[Phone], url: str) -> Found:
    """Let every phone repeat what waits, and look at its journal."""
    with ThreadPoolExecutor(len(phones)) as crowd:
        list(crowd.map(lambda phone: phone.settle(url), phones))
        looks = list(crowd.map(lambda phone: phone.found(url), phones))
    return Found(*(sum(numbers) for numbers in zip(*looks, strict=True)))


def heard_by(phones: Sequence[Phone]) -> Answers:
    """All that these phones heard."""
    return together(phone.answers for phone in phones)


def _round(url: str, folder: Path, phones: Sequence[Phone], seconds: float) -> float:
    """One server's life; how long it took to be ready."""
    begun = time.perf_counter()
    with served(url, folder, TOKENS) as service:
        ready = time.perf_counter() - begun
        dead = threading.Event()
        with ThreadPoolExecutor(len(phones)) as crowd:
            working = [crowd.submit(phone.work, service.url, dead.is_set) for phone in phones]
            time.sleep(seconds)
            service.process.send_signal(signal.SIGKILL)
            dead.set()
            for each in working:
                each.result()
    return ready


if __name__ == "__main__":
    command()
