"""`python -m tests.contract.fuzz`: generated requests against a fresh server, with figures."""

import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from tests.contract.fuzz.run import EVERYTHING, LIVES, fuzz
from tests.contract.told import fresh_server
from tests.faults.engines import EngineName


def main(
    examples: Annotated[int, typer.Option(help="Random ones an operation.")] = 1800,
    seed: Annotated[int, typer.Option(help="The same seed sends the same requests.")] = 1,
    engine: EngineName = "sqlite",
) -> None:
    """Try every operation; exit 1 when an answer breaks the contract."""
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_server(Path(folder), LIVES, engine) as server,
    ):
        began = monotonic()
        figures, printed = fuzz(server, EVERYTHING, examples, seed)
        took = monotonic() - began
    print(printed)
    print(f"requests {figures.requests.total():,} in {took:.0f} s: {dict(figures.requests)}")
    print(f"answers  {dict(sorted(figures.statuses.items()))}")
    print(f"5xx {figures.server_errors}, unanswered {figures.unanswered}, ", end="")
    print(f"slowest {figures.slowest:.3f} s, against the contract {len(figures.complaints)}")
    sys.exit(1 if figures.passes_failed or figures.server_errors or figures.unanswered else 0)


if __name__ == "__main__":
    typer.run(main)
