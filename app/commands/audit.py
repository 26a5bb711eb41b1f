"""`afterglow audit`: whether the chains are whole, and roots that say where they ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app.audit.anchoring import Anchoring
from app.audit.anchors import Anchors, anchors_of
from app.audit.roots import Root, RootsBroken
from app.audit.verification import Verified, verify_chains
from app.clock import system_clock
from app.commands.environment import (
    checked_settings,
    fail,
    found_something,
    tell_of_command,
    whole_database,
    with_database,
)
from app.database import Database, WholeDatabase
from app.main import ring_of
from app.settings import Settings

audit = typer.Typer(
    help="Look at the audit chains, and sign where they end.",
    no_args_is_help=True,
    callback=tell_of_command("audit"),
)


@audit.command()
def verify(
    account: Annotated[UUID | None, typer.Option(help="One account alone.")] = None,
    anchor: Annotated[
        Path | None, typer.Option(help="A file of roots, with the folder of their heads beside it.")
    ] = None,
) -> None:
    """Walk along every chain; print the first event of each that does not fit, and exit 1."""
    settings = checked_settings()
    with _anchored(settings, anchor) as anchors:

        async def work(database: WholeDatabase) -> Verified:
            return await verify_chains(database, anchors.heads if anchors else (), account)

        found = whole_database(settings, work)
    if account and not found.chains:
        found_something("there is no chain of such an account")
    if anchors:
        _tell(anchors)
    typer.echo(f"{found.events} events in {found.chains} chains.")
    for each in found.named:
        typer.echo(f"account {each.account_id}: broken at event {each.seq}")
    if found.broken:
        found_something(f"{found.broken} chains are broken")


@audit.command()
def root() -> None:
    """Sign where all chains end now, and append it to the file of roots."""
    settings = checked_settings()

    async def work(database: Database) -> Root:
        ring = ring_of(settings)
        return await Anchoring(database, system_clock, ring, settings.audit_roots).append()

    try:
        made = with_database(settings.database_url, work)
    except RootsBroken as broken:
        found_something(str(broken))
    except OSError:
        fail("the file of roots, or the folder of their heads, cannot be written")
    typer.echo(f"Root {made.number} over {made.chains} chains: {made.root}")


@contextmanager
def _anchored(settings: Settings, path: Path | None) -> Iterator[Anchors | None]:
    """The roots of a file, if one is given; what is wrong with it ends the command."""
    if path is None:
        yield None
        return
    if not path.is_file():
        fail("there is no such file of roots")
    try:
        with anchors_of(path, ring_of(settings)) as anchors:
            if not anchors.with_heads:
                fail("the heads of no root lie beside the file")
            yield anchors
    except RootsBroken as broken:
        found_something(str(broken))
    except OSError:
        fail("a file of roots or heads cannot be read")


def _tell(anchors: Anchors) -> None:
    newest = anchors.roots[-1]
    typer.echo(f"{len(anchors.roots)} roots are whole, the newest of {newest.at}.")
    lacking = len(anchors.roots) - len(anchors.with_heads)
    if lacking:
        typer.echo(f"The heads of {lacking} roots are not there: they were not compared.")
