"""What the patient's links were about and who came by them, for the export; never a secret."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.database import Transaction
from app.sharing.answers import shown, shown_accesses
from app.sharing.schemas import Share, ShareAccess
from app.sharing.sealed import opened_about
from app.sharing.shares import Position, known_access
from app.sharing.store import StoredShare, load_shares
from app.sharing.store_accesses import load_accesses
from app.vault import PatientKeys, SealBroken

PAGE = 50
MOST_ACCESSES = 500
"""No link's log is longer."""


class OwnShare(NamedTuple):
    """A link without token, key and passcode, and the log of its openings.

    `share` is None where what it is about does not open.
    """

    id: UUID
    share: Share | None
    accesses: list[ShareAccess]


async def own_shares(
    transaction: Transaction, keys: PatientKeys, now: datetime
) -> AsyncIterator[OwnShare]:
    """Every link of the account, newest first."""
    after: Position | None = None
    while rows := await load_shares(transaction, keys.account_id, after, PAGE):
        for row in rows:
            log = await load_accesses(transaction, keys.account_id, row.id, None, MOST_ACCESSES)
            known = [known_access(keys, row.id, each) for each in log]
            yield OwnShare(row.id, _share(keys, row, now), shown_accesses(known))
        after = (rows[-1].created_at, rows[-1].id)


def _share(keys: PatientKeys, row: StoredShare, now: datetime) -> Share | None:
    try:
        return shown(opened_about(keys, row), now)
    except SealBroken:  # the vault has told it
        return None
