"""What every command begins and ends with: checked settings, an open database, an exit code."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import NoReturn, TypeVar

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from app.accounts.passkeys.relying_party import RelyingParty
from app.addresses import host_by_https
from app.database import DatabaseOverloaded, DatabaseUnavailable, WholeDatabase, open_database
from app.database.revision import is_ahead, is_current
from app.keeping.store import sees_every_row
from app.main import ring_of
from app.settings import Settings
from app.vault import KeyRingRefused
from app.web.logs import EventLog

T = TypeVar("T")
FOUND_SOMETHING = 1
WRONG_USE = 2
HELP = {"--help"}


def checked_settings(public_url: str | None = None) -> Settings:
    """The settings of the environment with a usable key ring; wrong ones end the command.

    A `public_url` goes before that of the environment.
    """
    settings = settings_alone(public_url)
    try:
        RelyingParty.of(settings)  # else each worker would end at its beginning, and be replaced
    except ValueError as wrong:
        fail(str(wrong))
    try:
        ring_of(settings)
    except KeyRingRefused as refused:
        fail(str(refused))
    return settings


def settings_alone(public_url: str | None = None) -> Settings:
    """The same, whatever there is of a ring."""
    try:
        return Settings() if public_url is None else Settings(public_url=public_url)
    except ValidationError as wrong:
        fail("; ".join(_told(fault) for fault in wrong.errors(include_input=False)))
    except SettingsError as wrong:
        name = re.search(r'"(\w+)"', str(wrong))
        fail(f"{_variable(name[1]) if name else 'a setting'}: this is no JSON list")


def _told(fault: ErrorDetails) -> str:
    """What is wrong, after the variable's name unless the text has it; never its value."""
    text = fault["msg"].removeprefix("Value error, ")
    return ": ".join([*(_variable(str(name)) for name in fault["loc"][:1]), text])


def _variable(field: str) -> str:
    return f"AFTERGLOW_{field.upper()}"


def want_migrated(url: str) -> None:
    """End the command unless the newest migration has run there; it makes nothing."""
    try:
        if is_current(url):
            return
        ahead = is_ahead(url)
    except DatabaseUnavailable as away:
        fail(str(away))
    if ahead:
        fail("the database was migrated by a newer version than this one")
    fail("the database is not migrated: run `afterglow migrate`")


def want_final_addresses(settings: Settings) -> None:
    """End the command where in production links or passkeys would be made that never open."""
    if settings.environment != "production":
        return
    host = host_by_https(settings.public_url)
    if not host:
        fail("production is asked by https: AFTERGLOW_PUBLIC_URL begins with https:// and a host")
    domain = RelyingParty.of(settings).id
    if not settings.passkey_origins and not f".{host}".endswith(f".{domain}"):
        fail("AFTERGLOW_PASSKEY_RP_ID is neither the host of AFTERGLOW_PUBLIC_URL nor above it")


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
    """Run `work` on an open database; one that is away or not migrated ends the command."""
    want_migrated(url)

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
