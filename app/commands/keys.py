"""`afterglow keys`: looking at the ring and rotating its keys and the patients'."""

import time
from typing import Annotated
from uuid import UUID

import typer

from app.clock import system_clock
from app.commands.environment import (
    checked_settings,
    fail,
    found_something,
    tell_of_command,
    whole_database,
)
from app.commands.rings import make, refuse_anothers_ring
from app.database import WholeDatabase
from app.keeping.key_rotation import (
    PatientKeyRotation,
    is_unfinished,
    is_young,
    move_rows,
    rows_under,
)
from app.keeping.key_verification import Verified, verify_keys
from app.main import ring_of
from app.settings import Settings
from app.vault import KeyRing, KeyRingRefused
from app.vault.keyring import Change, change_ring_file
from app.vault.rewrapping import Moved
from app.vault.ring_changes import with_next_current, with_standby, without
from app.vault.ring_keys import Purpose, RingKey, State

keys = typer.Typer(
    help="Look at the key ring, and rotate keys.",
    no_args_is_help=True,
    callback=tell_of_command("keys"),
)
OfRing = Annotated[str, typer.Option(help="`kek` or `service`.")]
keys.command()(make)
COPY_IT = "Keep a copy of the key ring's file apart from the database, now that it has changed."


@keys.command("list")
def list_keys() -> None:
    """Tell number, purpose and state of every key, and the rows it seals. No secret is shown."""
    settings = checked_settings()
    ring = ring_of(settings)
    for purpose in Purpose:
        rows = _rows_under(settings, purpose)
        for key in (key for key in ring.all_keys() if key.purpose is purpose):
            typer.echo(_told(key, rows))


@keys.command()
def add(purpose: OfRing) -> None:
    """Add a key that only opens yet, so that every host can have it before one seals with it."""
    settings = checked_settings()
    now = system_clock()
    _change(settings, lambda ring: with_standby(ring, _rotating(purpose), now))
    typer.echo("A key stands by. Bring the ring's file to every host, then run `keys rotate`.")
    typer.echo(COPY_IT)


