"""`python -m benchmarks.footprint`: the bytes of a row of each table, and of the log of a save.

Patients write through the service on a PostgreSQL of this command's own: check-ins of three
entries, a change now and then, trends, and a link that is opened. Then the server is asked.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import asyncpg
import typer

from app.metadata import METADATA
from tests.clocks import SetClock
from tests.engines import as_administrator, migrated, new_postgresql_database, own_postgresql_server
from tests.service import Patient, Service, an_entry, running
from tests.sharing.links import opened, share

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOTE = "Slept badly, the morning was slow; went for a walk by the river and it got lighter."
CHANGED_EVERY = 10
"""Days between two changes of an entry."""

command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Table(NamedTuple):
    """What a table takes: rows, and bytes with everything that hangs on it, of which in indexes."""

    name: str
    rows: int
    heap: int
    indexes: int

    @property
    def a_row(self) -> float:
        """Bytes of a row with its share of the indexes."""
        return (self.heap + self.indexes) / self.rows


class Footprint(NamedTuple):
    """All tables with rows, and the bytes of the log for a check-in."""

    tables: list[Table]
    log_of_check_in: float


@command.command()
def main(
    patients: Annotated[int, typer.Option(min=1)] = 40,
    days: Annotated[int, typer.Option(min=1, help="Check-ins of each patient.")] = 120,
) -> None:
    """Print them."""
    with own_postgresql_server() as server, tempfile.TemporaryDirectory(prefix="agfoot") as folder:
        url = migrated(asyncio.run(new_postgresql_database(server)))
        found = asyncio.run(measured(url, Path(folder), patients, days))
    typer.echo(told(found, patients))


def told(found: Footprint, patients: int) -> str:
    """As a table."""
    lines = ["| table | rows a patient | bytes a row | of which index |", "|---|---|---|---|"]
    lines += [
        f"| {each.name} | {each.rows / patients:.1f} | {each.a_row:.0f} "
        f"| {each.indexes / each.rows:.0f} |"
        for each in found.tables
    ]
    total = sum(each.heap + each.indexes for each in found.tables) / patients
    return "\n".join(
        [
            *lines,
            f"{total / 1024:.0f} KiB a patient; {found.log_of_check_in:.0f} bytes of write-ahead "
            "log a check-in of three entries",
        ]
    )


async def measured(url: str, folder: Path, patients: int, days: int) -> Footprint:
    """Let patients live so many days on a migrated database, and look."""
    random = Random(7)
    async with running(url, folder, SetClock(NOW)) as service:
        people = [await service.sign_up() for _ in range(patients)]
        administrator = await asyncpg.connect(as_administrator(url))
        try:
            log = await _write(service, people, days, random, administrator)
            for each in people:
                await _read(service, each)
            return Footprint(await _tables(administrator), log)
        finally:
            await administrator.close()


async def _write(
    service: Service, people: Sequence[Patient], days: int, random: Random, administrator: Any
) -> float:
    """Everybody checks in day after day; the bytes of the log for each time."""
    await administrator.execute("CHECKPOINT")
    before = await administrator.fetchval("SELECT pg_current_wal_insert_lsn()")
    for day in range(days):
        for patient in people:
            await _check_in(patient, NOW - timedelta(days=days - day), random)
    after = await administrator.fetchval("SELECT pg_current_wal_insert_lsn()")
    for patient in people:
        for _ in range(days // CHANGED_EVERY):
            saved = (await patient.save(an_entry(note=NOTE)))["entry"]
            tag = {"If-Match": f'"{saved["revision"]}"'}
            body = {"score": random.randrange(21) / 2}
            await patient.ask("PATCH", f"/v1/entries/{saved['id']}", tag, json=body)
    return float(after - before) / (days * len(people))


async def _check_in(patient: Patient, at: datetime, random: Random) -> None:
    def an_id() -> str:
        return str(UUID(int=random.getrandbits(128), version=4))

    body = {
        "occurred_at": at.isoformat(),
        "time_zone": "UTC",
        "mood": {"id": an_id(), "score": random.randrange(21) / 2, "note": NOTE},
        "anxiety": {"id": an_id(), "level": random.randrange(11)},
        "flashback": {"id": an_id(), "report": "none_today"},
    }
    answer = await patient.ask("POST", "/v1/check-ins", json=body)
    if answer.status_code != 201:
        raise RuntimeError(f"a check-in was refused: {answer.text}")


async def _read(service: Service, patient: Patient) -> None:
    """Trends of a year, which keep digests and day tables, and a link that a clinician opens."""
    await patient.ask("GET", "/v1/trends/daily?metric=mood&from=2025-06-02&to=2026-06-01")
    await opened(service, await share(patient, mode="live"))


async def _tables(administrator: Any) -> list[Table]:
    await administrator.execute("VACUUM (ANALYZE)")
    found = []
    for name in sorted(METADATA.tables):
        rows = await administrator.fetchval(f'SELECT count(*) FROM "{name}"')  # noqa: S608 - our own names
        heap = await administrator.fetchval("SELECT pg_table_size($1::text::regclass)", name)
        indexes = await administrator.fetchval("SELECT pg_indexes_size($1::text::regclass)", name)
        if rows:
            found.append(Table(name, rows, heap, indexes))
    return found


if __name__ == "__main__":
    command()
