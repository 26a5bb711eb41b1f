"""`python -m tests.journeys.hostile`: hostile bytes against a fresh server, with figures."""

import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from tests.contract.told import fresh_server
from tests.faults.engines import EngineName
from tests.journeys.hostile.run import LIVES, attack


def main(
    number: Annotated[int, typer.Option(help="Requests.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same requests.")] = 1,
    engine: EngineName = "sqlite",
) -> None:
    """Attack; exit 1 when an answer is of 5xx, unreadable or late, or memory grows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_server(Path(folder), LIVES, engine) as server,
    ):
        began = monotonic()
        outcome = attack(server, number, seed)
        took = monotonic() - began
        alive = server.process.poll() is None
    answers = outcome.answers
    print(f"requests {answers.sent:,} in {took:.0f} s, {answers.cut:,} of them hung up on")
    print(f"answers  {dict(sorted(answers.statuses.items()))}")
    print(f"5xx {len(answers.server_errors)}, unreadable {len(answers.unreadable)}, ", end="")
    print(f"slowest {answers.slowest:.3f} s, grown by {outcome.grown / 2**20:.1f} MiB")
    for request in (*answers.server_errors, *answers.unreadable)[:10]:
        print(request[:400])
    bad = answers.server_errors or answers.unreadable or answers.slowest > 1
    sys.exit(1 if bad or outcome.grown > 50 * 2**20 or not alive else 0)


if __name__ == "__main__":
    typer.run(main)
