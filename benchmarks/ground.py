"""The ground of a run: three databases with the same patients, and tokens for all of them."""

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from app.database.connect import SQLITE_PREFIX
from app.database.migrate import upgrade
from app.database.sqlite_turn import Turn
from tests.engines import (
    as_administrator,
    migrated,
    new_postgresql_database,
    postgresql_server,
)

TOKEN_MINUTES = 60
PROOF = timedelta(minutes=5)
RENEW = "UPDATE access_token SET expires_at = {}, confirmed = TRUE"
PROVE = "UPDATE device SET step_up_until = {}"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is seeded."""

    patients: int
    years: float
    a_day: int


@dataclass(frozen=True, slots=True)
class SeededPatient:
    """A patient with a token for every server; `head` is the newest revision after seeding."""

    account_id: UUID
    token: str
    head: int

    @property
    def token_hash(self) -> bytes:
        """By which the token is found."""
        return hashlib.sha256(self.token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Databases:
    """URLs of the same journals: sealed for Afterglow, a copy for bare, in the clear for usual.

    On PostgreSQL the first two are those of the service's role: row security holds for both.
    """

    afterglow: str
    bare: str
    usual: str

    def renew_tokens(self) -> None:
        """Let every access token live for another hour in the databases that know an end.

        Every device has just shown a proof of identity, too: an export wants one.
        """
        now = datetime.now(UTC)
        for url in (self.afterglow, self.bare):
            _set_ends(url, now + timedelta(minutes=TOKEN_MINUTES), now + PROOF)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run stands on. Patients who write are others than those who read."""

    engine: str
    folder: Path
    databases: Databases
    extent: Extent
    last_day: date
    patients: list[SeededPatient]
    links: list[str]
    """Tokens of direct links."""
    asked: int | None = None
    """So many of those who read, and of those who write, are asked for; all for None.

    Where a database is larger than the memory, others would be asked for from the disk.
    """

    @property
    def readers(self) -> list[SeededPatient]:
        """Whose journals never change."""
        return self.patients[: max(1, len(self.patients) // 2)][: self.asked]

    @property
    def writers(self) -> list[SeededPatient]:
        """Whose journals grow."""
        return self.patients[len(self.patients) // 2 :][: self.asked]

    @property
    def environment(self) -> Mapping[str, str]:
        """What all servers are told."""
        return {
            "AFTERGLOW_DATABASE_URL": self.databases.afterglow,
            "AFTERGLOW_KEYS_FILE": str(self.folder / "keys.json"),
            "AFTERGLOW_MAIL_DIR": str(self.folder / "mail"),
            "AFTERGLOW_ACCESS_TOKEN_MINUTES": str(TOKEN_MINUTES),
            "AFTERGLOW_LIMITS": "off",
            "BENCHMARK_BARE_DATABASE": self.databases.bare,
            "BENCHMARK_USUAL_DATABASE": self.databases.usual,
            "BENCHMARK_ANSWERS": str(self.folder / "answers"),
            # Servers find their bytecode, as installed ones do.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"),
        }


@contextmanager
def empty_databases(engine: str, folder: Path) -> Iterator[Databases]:
    """A migrated database for Afterglow, an empty one for the usual app; bare's is made later."""
    if engine == "sqlite":
        names = ("afterglow", "bare", "usual")
        urls = Databases(*(f"{SQLITE_PREFIX}{folder / name}.db" for name in names))
        upgrade(urls.afterglow)
        yield urls
        return
    with postgresql_server() as server:
        afterglow, usual = (asyncio.run(new_postgresql_database(server)) for _ in range(2))
        afterglow = migrated(afterglow)
        bare = afterglow.replace("/test_", f"/bare_{uuid4().hex[:4]}_", 1)
        yield Databases(afterglow, bare, usual)


def copy_for_bare(databases: Databases) -> None:
    """Bare writes what does not open, so it works on a copy."""
    if databases.afterglow.startswith(SQLITE_PREFIX):
        source, target = (
            Path(url.removeprefix(SQLITE_PREFIX)) for url in (databases.afterglow, databases.bare)
        )
        with sqlite3.connect(source) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(source, target)
    else:
        asyncio.run(_copy_postgresql(databases))


async def _copy_postgresql(databases: Databases) -> None:
    connection = await asyncpg.connect(databases.usual)
    source, target = (
        url.partition("?")[0].rpartition("/")[2] for url in (databases.afterglow, databases.bare)
    )
    # As files: through the log, gigabytes would be written twice.
    await connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    await connection.close()


def usual_address(url: str) -> str:
    """A URL as SQLAlchemy's ordinary engine wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def settle(url: str) -> None:
    """Statistics for the planner and a clean page map, as a database of some age has them."""
    if url.startswith(SQLITE_PREFIX):
        with sqlite3.connect(url.removeprefix(SQLITE_PREFIX), isolation_level=None) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        asyncio.run(_execute(url, "VACUUM ANALYZE"))


def _set_ends(url: str, of_tokens: datetime, of_proofs: datetime) -> None:
    if url.startswith(SQLITE_PREFIX):
        path = Path(url.removeprefix(SQLITE_PREFIX))
        # In turn with the servers: beside a checkpoint of theirs this could spoil the file.
        with (
            closing(Turn(path)) as turn,
            turn.taken(),
            closing(sqlite3.connect(path)) as connection,
        ):
            connection.execute(RENEW.format("?"), [_text(of_tokens)])
            connection.execute(PROVE.format("?"), [_text(of_proofs)])
            connection.commit()
    else:
        asyncio.run(_execute(url, RENEW.format("$1"), of_tokens))
        asyncio.run(_execute(url, PROVE.format("$1"), of_proofs))


def _text(at: datetime) -> str:
    """As SQLite holds an instant."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


async def _execute(url: str, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(as_administrator(url))
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()
