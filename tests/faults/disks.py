"""A database of either engine on a disk whose calls fail when they are told to."""

import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import asyncpg

from tests.engines import sqlite_url
from tests.faults.cluster import Cluster, a_server
from tests.faults.disk import ALL_FILES, Board, File, between
from tests.faults.engines import EngineName

FILE = "sqlite:///"
SUPERVISED = {"restart_after_crash": "off"}
"""As docs/operations.md has it: a server one of whose processes crashed ends, and is started."""

SMALL = {"shared_buffers": "4MB", "checkpoint_timeout": "30s"}
"""So the processes that serve write tables themselves, for want of room."""

CHECKPOINT_SECONDS = 0.1
"""Between two checkpoints: else tables and their syncs would hardly be met."""

AWAY = (
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that ends in the middle of it
    OSError,
)


class Disk(Protocol):
    """What fails, whose it is, and who looks after it."""

    url: str
    """Of a migrated database, as the service signs in to it."""
    board: Board
    environment: Mapping[str, str]
    """Of the service."""
    files: tuple[tuple[File, ...], ...]
    """The groups of files that fail alone."""

    def supervise(self) -> int:
        """Start the database's server where it ended; how often it was started: 0 or 1."""

    def is_whole(self) -> bool:
        """What the engine says of its files."""

    def is_whole_at_rest(self) -> bool:
        """The same when nobody uses the database any more."""


@contextmanager
def a_disk(engine: EngineName, folder: Path) -> Iterator[Disk]:
    """Raises CalledProcessError, and OSError without a C compiler."""
    if engine == "sqlite":
        yield _SQLite.at(folder)
        return
    with a_server() as cluster, _PostgreSQL.of(cluster).checkpointed() as disk:
        yield disk


@dataclass(slots=True)
class _SQLite:
    """The service's own calls fail."""

    url: str
    board: Board
    environment: Mapping[str, str]
    files: tuple[tuple[File, ...], ...] = (ALL_FILES,)

    @classmethod
    def at(cls, folder: Path) -> "_SQLite":
        """A new file there."""
        url, board = sqlite_url(folder), Board(folder / "board")
        environment = between(folder, Path(url.removeprefix(FILE)))
        return cls(url, board, environment | {"FAULTY_BOARD": str(folder / "board")})

    def supervise(self) -> int:
        """There is no server."""
        return 0

    def is_whole(self) -> bool:
        """Every page, and every index against its table."""
        with closing(sqlite3.connect(self.url.removeprefix(FILE))) as connection:
            told: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return told == "ok"

    def is_whole_at_rest(self) -> bool:
        """There is nothing more to see."""
        return self.is_whole()


@dataclass(slots=True)
class _PostgreSQL:
    """The calls of all the server's processes fail."""

    cluster: Cluster
    board: Board
    url: str
    environment: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[File, ...], ...] = (ALL_FILES, (File.DATABASE,))

    @classmethod
    def of(cls, cluster: Cluster) -> "_PostgreSQL":
        """Start the server again, with the library before its own ones."""
        primary = cluster.primary
        place = primary.folder.parent
        board, path = Board(place / "board"), place / "board"
        path.chmod(0o600)
        environment = between(place, primary.folder) | {"FAULTY_BOARD": str(path)}
        if primary.tools.user:
            shutil.chown(path, primary.tools.user)
        primary.stop()
        primary.settings, primary.environment = SUPERVISED | SMALL, environment
        primary.start()
        return cls(cluster, board, cluster.url)

    @contextmanager
    def checkpointed(self) -> Iterator["_PostgreSQL"]:
        """One checkpoint after the other meanwhile, as far as the disk lets them."""
        over = threading.Event()

        def checkpoint() -> None:
            while not over.wait(CHECKPOINT_SECONDS):
                try:
                    self.cluster.primary.ask("CHECKPOINT")
                except (*AWAY, asyncpg.PostgresError):
                    continue

        thread = threading.Thread(target=checkpoint)
        thread.start()
        try:
            yield self
        finally:
            self.board.stop()
            over.set()
            thread.join()

    def supervise(self) -> int:
        """What systemd does with `Restart=always`: nobody looks whether it is well."""
        server = self.cluster.primary
        if server.runs():
            return 0
        try:
            server.start()
        except subprocess.CalledProcessError:  # it ended again, or its processes have not yet
            return 0
        return 1

    def is_whole(self) -> bool:
        """Only a server that does not run can be asked."""
        return True

    def is_whole_at_rest(self) -> bool:
        """The checksum of every page."""
        primary = self.cluster.primary
        primary.stop()
        try:
            primary.tools.run("pg_checksums", "--check", "-D", str(primary.folder))
        except subprocess.CalledProcessError:
            return False
        return True
