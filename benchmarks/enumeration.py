"""`python -m benchmarks.enumeration`: whether time tells which addresses have an account.

Pairs of requests, one about an address that has an account, the other about one that has none
(or about a locked account), in random order, at the real cost of a hash. They go to a server in a
process of its own, and time ends with the last byte of an answer, as it does for a stranger: what
a server does for a known address after that is part of no answer.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import typer

from app.accounts.locking import set_account_locked
from app.audit import Actor
from app.database import open_database
from app.web.identity import Authenticator
from benchmarks.ground import empty_databases
from tests.clocks import SetClock
from tests.process import served
from tests.service import PASSWORD, Json, Service, running

FOUND_SOMETHING = 1
GOAL_SHARE = 0.02
GOAL_SECONDS = 0.001
WARM_UP = 10
WRONG = "another lake under six birches"
JSON = {"Content-Type": "application/json"}
SIGN_IN = {"method": "password", "device": {"name": "Phone", "platform": "benchmark"}}
EngineName = Literal["sqlite", "postgresql"]
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Question(NamedTuple):
    """What is asked about two addresses, and what both answers have to be."""

    title: str
    path: str
    body: Json
    one: str
    other: str
    status: int


class Told(NamedTuple):
    """Medians in seconds of the two sides of a question."""

    title: str
    one: float
    other: float

    @property
    def is_silent(self) -> bool:
        """Whether the medians lie within 2 % or a millisecond of each other."""
        return abs(self.one - self.other) <= max(GOAL_SECONDS, GOAL_SHARE * self.one)


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    pairs: Annotated[int, typer.Option(min=20)] = 2000,
) -> None:
    """Print the medians of each question; exit 1 when one of them tells something."""
    with (
        tempfile.TemporaryDirectory(prefix="agenum") as folder,
        empty_databases(engine, Path(folder)) as databases,
    ):
        told = _measured(databases.afterglow, Path(folder), pairs)
    for line in table(told, pairs):
        typer.echo(line)
    if not all(each.is_silent for each in told):
        raise typer.Exit(FOUND_SOMETHING)


def table(told: list[Told], pairs: int) -> Iterator[str]:
    """The medians in Markdown."""
    yield f"| {pairs} pairs each | known | other | apart | |"
    yield "|---|---|---|---|---|"
    for each in told:
        apart = each.other - each.one
        verdict = "tells nothing" if each.is_silent else "**tells**"
        yield (
            f"| {each.title} | {each.one * 1e3:.2f} ms | {each.other * 1e3:.2f} ms "
            f"| {apart * 1e3:+.2f} ms, {apart / each.one:+.1%} | {verdict} |"
        )


def _measured(url: str, folder: Path, pairs: int) -> list[Told]:
    questions = asyncio.run(_questions(url, folder))
    with served(url, folder) as service:
        place = urlsplit(service.url)
        with closing(HTTPConnection(place.hostname or "", place.port, timeout=30)) as stranger:
            return [_asked(stranger, each, pairs) for each in questions]


async def _questions(url: str, folder: Path) -> list[Question]:
    clock = SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    async with running(url, folder, clock) as service:
        known = (await service.sign_up()).email
        locked = await _locked(service, url, clock)
    nobody = f"{uuid4().hex[:12]}@patients.example"
    sign_in = {**SIGN_IN, "password": WRONG}
    register = {"password": PASSWORD}
    path = "/v1/accounts"
    return [
        Question("sign in: wrong password, no account", "/v1/tokens", sign_in, known, nobody, 401),
        Question("sign in: wrong password, locked", "/v1/tokens", sign_in, known, locked, 401),
        Question("register", path, register, known, nobody, 202),
        Question("recover", f"{path}/recovery", {}, known, nobody, 202),
    ]


async def _locked(service: Service, url: str, clock: SetClock) -> str:
    """The address of a locked account."""
    patient = await service.sign_up()
    authenticate = service.app.state.provided[Authenticator]
    account_id = (await authenticate(patient.tokens["access_token"])).account_id
    database = await open_database(url)
    try:
        operator = Actor("operator", "benchmark")
        await set_account_locked(database, clock, account_id, operator, locked=True)
    finally:
        await database.close()
    return patient.email


def _asked(stranger: HTTPConnection, question: Question, pairs: int) -> Told:
    random, sides = Random(11), [0, 1]
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs + WARM_UP):
        random.shuffle(sides)
        for side in sides:
            email = (question.one, question.other)[side]
            body = json.dumps({**question.body, "email": email}).encode()
            begun = time.perf_counter()
            stranger.request("POST", question.path, body, JSON)
            answer = stranger.getresponse()
            answer.read()
            if number >= WARM_UP:
                seconds[side].append(time.perf_counter() - begun)
            if answer.status != question.status:
                raise RuntimeError(f"{question.title} was answered {answer.status}")
    return Told(question.title, *(statistics.median(each) for each in seconds))


if __name__ == "__main__":
    command()
