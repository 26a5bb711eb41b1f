"""Rings of a service under test, and what lies under their keys."""

from uuid import UUID

from sqlalchemy import bindparam, select, update

from app.database import Database
from app.keeping.key_verification import verify_keys
from app.metadata import METADATA
from app.vault import KeyRing
from tests.clocks import SetClock
from tests.service import Service

KEY = METADATA.tables["patient_key"]
ACCOUNTS = select(KEY.c.account_id).where(KEY.c.version == 1)
SPOIL = update(KEY).where(KEY.c.account_id == bindparam("account"))
SPOILT = SPOIL.values(wrapped=bindparam("spoilt"))


def ring_of(service: Service) -> KeyRing:
    """As its file is now."""
    return KeyRing.from_file(service.settings.keys_file)


async def versions_of(database: Database, ring: KeyRing, clock: SetClock) -> dict[int, int]:
    """Rows by the version of the patients' keys; every one of them opens."""
    found = await verify_keys(database, ring, clock)
    assert found.unreadable.total() == 0
    return dict(found.by_version)


async def accounts_of(database: Database) -> list[UUID]:
    """Those whose keys have a first version."""
    rows = await database.read(None, lambda work: work.fetch(ACCOUNTS))
    return [row[0] for row in rows]
