"""What a replica is asked for never changes without the chain by which it shows its age."""

from typing import Any

import pytest
from sqlalchemy import bindparam, select

from app.audit import newest_hash
from app.database import Database, Transaction
from app.metadata import METADATA
from app.replicas import READABLE
from tests.access.owner import Owned, an_owner
from tests.access.requests import operations
from tests.access.test_matrix import ask
from tests.service import Service

pytestmark = pytest.mark.anyio
CACHES = {"day_table", "digest"}
"""Made of entries, and used only where these are as they were."""

TABLES = [METADATA.tables[name] for name in sorted(READABLE - CACHES - {"audit_head"})]
CHANGING = {"createEntry", "checkIn", "updateEntry", "replaceEntry", "pushChanges", "updateProfile"}
ENDS = {"deleteAccount", "revokeDevice"}


async def seen(database: Database, owned: Owned) -> tuple[dict[str, Any], bytes | None]:
    """The rows that a replica may be asked for, and the newest hash of the chain."""
    bound = {"account": owned.account_id}

    async def look(transaction: Transaction) -> tuple[dict[str, Any], bytes | None]:
        rows = {}
        for table in TABLES:
            mine = select(table).where(table.c.account_id == bindparam("account"))
            rows[table.name] = sorted(map(repr, await transaction.fetch(mine, bound)))
        return rows, await newest_hash(transaction, owned.account_id)

    return await database.read(owned.account_id, look)


async def test_whatever_an_operation_changes_of_it_moves_the_chain(
    service: Service, everything: Database
) -> None:
    owned = await an_owner(service)
    await owned.patient.step_up()
    changed = set()
    for operation in operations():
        if operation.public or operation.name in ENDS:
            continue
        rows, newest = await seen(everything, owned)
        answer = await ask(owned.patient, operation, owned, dict(owned.places))
        assert answer.is_success, f"{operation.name}: {answer.text}"
        now, after = await seen(everything, owned)
        if now != rows:
            changed.add(operation.name)
            assert after != newest, operation.name
    assert changed >= CHANGING
