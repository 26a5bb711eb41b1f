"""`python -m benchmarks.sign_in_flood`: a crowd that guesses passwords, and one who reads."""

import json
from collections import Counter
from typing import Annotated

import typer

from benchmarks.beside import EngineName, figures, goal, honest_patient, meanwhile
from benchmarks.load import Tally, saturate, wire

MOST_READ_MS = 50.0
MOST_MORE_MIB = 200.0
GUESS = {
    "method": "password",
    "password": "a guess that is not the right one",
    "device": {"name": "Phone", "platform": "flood"},
}
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def flood(port: int, seconds: float, clients: int) -> Tally:
    """Guess as fast as the server answers, at a new address each time."""

    def guess(number: int) -> bytes:
        body = {**GUESS, "email": f"{number}@patients.example"}
        return wire("POST", "/v1/tokens", body=json.dumps(body).encode())

    return saturate(port, guess, seconds, clients)


@command.command()
def main(
    clients: Annotated[int, typer.Option(min=1, help="Guessing at once.")] = 64,
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    seconds: Annotated[float, typer.Option(help="How long.")] = 15.0,
) -> None:
    """Flood sign-in and tell how a patient who reads fares, and what memory it takes."""
    # Without limits by address it is the hashing queue alone that stands between.
    with honest_patient(engine, {"AFTERGLOW_LIMITS": "off"}) as honest:
        alone = honest.read_for(3)
        before = honest.memory_mib()
        with meanwhile(flood, honest.port, seconds + 4, clients) as guessing:
            cores = honest.cores()
            beside = honest.read_for(seconds)
            share = cores.share()
            guessed = guessing.result()
        more = honest.memory_mib("VmHWM") - before
        lines = [
            goal("p99 of a read, ms", beside.percentile(0.99) * 1000, MOST_READ_MS),
            goal("memory above that before, MiB", more, MOST_MORE_MIB),
            goal("reads refused", len(beside.refused), 0),
        ]
        typer.echo(f"{engine}: {guessed.per_second:.0f} guesses a second by {clients} clients")
        for line, _ in lines:
            typer.echo(line)
        for each in figures(alone, beside, share):
            typer.echo(each)
        answers = Counter(guessed.refused)
        typer.echo(", ".join(f"{status}: {number}" for status, number in sorted(answers.items())))
    raise typer.Exit(0 if all(met for _, met in lines) else 1)


if __name__ == "__main__":
    command()
