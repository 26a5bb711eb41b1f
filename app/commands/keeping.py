"""`afterglow backup`, `backup-identity` and `restore`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from app.clock import system_clock
from app.commands.environment import checked_settings, fail, found_something, whole_database
from app.database import WholeDatabase
from app.database.revision import newest_revision
from app.journal.restore import MOST_TIMES, RestoreRefused
from app.keeping import restore as restoring
from app.keeping.backup import BackedUp, NotWritten, back_up
from app.keeping.identities import IdentityRefused, make_identity, read_identity, read_recipient
from app.keeping.ledger import LedgerRefused, erased_accounts
from app.keeping.restore import Backup, Finished, Loaded, RestoreStopped
from app.keeping.sealed_stream import BackupBroken
from app.main import ring_of
from app.settings import Settings

T = TypeVar("T")
File = Annotated[Path | None, typer.Option(help="A file of the backup.")]
REFUSALS = (
    *(IdentityRefused, NotWritten, BackupBroken),
    *(RestoreStopped, RestoreRefused, OSError),
)


def backup_identity(
    out: Annotated[Path, typer.Option(help="The file to write, for the safe and not the server.")],
) -> None:
    """Make an identity that opens backups, and print the recipient they are sealed to."""
    try:
        typer.echo(make_identity(out))
    except (IdentityRefused, OSError) as refused:
        fail(_why(refused))


def backup(
    to: Annotated[Path, typer.Option(help="The folder for both files.")],
    recipient: Annotated[str, typer.Option(help="What `backup-identity` printed.")],
) -> None:
    """Write a sealed backup of one moment, while the service runs: data, and keys apart."""
    settings = checked_settings()

    async def work(database: WholeDatabase) -> BackedUp:
        key = read_recipient(recipient)
        return await back_up(database, newest_revision(), to, key, system_clock())

    done = _run(settings, work)
    typer.echo(f"{done.rows} rows of {done.accounts} accounts:\n{done.data}\n{done.keys}")


def restore(
    ledger: Annotated[list[Path], typer.Option(help="An erasure ledger; may be given again.")],
    data: File = None,
    keys: File = None,
    identity: Annotated[Path | None, typer.Option(help="The identity's file.")] = None,
    times: Annotated[
        int,
        typer.Option(
            help="How often this backup was restored, this time included; a restore that goes on "
            "remembers it.",
            min=1,
            max=MOST_TIMES,
        ),
    ] = 1,
    *,
    replay_only: Annotated[
        bool, typer.Option("--replay-only", help="The database's own tools restored it already.")
    ] = False,
) -> None:
    """Bring a backup into an empty, migrated database; readiness waits until all is in order."""
    settings = checked_settings()
    files = (data, keys, identity)
    if any(files) == replay_only or any(files) != all(files):
        fail("restore either --data, --keys and --identity, or --replay-only")
    ring, erased = ring_of(settings), _erased(ledger)
    if data and keys and identity:
        backed_up = (data, keys, identity)
        loaded = _run(settings, lambda database: _load(database, backed_up, erased, times))
        typer.echo(f"{loaded.rows} rows came back, {loaded.left_out} of erased accounts did not.")
    else:
        _run(settings, lambda database: restoring.mark(database, system_clock, times))

    async def finish(database: WholeDatabase) -> Finished:
        return await restoring.finish(database, ring, erased)

    finished = _run(settings, finish, found=True)
    typer.echo(f"{finished.erased_rows} rows of erased accounts were removed.")
    typer.echo(f"{finished.journals} journals begin a new epoch. The service may start.")


def _erased(ledger: list[Path]) -> set[UUID]:
    """Who must not come back; a ledger that cannot be read ends the command, with nothing done."""
    try:
        return erased_accounts(ledger)
    except (LedgerRefused, OSError) as refused:
        fail(_why(refused))


async def _load(
    database: WholeDatabase, files: tuple[Path, Path, Path], erased: set[UUID], times: int
) -> Loaded:
    data, keys, identity = files
    opened = Backup(data, keys, read_identity(identity))
    return await restoring.load(database, opened, newest_revision(), erased, system_clock, times)


def _run(
    settings: Settings, work: Callable[[WholeDatabase], Awaitable[T]], *, found: bool = False
) -> T:
    """Run `work` on the whole database; what it refuses ends the command."""
    try:
        return whole_database(settings, work)
    except REFUSALS as refused:
        (found_something if found else fail)(_why(refused))


def _why(refused: Exception) -> str:
    """An OSError's own text holds a path."""
    return "a file cannot be read or written" if isinstance(refused, OSError) else str(refused)