@keys.command()
def rotate(
    purpose: Annotated[str, typer.Option(help="`kek` or `service`.")] = "",
    account: Annotated[UUID | None, typer.Option(help="With --dek: one account alone.")] = None,
    *,
    dek: Annotated[bool, typer.Option("--dek", help="The patients' own keys.")] = False,
    rows_only: Annotated[
        bool, typer.Option("--rows-only", help="With --purpose: add no key, move what is left.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="A new key in any case, young as the last may be.")
    ] = False,
) -> None:
    """Put a new key in place and seal anew under it, while the service runs.

    Run again after an interruption (then without --again), it goes on where it was.
    """
    settings = checked_settings()
    if dek == bool(purpose) or (account and not dek):
        fail("rotate either --purpose kek, --purpose service or --dek")
    if rows_only and (dek or again):
        fail("--rows-only adds no key: it goes with --purpose alone")
    refuse_anothers_ring(settings)
    if dek:
        moved = _rotate_patients(settings, account, again=again)
    else:
        moved = _rotate_ring(settings, _rotating(purpose), rows_only=rows_only, again=again)
    typer.echo(f"{moved.rows} rows were sealed anew.")
    if moved.unreadable:
        found_something(f"{moved.unreadable} rows do not open: run `afterglow keys verify`")


@keys.command()
def verify() -> None:
    """Open every wrapped key, and one row a version; exit 1 if one does not open."""
    settings = checked_settings()
    ring = ring_of(settings)
    found = whole_database(settings, lambda database: verify_keys(database, ring, system_clock))
    _tell(found)
    unreadable = {name: rows for name, rows in found.unreadable.items() if rows}
    if unreadable:
        found_something(
            ", ".join(f"{rows} of {name} do not open" for name, rows in unreadable.items())
        )


@keys.command()
def retire(
    number: Annotated[int, typer.Argument(help="The number that `keys list` shows.")],
    *,
    backups_gone: Annotated[
        bool, typer.Option("--backups-gone", help="No older backup is kept any more.")
    ] = False,
) -> None:
    """Take a key out of the ring that nothing in the database is under any more."""
    settings = checked_settings()
    key = next((key for key in ring_of(settings).all_keys() if key.number == number), None)
    rows = _rows_under(settings, key.purpose).get(number, 0) if key else 0
    if rows:
        found_something(f"{rows} rows are still under this key: run `afterglow keys rotate` again")
    now = system_clock()
    _change(settings, lambda ring: without(ring, number, now, backups_gone=backups_gone))
    typer.echo(f"Key {number} has left the ring.")
    typer.echo(COPY_IT)


def _rotate_ring(settings: Settings, purpose: Purpose, *, rows_only: bool, again: bool) -> Moved:
    ring = ring_of(settings)
    if not rows_only:
        ring = _with_new_key(settings, ring, purpose, again=again)
    typer.echo(f"Key {ring.current(purpose).number} seals now.")
    return whole_database(settings, lambda database: move_rows(database, ring, purpose))


def _with_new_key(settings: Settings, ring: KeyRing, purpose: Purpose, *, again: bool) -> KeyRing:
    """The ring with the next key in place; as it is while a rotation goes on, and a day after it.

    `again`: with the next key in any case.
    """
    now = system_clock()
    standing_by = any(
        key.purpose is purpose and key.state is State.STANDBY for key in ring.all_keys()
    )
    if not (standing_by or again):
        if whole_database(settings, lambda database: is_unfinished(database, ring, purpose)):
            return ring
        if is_young(ring.current(purpose), now):
            typer.echo(
                "The key was put in place less than a day ago and nothing is under an older one: "
                "no other key was made; `--again` makes one."
            )
            return ring
    changed = _change(settings, lambda keys: with_next_current(keys, purpose, now))
    typer.echo(COPY_IT)
    return changed


def _rotate_patients(settings: Settings, account: UUID | None, *, again: bool) -> Moved:
    ring = ring_of(settings)

    def rotation(database: WholeDatabase) -> PatientKeyRotation:
        return PatientKeyRotation(database, ring, system_clock)

    given = whole_database(
        settings, lambda each: rotation(each).give_new_keys(account, again=again)
    )
    typer.echo(f"{given.accounts} accounts have a new key.")
    if given.left_out:
        typer.echo(
            f"{given.left_out} accounts were left out, for a rotation gave them their key less "
            "than a day ago; `--again` gives them another."
        )
    seconds = whole_database(settings, lambda each: rotation(each).seconds_to_settle(account))
    if seconds:
        typer.echo(f"Waiting {seconds:.0f} seconds until every server seals with the newest keys.")
        time.sleep(seconds)
    return whole_database(settings, lambda database: rotation(database).move_rows(account))


def _rotating(name: str) -> Purpose:
    try:
        return Purpose(name)
    except ValueError:
        fail("the purpose is `kek` or `service`")


def _change(settings: Settings, change: Change) -> KeyRing:
    if settings.keys:
        fail("the ring in AFTERGLOW_KEYS is changed where it is kept; see docs/operations.md")
    try:
        return change_ring_file(settings.keys_file, change)
    except KeyRingRefused as refused:
        fail(str(refused))


def _rows_under(settings: Settings, purpose: Purpose) -> dict[int, int]:
    return whole_database(settings, lambda database: rows_under(database, purpose))


def _told(key: RingKey, rows: dict[int, int]) -> str:
    since = f"{key.since:%Y-%m-%d %H:%M}" if key.since else "the beginning"
    return (
        f"{key.number:>4}  {key.purpose:<8} {key.state:<8} since {since}, "
        f"{rows.get(key.number, 0)} rows"
    )


def _tell(found: Verified) -> None:
    for purpose, rows in found.by_key.items():
        for number, count in sorted(rows.items()):
            typer.echo(f"{purpose} key {number}: {count} rows")
    for version, count in sorted(found.by_version.items()):
        typer.echo(f"patients' keys, version {version}: {count} rows")
