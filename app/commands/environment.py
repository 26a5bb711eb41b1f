"""What every command begins and ends with: checked settings, an open database, an exit code."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import NoReturn, TypeVar

import typer
from pydantic import ValidationError

from app.database import DatabaseOverloaded, DatabaseUnavailable, WholeDatabase, open_database
from app.keeping.store import sees_every_row
from app.main import ring_of
from app.settings import Settings
from app.vault import KeyRingRefused
from app.web.logs import EventLog

T = TypeVar("T")
FOUND_SOMETHING = 1
WRONG_USE = 2
HELP = {"--help"}


def checked_settings() -> Settings:
    """The settings of the environment with a usable key ring; wrong ones end the command."""
    try:
        settings = Settings()
        ring_of(settings)
    except ValidationError as wrong:
        fail("; ".join(fault["msg"] for fault in wrong.errors(include_input=False)))
    except KeyRingRefused as refused:
        fail(str(refused))
    return settings


def tell_of_command(
    group: str = "", among: Collection[str] = ()
) -> Callable[[typer.Context], None]:
    """A callback of a `group` of commands: each leaves a line of the log on standard error.

    `among`: those alone. The line holds the command's name, never an argument, which may be an id
    or a path.
    """

    def tell(context: typer.Context) -> None:
        name = context.invoked_subcommand or ""
        if (not among or name in among) and not HELP & {*sys.argv}:
            EventLog(sys.stderr)("command", action=f"{group} {name}".strip())

    return tell


def owner_url(settings: Settings) -> str:
    """The database as its owner sees it: every patient's rows, behind no wall."""
    return settings.migration_url or settings.database_url


def with_database(url: str, work: Callable[[WholeDatabase], Awaitable[T]]) -> T:
    """Run `work` on an open database; one that is away ends the command."""

    async def run() -> T:
        database = await open_database(url, whole=True)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except (DatabaseUnavailable, DatabaseOverloaded) as away:
        fail(str(away))


def whole_database(settings: Settings, work: Callable[[WholeDatabase], Awaitable[T]]) -> T:
    """The same for what must see every row; a user from whom rows are hidden ends the command.

    Else a rotation would leave rows behind, and a backup would lack them.
    """

    async def look_first(database: WholeDatabase) -> T:
        if not await sees_every_row(database):
            fail("row security hides rows from this user: it needs one with BYPASSRLS")
        return await work(database)

    return with_database(owner_url(settings), look_first)


def found_something(message: str) -> NoReturn:
    """End the command with what it found."""
    typer.echo(f"afterglow: {message}", err=True)
    raise typer.Exit(FOUND_SOMETHING)


def fail(message: str) -> NoReturn:
    """End the command as wrongly used."""
    typer.echo(f"afterglow: {message}", err=True)
    raise typer.Exit(WRONG_USE)
