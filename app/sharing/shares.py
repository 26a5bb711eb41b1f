"""The patient's links: listed, read back, withdrawn, and who came by them."""

from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from app.audit import Actor, AuditEvent, append_event, append_if_there
from app.clock import Clock
from app.database import Database, Transaction
from app.sharing import store
from app.sharing.equipment import Equipment
from app.sharing.lifecycle import is_alive
from app.sharing.sealed import OpenedShare, opened_about, opened_share, recipient_place
from app.sharing.store_accesses import StoredAccess, load_accesses
from app.sharing.store_files import drop_reading, drop_revoked_reading
from app.vault import PatientKeys, SealBroken, opened_and_closed
from app.web.problems import NotFound

Position = tuple[datetime, UUID]
"""Where a page ended: instant and id of its last row."""


class KnownAccess(NamedTuple):
    """One row of the log with the reader's claim opened, unless that does not open."""

    row: StoredAccess
    recipient: str | None
    is_closed: bool = False


class FoundShares(NamedTuple):
    """A page of shares, where the next one begins, and the ids of those that do not open."""

    opened: list[OpenedShare]
    next_place: Position | None
    closed: list[UUID]


class Shares:
    """What owners do with links that are there; one object a process."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def page(self, account_id: UUID, after: Position | None, limit: int) -> FoundShares:
        """Shares, newest first."""

        async def work(transaction: Transaction) -> FoundShares:
            rows = await store.load_shares(transaction, account_id, after, limit + 1)
            keys = await self._equipment.vault.patient(transaction, account_id)
            last = rows[limit - 1] if len(rows) > limit else None
            opened, closed = opened_and_closed(rows[:limit], partial(opened_about, keys))
            following = last and (last.created_at, last.id)
            return FoundShares(opened, following, [row.id for row in closed])

        return await self._equipment.database.read(account_id, work)

    async def read(self, account_id: UUID, share_id: UUID, actor: Actor) -> OpenedShare:
        """A share, told in the audit chain when its link is read back.

        Raises NotFound, ShareUnreadable.
        """
        now = self._equipment.clock()

        async def work(transaction: Transaction) -> OpenedShare:
            row = await store.load_share(transaction, account_id, share_id)
            if row is None:
                raise NotFound
            if is_alive(row, now):
                event = AuditEvent(now, actor, "share.read_back", "share", str(share_id))
                await append_event(transaction, account_id, event)
            keys = await self._equipment.vault.patient(transaction, account_id)
            return opened_share(keys, row)

        return await self._equipment.database.write(account_id, work)

    async def revoke(self, account_id: UUID, share_id: UUID, actor: Actor) -> None:
        """Withdraw a share; it may be withdrawn already. Raises NotFound."""
        now = self._equipment.clock()

        async def work(transaction: Transaction) -> None:
            if not await store.revoke(transaction, account_id, share_id, now):
                if await store.load_share(transaction, account_id, share_id) is None:
                    raise NotFound
                return
            await drop_reading(transaction, account_id, share_id)
            event = AuditEvent(now, actor, "share.revoked", "share", str(share_id))
            await append_if_there(transaction, account_id, event)

        await self._equipment.database.write(account_id, work)

    async def revoke_all(self, account_id: UUID, actor: Actor) -> None:
        """Withdraw whatever is not withdrawn yet; a link that is made meanwhile stays whole."""
        await revoke_links(self._equipment.database, self._equipment.clock, account_id, actor)

    async def accesses(
        self, account_id: UUID, share_id: UUID, after: Position | None, limit: int
    ) -> tuple[list[KnownAccess], Position | None]:
        """The log of a link, newest first, and where the next page begins. Raises NotFound."""

        async def work(transaction: Transaction) -> tuple[list[KnownAccess], Position | None]:
            if await store.load_share(transaction, account_id, share_id) is None:
                raise NotFound
            rows = await load_accesses(transaction, account_id, share_id, after, limit + 1)
            keys = await self._equipment.vault.patient(transaction, account_id)
            last = rows[limit - 1] if len(rows) > limit else None
            known = [known_access(keys, share_id, row) for row in rows[:limit]]
            return known, last and (last.at, last.id)

        return await self._equipment.database.read(account_id, work)


def known_access(keys: PatientKeys, share_id: UUID, row: StoredAccess) -> KnownAccess:
    """A row of the log with the reader's claim opened."""
    if row.sealed_recipient is None:
        return KnownAccess(row, None)
    place = recipient_place(keys.account_id, share_id, row.id)
    try:
        return KnownAccess(row, keys.open(place, row.sealed_recipient).decode())
    except SealBroken:  # the vault has told it; all but the claim is in clear
        return KnownAccess(row, None, is_closed=True)


async def revoke_links(database: Database, clock: Clock, account_id: UUID, actor: Actor) -> int:
    """Withdraw all links of an account that are not withdrawn yet; how many there were.

    It stands in the patient's chain. Where the chain is gone they are withdrawn as well: that it is
    gone is told by those who verify chains.
    """
    now = clock()

    async def work(transaction: Transaction) -> int:
        revoked = await store.revoke_all(transaction, account_id, now)
        if revoked:
            await drop_revoked_reading(transaction, account_id)
            event = AuditEvent(now, actor, "share.all_revoked", "account", str(account_id))
            await append_if_there(transaction, account_id, event)
        return len(revoked)

    return await database.write(account_id, work)
