"""Whether a ring is the one that the database was sealed with, and how the first one is made."""

import typer

from app.commands.environment import fail, settings_alone, whole_database, with_database
from app.database import WholeDatabase
from app.database.errors import DatabaseUnavailable
from app.database.revision import was_migrated
from app.keeping.key_rotation import lacking_keys
from app.keeping.key_verification import is_anothers
from app.keeping.store import sees_every_row
from app.keeping.store_keys import keys_in_use
from app.main import ring_of
from app.settings import Settings
from app.vault.keyring import make_ring_file

ANOTHERS = "this key ring opens none of the patients' keys: it is another service's, or too old"


def make() -> None:
    """Make the first key ring of a service; one that is there, or was, is never replaced."""
    settings = settings_alone()
    if settings.keys or settings.keys_file.exists():
        fail("there is a key ring already")
    try:
        migrated = was_migrated(settings.database_url)
    except DatabaseUnavailable as away:
        fail(str(away))
    if migrated and with_database(
        settings.database_url, lambda database: database.read(None, keys_in_use)
    ):
        fail("the database holds what another ring sealed: put a copy of that one in place")
    try:
        make_ring_file(settings.keys_file)
    except OSError:
        fail("the key ring cannot be written where AFTERGLOW_KEYS_FILE says")
    typer.echo(
        "A key ring was made. Keep a copy of it apart from the database: nothing opens without."
    )


def refuse_lacking_keys(settings: Settings) -> None:
    """End the command when the database needs a key that the ring lacks, or another ring.

    A user from whom rows are hidden sees by look-ups what patients' keys and devices need, and
    some of those keys.
    """
    ring = ring_of(settings)

    async def look(database: WholeDatabase) -> tuple[set[int], bool]:
        lacking = ring.lacking(await database.read(None, keys_in_use))
        if await sees_every_row(database):
            lacking.update(await lacking_keys(database, ring))
        return lacking, await is_anothers(database, ring)

    lacking, is_wrong = with_database(settings.database_url, look)
    if lacking:
        numbers = ", ".join(str(number) for number in sorted(lacking))
        fail(f"the database needs keys that the ring lacks: {numbers}")
    if is_wrong:
        fail(ANOTHERS)


def refuse_anothers_ring(settings: Settings) -> None:
    """End the command when nothing opens: a rotation would seal under keys that nobody else has."""
    ring = ring_of(settings)
    if whole_database(settings, lambda database: is_anothers(database, ring)):
        fail(ANOTHERS)
