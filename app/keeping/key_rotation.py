"""Rotating keys over the whole database, while it is served, to be resumed after any end."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.audit import Actor, AuditEvent, ChainClosed, ChainMissing, append_event
from app.clock import Clock
from app.database import Database, Transaction
from app.journal.store import lock_journal
from app.keeping.sealed import UNDER_PATIENT, UNDER_RING
from app.keeping.store_keys import is_there
from app.vault import KeyRing, KeyRingRefused, SealBroken, Vault
from app.vault.providers import RingKeys
from app.vault.resealing import Resealing, all_accounts
from app.vault.rewrapping import BATCH, Moved, move_to_current, patiently, rows_by_key
from app.vault.ring_keys import Purpose, RingKey
from app.vault.store import load_keys, newest_rotation
from app.vault.vault import CACHED_SECONDS, SETTLED_AFTER

SAME_ROTATION = timedelta(days=1)
"""A key that is younger was made by this rotation: the run before was interrupted, or on another
host."""

EVERYWHERE_AFTER = SETTLED_AFTER + timedelta(seconds=CACHED_SECONDS)
OPERATOR = Actor("operator", "keys")


class Given(NamedTuple):
    """Accounts that got a new key, and accounts left out because a rotation made theirs today."""

    accounts: int
    left_out: int


async def rows_under(database: Database, purpose: Purpose) -> dict[int, int]:
    """How many rows each key of a purpose sealed, by its number."""
    found: dict[int, int] = {}
    for column in UNDER_RING.get(purpose, ()):
        for number, rows in (await rows_by_key(database, column)).items():
            found[number] = found.get(number, 0) + rows
    return found


async def lacking_keys(database: Database, ring: KeyRing) -> list[int]:
    """Numbers of keys that the database needs and the ring lacks."""
    lacking: set[int] = set()
    for purpose in UNDER_RING:
        needed = await rows_under(database, purpose)
        lacking |= needed.keys() - {key.number for key in RingKeys(ring, purpose).list()}
    return sorted(lacking)


async def is_unfinished(database: Database, ring: KeyRing, purpose: Purpose) -> bool:
    """Whether rows are left under another key than the current one."""
    needed = await rows_under(database, purpose)
    return bool(needed.keys() - {ring.current(purpose).number})


def is_young(key: RingKey, now: datetime) -> bool:
    """Whether the key was put in place within a day; a ring's first ones never are."""
    return key.since is not None and now - key.since < SAME_ROTATION


async def move_rows(
    database: Database, ring: KeyRing, purpose: Purpose, batch: int = BATCH
) -> Moved:
    """Bring every row under the purpose's current key."""
    provider = RingKeys(ring, purpose)
    turns = [
        await move_to_current(database, column, provider, batch) for column in UNDER_RING[purpose]
    ]
    return Moved(sum(each.rows for each in turns), sum(each.unreadable for each in turns))


class PatientKeyRotation:
    """New versions of patients' keys, and the rows sealed anew under them."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        """It keeps no unwrapped keys from one step to the next."""
        self._database = database
        self._ring = ring
        self._clock = clock

    async def give_new_keys(self, account_id: UUID | None, *, again: bool = False) -> Given:
        """Give all accounts a new version, or one.

        Of all accounts, those are left out that a rotation has reached within a day, unless they
        are to get one `again`.
        """
        asked = [account_id] if account_id else await all_accounts(self._database)
        vault = Vault(self._ring, self._clock)
        anyway = again or account_id is not None
        turns = [await self._add(vault, each, anyway=anyway) for each in asked]
        return Given(sum(each.accounts for each in turns), sum(each.left_out for each in turns))

    async def seconds_to_settle(self, account_id: UUID | None) -> float:
        """How long it takes until every server seals with the newest keys, whichever run made them.

        A server that unwrapped keys just before they settled seals with the old ones for a while.
        """
        newest = await self._database.read(None, lambda work: newest_rotation(work, account_id))
        if newest is None:
            return 0.0
        return max(0.0, (newest + EVERYWHERE_AFTER - self._clock()).total_seconds())

    async def move_rows(self, account_id: UUID | None) -> Moved:
        """Seal the rows of all accounts, or of one, under the newest versions that seal.

        An account of whose keys none opens counts as one unreadable row and stops nobody else's;
        one that is erased meanwhile counts as nothing.
        """
        asked = [account_id] if account_id else await all_accounts(self._database)
        rows = unreadable = 0
        for each in asked:
            vault = Vault(self._ring, self._clock)
            resealing = Resealing(self._database, vault, UNDER_PATIENT, lock_journal)
            try:
                moved = await resealing.account(each)
            except (SealBroken, KeyRingRefused):
                moved = Moved(0, int(await self._is_there(each)))
            rows, unreadable = rows + moved.rows, unreadable + moved.unreadable
        return Moved(rows, unreadable)

    async def _is_there(self, account_id: UUID) -> bool:
        """Whether the account, or its key, was not erased."""
        return await patiently(
            lambda: self._database.read(account_id, lambda work: is_there(work, account_id))
        )

    async def _add(self, vault: Vault, account_id: UUID, *, anyway: bool) -> Given:
        now = self._clock()

        async def work(transaction: Transaction) -> Given:
            await lock_journal(transaction, account_id)  # who lost it has keys to be renewed too
            newest = (await load_keys(transaction, account_id))[-1:]
            young = [key for key in newest if now - key.created_at < SAME_ROTATION]
            if not anyway and any(key.version > 1 for key in young):
                return Given(0, 1)
            version = await vault.add_version(transaction, account_id)
            if version is None:
                return Given(0, 0)
            event = AuditEvent(now, OPERATOR, "key.rotated", "patient_key", str(version))
            try:
                await append_event(transaction, account_id, event)
            except ChainMissing as missing:  # which those tell who verify chains
                if isinstance(missing, ChainClosed):
                    raise
            return Given(1, 0)

        try:
            return await patiently(lambda: self._database.write(account_id, work))
        except ChainClosed:  # it is being erased beside this: no new key may outlive it
            return Given(0, 0)
