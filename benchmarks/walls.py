"""`python -m benchmarks.walls`: what row security costs, on PostgreSQL.

The same service, database and patient, once as the service's role and once as the server's
administrator, for whom no wall stands and look-ups are plain selects; in turns. Every figure is
a ratio of the first to the second.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from app.accounts import store_tokens
from app.accounts.tokens import TokenKind, fingerprint
from app.database import Database, Lookup
from app.database.statements import Compiled, StatementCache
from app.journal.journal import Journal
from benchmarks.servers import cpu_seconds_of
from tests.clocks import SetClock
from tests.engines import as_administrator, migrated, new_postgresql_database, postgresql_server
from tests.service import Patient, Service, an_entry, running

ENTRIES = 300
REPEATS = {"token look-up": 400, "list 50": 150, "create entry": 80}
ROLES = {"walled": "afterglow_app", "bare": "postgres"}
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Deed = Callable[[], Awaitable[object]]


class Cost(NamedTuple):
    """Seconds of one deed: on the wall, and of the database's CPU."""

    wall: float
    cpu: float


class PlainCache(StatementCache):
    """Runs look-ups as the selects that they stand for."""

    def __getitem__(self, statement: object) -> Compiled:
        """As the real one."""
        return super().__getitem__(statement.plain if isinstance(statement, Lookup) else statement)


@command.command()
def main(
    rounds: Annotated[int, typer.Option(help="Turns of each side.", min=2)] = 12,
) -> None:
    """Print the ratios."""
    with (
        postgresql_server() as server,
        tempfile.TemporaryDirectory(prefix="agwalls") as folder,
    ):
        url = migrated(asyncio.run(new_postgresql_database(server)))
        costs = asyncio.run(_measure(url, Path(folder), rounds))
    for line in table(costs):
        typer.echo(line)


def table(costs: dict[tuple[str, str], list[Cost]]) -> Iterator[str]:
    """The ratios in Markdown."""
    yield "| operation | time, walled ÷ bare | the database's CPU, walled ÷ bare |"
    yield "|---|---|---|"
    for name in REPEATS:
        walled, bare = costs[name, "walled"], costs[name, "bare"]
        wall = _median(walled) / _median(bare)
        cpu = sum(each.cpu for each in walled) / sum(each.cpu for each in bare)
        yield f"| {name} | {wall:.2f} | {cpu:.2f} |"


async def _measure(url: str, folder: Path, rounds: int) -> dict[tuple[str, str], list[Cost]]:
    costs: dict[tuple[str, str], list[Cost]] = {}
    async with _both(url, folder) as sides:
        for turn in range(rounds + 1):
            for side, deeds in sides.items():
                for name, deed in deeds.items():
                    cost = await _cost(deed, REPEATS[name], ROLES[side])
                    if turn:  # the first warms up
                        costs.setdefault((name, side), []).append(cost)
    return costs


@asynccontextmanager
async def _both(url: str, folder: Path) -> AsyncIterator[dict[str, dict[str, Deed]]]:
    clock = SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    async with (
        running(url, folder, clock) as walled,
        running(as_administrator(url), folder, clock) as bare,
    ):
        patient = await walled.sign_up()
        for _ in range(ENTRIES):
            await patient.save(an_entry())
        same = Patient(bare.http, patient.email, patient.tokens)
        database: Any = _database(bare)
        database._without_account = PlainCache(database._statements._dialect)  # noqa: SLF001
        yield {"walled": _deeds(walled, patient), "bare": _deeds(bare, same)}


def _deeds(service: Service, patient: Patient) -> dict[str, Deed]:
    database = _database(service)
    token = fingerprint(TokenKind.ACCESS, str(patient.tokens["access_token"]))
    return {
        "token look-up": lambda: database.read(
            None, lambda work: store_tokens.find_token(work, token), brief=True
        ),
        "list 50": lambda: patient.ask("GET", "/v1/entries?limit=50"),
        "create entry": lambda: patient.save(an_entry()),
    }


def _database(service: Service) -> Database:
    journal: Journal = service.app.state.provided[Journal]
    return journal._database  # noqa: SLF001 - the one that every room has


async def _cost(deed: Deed, times: int, role: str) -> Cost:
    used, begun = _cpu_of(role), time.perf_counter()
    for _ in range(times):
        await deed()
    wall = time.perf_counter() - begun
    return Cost(wall / times, (_cpu_of(role) - used) / times)


def _cpu_of(role: str) -> float:
    """CPU seconds of the server's processes that serve this role in a test's database."""
    return sum(
        cpu_seconds_of(int(each.parent.name))
        for each in Path("/proc").glob("[0-9]*/cmdline")
        if _title(each).startswith(f"postgres: {role} test_")
    )


def _title(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has ended
        return ""


def _median(costs: list[Cost]) -> float:
    return statistics.median(each.wall for each in costs)


if __name__ == "__main__":
    command()
