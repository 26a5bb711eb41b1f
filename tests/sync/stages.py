"""A service that can be put back to a beginning, copied, and restored from a copy."""

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI

from app.database import open_database
from app.journal.restore import begin_epoch
from app.main import create_app
from app.settings import Settings
from tests.clocks import SetClock
from tests.engines import as_administrator, database_name, with_database
from tests.service import running, settings_for


class Shelf(Protocol):
    """Keeps whole databases under names. Nobody may be connected when one is moved."""

    url: str

    async def copy(self, source: str, target: str) -> None:
        """Make `target` the same as `source`; `live` is the one the service runs on."""
        ...


class FileShelf:
    """SQLite: a database is a file."""

    def __init__(self, url: str, folder: Path) -> None:
        """`url` names a migrated file, which becomes the first to be copied."""
        self._folder = folder
        self._files = {"empty": Path(url.removeprefix("sqlite:///"))}
        self.url = f"sqlite:///{self._file('live')}"

    async def copy(self, source: str, target: str) -> None:
        """A copy of the file; a closed database has no other."""
        live = self._file(target)
        for leftover in (Path(f"{live}-wal"), Path(f"{live}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(self._file(source), live)

    def _file(self, name: str) -> Path:
        return self._files.get(name, self._folder / f"{name}.db")


class ServerShelf:
    """PostgreSQL: a database is copied as a template."""

    def __init__(self, url: str) -> None:
        """`url` names a migrated database, which becomes the first to be copied."""
        self._server = as_administrator(with_database(url, "postgres"))
        self._mark = uuid4().hex
        self._names = {"empty": database_name(url)}
        self.url = with_database(url, self._name("live"))

    async def copy(self, source: str, target: str) -> None:
        """Drop the target if it is there and make it anew."""
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(f'DROP DATABASE IF EXISTS "{self._name(target)}"')
            await connection.execute(
                f'CREATE DATABASE "{self._name(target)}" TEMPLATE "{self._name(source)}"'
            )
        finally:
            await connection.close()

    def _name(self, name: str) -> str:
        return self._names.get(name, f"{name}_{self._mark}")


def shelf_for(database_url: str, folder: Path) -> Shelf:
    """A shelf of databases beside this empty one, which is left as it is."""
    if database_url.startswith("sqlite"):
        return FileShelf(database_url, folder)
    return ServerShelf(database_url)


class Stage:
    """One application on the live database of a shelf, with one patient signed in."""

    def __init__(self, shelf: Shelf, folder: Path, clock: SetClock) -> None:
        """Nothing runs before `prepare`."""
        self._shelf = shelf
        self._folder = folder
        self._clock = clock
        self._running = AsyncExitStack()
        self.app: FastAPI | None = None
        self.headers: dict[str, str] = {}

    async def prepare(self) -> None:
        """Sign a patient up and keep that database as the beginning of every story."""
        await self._shelf.copy("empty", "live")
        async with running(self._shelf.url, self._folder, self._clock) as service:
            self.headers = (await service.sign_up()).headers
        await self._shelf.copy("live", "beginning")
        settings: Settings = settings_for(self._shelf.url, self._folder)
        self.app = create_app(settings, self._clock)

    async def begin(self) -> None:
        """The journal is empty again and the service runs."""
        await self.close()
        await self._shelf.copy("beginning", "live")
        await self._open()

    async def back_up(self, name: str) -> None:
        """Keep a copy of the database as it is now."""
        await self.close()
        await self._shelf.copy("live", name)
        await self._open()

    async def restore(self, name: str, times: int = 1) -> int:
        """Put a copy in the place of the database, as the runbook says."""
        await self.close()
        await self._shelf.copy(name, "live")
        database = await open_database(self._shelf.url)
        try:
            journals = await begin_epoch(database, times=times)
        finally:
            await database.close()
        await self._open()
        return journals

    async def close(self) -> None:
        """Stop the service."""
        await self._running.aclose()

    def transport(self) -> httpx.AsyncBaseTransport:
        """The way into the running application; it outlives restores."""
        if self.app is None:
            raise LookupError("the stage is not prepared")
        return httpx.ASGITransport(self.app, raise_app_exceptions=False)

    def client(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        """A client with the patient's token."""
        return httpx.AsyncClient(
            transport=transport, base_url="http://afterglow.test", headers=self.headers
        )

    async def _open(self) -> None:
        if self.app is None:
            raise LookupError("the stage is not prepared")
        await self._running.enter_async_context(self.app.router.lifespan_context(self.app))


async def new_stage(database_url: str, folder: Path, clock: SetClock) -> Stage:
    """A prepared stage on a copy of this database."""
    stage = Stage(shelf_for(database_url, folder), folder, clock)
    await stage.prepare()
    await asyncio.sleep(0)
    return stage
