"""The `afterglow` command: wiring and nothing else."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app.accounts.hashing import calibrated_passes
from app.allocator import keep_little
from app.commands.account import account
from app.commands.audit import audit
from app.commands.environment import (
    checked_settings,
    fail,
    found_something,
    tell_of_command,
    want_final_addresses,
    want_migrated,
    with_database,
)
from app.commands.keeping import backup, backup_identity, restore
from app.commands.keys import keys
from app.commands.rings import refuse_lacking_keys
from app.database.errors import DatabaseUnavailable, MigrationRefused
from app.database.revision import is_ahead
from app.database.walls import answers, is_encrypted, leaks_of, user_of
from app.journal.restore import RestoreRefused, begin_epoch
from app.main import create_app
from app.running import tell_settings
from app.settings import Settings
from app.web.connection import Connection
from app.web.logs import EventLog
from app.web.openapi import write_openapi

STOP_SECONDS = 20
BEGIN_SECONDS = 60
"""For a worker to begin, on however busy a machine; one that takes longer is replaced."""

cli = typer.Typer(
    help="The backend of a sealed symptom journal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    callback=tell_of_command(among=("backup", "migrate", "restore", "restored")),
)
cli.add_typer(account, name="account")
cli.add_typer(audit, name="audit")
cli.add_typer(keys, name="keys")
cli.command()(backup)
cli.command("backup-identity")(backup_identity)
cli.command()(restore)
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 found something, 2 wrong use."""
    cli()


@cli.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1)] = 1,
) -> None:
    """Serve the API and the clinician's page."""
    keep_little()
    settings = checked_settings()
    want_final_addresses(settings)
    _want_encrypted_way(settings, settings.database_url)
    _look_at_way_to_replica(settings)
    want_migrated(settings.database_url)
    _look_at_walls(settings, settings.database_url)
    _look_at_replica(settings)
    refuse_lacking_keys(settings)
    tell_settings(_calibrated(settings), EventLog())
    if settings.mail_transport == "directory":
        typer.echo(f"Mail is written to {settings.mail_dir}", err=True)
    # The server raises the signal again when it has stopped: told to stop, it ends with 0.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        "app.main:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=Connection,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=BEGIN_SECONDS,
    )


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema; already there is fine."""
    from app.database.migrate import upgrade  # noqa: PLC0415 - Alembic, which no server needs

    settings = checked_settings()
    url = settings.migration_url or settings.database_url
    _want_encrypted_way(settings, url)
    try:
        if is_ahead(url):
            fail("the database was migrated by a newer version than this one")
        upgrade(url)
    except MigrationRefused as refused:
        fail(f"{refused}; AFTERGLOW_MIGRATION_URL names the owner of the tables")
    except DatabaseUnavailable as away:
        fail(str(away))
    except OSError:
        fail("the folder of the database cannot be made or written")
    typer.echo("The database is at the newest schema.")


@cli.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    days: Annotated[int, typer.Option(min=1)] = 120,
    seed: int = 25,
) -> None:
    """Serve with a synthetic patient; print trends, and a share link with its passcode."""
    from app.demo.stage import play  # noqa: PLC0415 - numpy is needed by nobody else here

    origin = f"http://{host}:{port}"
    play(checked_settings(public_url=origin), host, port, days, seed)


@cli.command()
def openapi(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("openapi/openapi.json"),
) -> None:
    """Write the OpenAPI file."""
    write_openapi(create_app(checked_settings()), out)


@cli.command()
def restored(
    times: Annotated[
        int, typer.Option(help="How often this backup was restored, this time included.", min=1)
    ] = 1,
) -> None:
    """Raise every journal's epoch, after a restore and before the service opens."""
    url = checked_settings().database_url
    try:
        raised = with_database(url, lambda database: begin_epoch(database, times=times))
        typer.echo(f"{raised} journals begin a new epoch.")
    except RestoreRefused as refused:
        fail(str(refused))


@cli.command()
def healthcheck(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Ask a running server whether it is ready (for containers)."""
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - a server asks nobody

    asked = HTTPConnection(host, port, timeout=5)  # itself, whatever proxies the environment names
    try:
        asked.request("GET", "/readyz")
        answer = asked.getresponse()
        ready, told = answer.status == 200, answer.read(1000).decode(errors="replace")  # noqa: PLR2004
    except (OSError, HTTPException):
        ready, told = False, "nobody answers there"
    finally:
        asked.close()
    if not ready:
        found_something(f"not ready: {told}")


def _calibrated(settings: Settings) -> Settings:
    """The settings with the cost of a hash, measured here once for all processes to come."""
    if settings.environment != "production" or settings.hash_passes is not None:
        return settings
    os.environ["AFTERGLOW_HASH_PASSES"] = str(calibrated_passes())
    return Settings()


def _look_at_walls(settings: Settings, url: str, of: str = "") -> None:
    """Tell of every gap around a database; in production one is enough to end the command."""
    gaps = [f"{of}{gap}" for gap in asyncio.run(leaks_of(url))]
    if settings.environment != "production":
        for gap in gaps:
            typer.echo(f"Not fit for production: {gap}", err=True)
    elif gaps:
        fail("; ".join(gaps))


def _look_at_way_to_replica(settings: Settings) -> None:
    """It is the same user's, and no other may listen."""
    url = settings.replica_url
    if not url:
        return
    _want_encrypted_way(settings, url)
    if user_of(url) != user_of(settings.database_url):
        fail("AFTERGLOW_REPLICA_URL signs in as another user than AFTERGLOW_DATABASE_URL")


def _look_at_replica(settings: Settings) -> None:
    """What answers under its URL stands behind the same walls; it may be away."""
    url = settings.replica_url
    if not url:
        return
    if asyncio.run(answers(url)):
        _look_at_walls(settings, url, of="on the replica, ")
    else:
        typer.echo("The replica does not answer: until it does, the primary does", err=True)


def _want_encrypted_way(settings: Settings, url: str) -> None:
    if settings.environment == "production" and not is_encrypted(url):
        fail("production reaches PostgreSQL by a local socket, or by TLS with sslmode=verify-full")


if __name__ == "__main__":
    main()
