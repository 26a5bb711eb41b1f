"""`python -m tests.faults.refresh`: refreshes at once, refreshes with lost replies, and thieves.

Twenty requests at once with one refresh token give one successor; a phone that never hears three
replies of ten is not signed out; a copied token that comes back ends the device it was copied from.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Annotated, NamedTuple

import httpx
import typer

from app.vault.keyring import make_ring_file
from tests.faults.engines import EngineName, a_database
from tests.faults.kill import FOUND_SOMETHING
from tests.process import RunningService, new_device_at, served

AT_ONCE = 20
LOST_REPLIES = 0.3
REFRESH, PROFILE = "/v1/tokens/refresh", "/v1/profile"
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Outcome(NamedTuple):
    """Bursts that gave other than one pair, honest phones signed out, thieves not caught."""

    bursts: int
    forked: int
    refreshes: int
    signed_out: int
    thefts: int
    missed: int

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not (self.forked or self.signed_out or self.missed)


class Phone:
    """An honest device over HTTP."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        """`tokens`: of a device that has just signed up."""
        self._http = http
        self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]

    async def ask_with(self, refresh: str) -> httpx.Response:
        """One refresh request."""
        return await self._http.post(REFRESH, json={"refresh_token": refresh})

    async def take(self) -> None:
        """Refresh, hear the answer and use what came. Raises AssertionError when refused."""
        answer = await self.ask_with(self.refresh)
        if answer.status_code != 200:
            raise AssertionError(f"an honest phone was refused: {answer.status_code}")
        self.access, self.refresh = answer.json()["access_token"], answer.json()["refresh_token"]
        if not await self.is_signed_in():
            raise AssertionError("a new access token does not work")

    async def is_signed_in(self) -> bool:
        """Whether the access token works."""
        headers = {"Authorization": f"Bearer {self.access}"}
        return (await self._http.get(PROFILE, headers=headers)).status_code == 200


@command.command()
def main(
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    bursts: Annotated[int, typer.Option(min=1)] = 1000,
    refreshes: Annotated[int, typer.Option(min=1)] = 10_000,
    thefts: Annotated[int, typer.Option(min=1)] = 100,
) -> None:
    """Refresh, count; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agrefresh") as folder:
        outcome = refreshed(engine, Path(folder), bursts, refreshes, thefts)
    typer.echo(
        f"{engine}: {outcome.bursts} bursts of {AT_ONCE}, {outcome.forked} with other than one "
        f"successor; {outcome.refreshes} refreshes with {LOST_REPLIES:.0%} lost replies, "
        f"{outcome.signed_out} honest sign-outs; {outcome.thefts} thefts, {outcome.missed} missed"
    )
    if not outcome.holds:
        raise typer.Exit(FOUND_SOMETHING)


def refreshed(
    engine: EngineName, folder: Path, bursts: int, refreshes: int, thefts: int
) -> Outcome:
    """Do so many of each, over a socket."""
    make_ring_file(folder / "keys.json")
    with a_database(engine, folder) as url, served(url, folder) as service:
        forked = _of_a_phone(service, lambda phone: _bursts(phone, bursts))
        signed_out = _of_a_phone(service, lambda phone: _lossy(phone, refreshes))
        missed = sum(_of_a_phone(service, _theft) for _ in range(thefts))
    return Outcome(bursts, forked, refreshes, signed_out, thefts, missed)


def _of_a_phone(service: RunningService, work: Callable[[Phone], Awaitable[int]]) -> int:
    """What `work` counts, with the phone of a new patient."""
    with service.client() as http:
        tokens = new_device_at(http, service.folder)

    async def run() -> int:
        # The server hangs up on who has been silent for ten seconds: none of those is used again.
        limits = httpx.Limits(keepalive_expiry=2)
        async with httpx.AsyncClient(base_url=service.url, timeout=60, limits=limits) as http:
            return await work(Phone(http, tokens))

    return asyncio.run(run())


async def _bursts(phone: Phone, number: int) -> int:
    """Bursts that gave other than one pair of tokens."""
    forked = 0
    for _ in range(number):
        answers = await asyncio.gather(*(phone.ask_with(phone.refresh) for _ in range(AT_ONCE)))
        statuses = {each.status_code for each in answers}
        forked += statuses != {200} or len({_pair(each) for each in answers}) != 1
        phone.access, phone.refresh = _pair(answers[0])
    return forked


def _pair(answer: httpx.Response) -> tuple[str, str]:
    body = answer.json()
    return body.get("access_token", ""), body.get("refresh_token", "")


async def _lossy(phone: Phone, number: int) -> int:
    """Times that a phone which repeats what it did not hear was refused."""
    dice, refused = Random(5), 0  # noqa: S311 - nothing secret
    for _ in range(number):
        while dice.random() < LOST_REPLIES:
            refused += (await phone.ask_with(phone.refresh)).status_code != 200
        try:
            await phone.take()
        except AssertionError:
            return refused + 1
    return refused


async def _theft(phone: Phone) -> int:
    """1 when somebody with an old copy of the token gets away with it."""
    copied = phone.refresh
    await phone.take()
    await phone.take()
    thief = await phone.ask_with(copied)
    caught = thief.status_code == 401 and not await phone.is_signed_in()
    return 0 if caught else 1


if __name__ == "__main__":
    command()
