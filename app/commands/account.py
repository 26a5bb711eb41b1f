"""`afterglow account …`: what an operator may do with an account, by its id alone, or with all."""

from typing import Annotated
from uuid import UUID

import typer

from app.accounts.accounts import Accounts, equip
from app.accounts.hashing import Hasher
from app.accounts.locking import set_account_locked
from app.audit import Actor
from app.clock import system_clock
from app.commands.environment import (
    checked_settings,
    fail,
    found_something,
    tell_of_command,
    whole_database,
    with_database,
)
from app.database import WholeDatabase
from app.keeping.erasing import erasure_of
from app.keeping.every_account import revoke_all_links, sign_everybody_out
from app.main import ring_of
from app.portability.ledger import LedgerBroken
from app.settings import Settings
from app.vault import Vault

OPERATOR = Actor("operator", "afterglow account")
account = typer.Typer(
    help="Lock, unlock or erase an account; sign all patients out, or revoke all links.",
    no_args_is_help=True,
    callback=tell_of_command("account"),
)
AccountId = Annotated[UUID, typer.Argument(help="The id of the account.", metavar="ID")]


@account.command()
def lock(account_id: AccountId) -> None:
    """Sign all devices out and let nobody in, as if the password were wrong."""
    _set_locked(account_id, locked=True)
    typer.echo("The account is locked.")


@account.command()
def unlock(account_id: AccountId) -> None:
    """Let the patient sign in again."""
    _set_locked(account_id, locked=False)
    typer.echo("The account is open.")


@account.command()
def erase(
    account_id: AccountId,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the id again.")] = False,
) -> None:
    """Erase an account for good; only its audit chain stays."""
    if not yes and typer.prompt("The id again, to erase it for good").strip() != str(account_id):
        fail("this is another id; nothing was erased")
    settings = checked_settings()
    try:
        if not with_database(
            settings.database_url, lambda database: _erase(settings, database, account_id)
        ):
            found_something("there is no such account")
    except LedgerBroken as broken:
        fail(str(broken))
    typer.echo("The account is erased.")


@account.command("everybody-out")
def everybody_out(
    *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False
) -> None:
    """Sign every device of every account out. Nobody is locked: patients may sign in again."""
    if not yes and not typer.confirm("Sign every device of every patient out?"):
        fail("nobody was signed out")
    ended = whole_database(
        checked_settings(),
        lambda database: sign_everybody_out(database, system_clock, OPERATOR),
    )
    typer.echo(f"{ended.number} devices of {ended.accounts} accounts were signed out.")


@account.command("revoke-links")
def revoke_links(
    *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False
) -> None:
    """Revoke every link of every account. Patients may make new ones."""
    if not yes and not typer.confirm("Revoke every link of every patient?"):
        fail("no link was revoked")
    ended = whole_database(
        checked_settings(),
        lambda database: revoke_all_links(database, system_clock, OPERATOR),
    )
    typer.echo(f"{ended.number} links of {ended.accounts} accounts were revoked.")


def _set_locked(account_id: UUID, *, locked: bool) -> None:
    settings = checked_settings()

    async def work(database: WholeDatabase) -> bool:
        return await set_account_locked(database, system_clock, account_id, OPERATOR, locked=locked)

    if not with_database(settings.database_url, work):
        found_something("there is no such account")


async def _erase(settings: Settings, database: WholeDatabase, account_id: UUID) -> bool:
    vault, hasher = Vault(ring_of(settings), system_clock), Hasher()
    try:
        equipment = equip(database, vault, settings, system_clock, hasher)
        accounts = Accounts.of(equipment, ())
        erasure = erasure_of(database, vault, settings, system_clock, accounts)
        return await erasure.erase(account_id, OPERATOR)
    finally:
        hasher.close()
