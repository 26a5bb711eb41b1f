"""The `afterglow` command: wiring and nothing else."""

import asyncio
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import ValidationError

from app.database import open_database
from app.database.migrate import is_current, upgrade
from app.journal.restore import RestoreRefused, begin_epoch
from app.main import create_app, ring_of
from app.settings import Settings
from app.vault import KeyRingRefused
from app.web.openapi import write_openapi

FOUND_SOMETHING = 1
WRONG_USE = 2
STOP_SECONDS = 20
cli = typer.Typer(
    help="The backend of a sealed symptom journal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
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
    settings = checked_settings()
    if not is_current(settings.database_url):
        fail("the database is not migrated: run `afterglow migrate`")
    if settings.mail_transport == "directory":
        typer.echo(f"Mail is written to {settings.mail_dir}", err=True)
    uvicorn.run(
        "app.main:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema; already there is fine."""
    settings = checked_settings()
    upgrade(settings.database_url)
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

    play(host, port, days, seed)


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
    settings = checked_settings()

    async def raise_epochs() -> int:
        database = await open_database(settings.database_url)
        try:
            return await begin_epoch(database, times=times)
        finally:
            await database.close()

    try:
        typer.echo(f"{asyncio.run(raise_epochs())} journals begin a new epoch.")
    except RestoreRefused as refused:
        fail(str(refused))


@cli.command()
def healthcheck(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Ask a running server whether it is ready (for containers)."""
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5) as answer:
            ready = answer.status == 200  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        ready = False
    raise typer.Exit(0 if ready else FOUND_SOMETHING)


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


def fail(message: str) -> NoReturn:
    """End the command as wrongly used."""
    typer.echo(f"afterglow: {message}", err=True)
    raise typer.Exit(WRONG_USE)


if __name__ == "__main__":
    main()
