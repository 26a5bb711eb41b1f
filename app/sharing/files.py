"""The encrypted file of a link: kept as it was made, and made anew when a live journal moved on."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread

from app.clock import Clock
from app.database import Database, Transaction
from app.sharing.file import encrypted
from app.sharing.material import Material, Sources
from app.sharing.sealed import OpenedShare, Secrets
from app.sharing.store import lock_link
from app.sharing.store_files import FileMark, NewFile, add_file, drop_superseded, newest_file
from app.vault import PatientKeys, Vault

MADE_AT_ONCE = 1
"""A large journal takes a second of a core: others must get their share of it."""

NEXT = timedelta(microseconds=1)


class Files:
    """One object a process."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, sources: Sources) -> None:
        """To be made while an event loop runs."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._sources = sources
        self._makers = CapacityLimiter(MADE_AT_ONCE)
        self._renewing: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def made(self, material: Material, key: str) -> bytes:
        """The JWE, made in a worker thread while no transaction is open."""
        return await to_thread.run_sync(encrypted, material, key, limiter=self._makers)

    async def current(
        self, transaction: Transaction, keys: PatientKeys, share: OpenedShare
    ) -> FileMark | None:
        """The file to be shown now; None when a live link must make one first."""
        file = await newest_file(transaction, keys.account_id, share.row.id)
        if file is None or share.row.mode == "snapshot":
            return file
        ground = await self._sources.ground(transaction, keys, share.subject(), self._clock())
        return file if file.content_stamp == ground.stamp else None

    async def renew(self, share: OpenedShare, secrets: Secrets) -> None:
        """Make and keep the newest file of a live link; of many who ask at once, one makes it."""
        lock = self._renewing.setdefault(share.row.id, asyncio.Lock())
        async with lock:
            material = await self._missing(share)
            if material is not None:
                jwe = await self.made(material, secrets.key)
                await self._keep(share, material, jwe)

    async def _missing(self, share: OpenedShare) -> Material | None:
        account_id, now = share.row.account_id, self._clock()

        async def is_there(transaction: Transaction) -> bool:
            keys = await self._vault.patient(transaction, account_id)
            return await self.current(transaction, keys, share) is not None

        async def gather(transaction: Transaction) -> Material:
            keys, subject = await self._vault.patient(transaction, account_id), share.subject()
            ground = await self._sources.ground(transaction, keys, subject, now)
            return await self._sources.material(transaction, subject, ground, now)

        if await self._database.read(account_id, is_there):
            return None
        return await self._database.read(account_id, gather, replica=True)

    async def _keep(self, share: OpenedShare, material: Material, jwe: bytes) -> None:
        """In place of the last one, whose tickets live out. A forgotten link keeps nothing."""
        account_id, share_id = share.row.account_id, share.row.id

        async def work(transaction: Transaction) -> None:
            if not await lock_link(transaction, account_id, share_id):
                return
            last = await newest_file(transaction, account_id, share_id)
            at = _later(material.generated_at, last)
            file = NewFile(uuid4(), jwe, material.ground.stamp, at)
            await add_file(transaction, account_id, share_id, file)
            await drop_superseded(transaction, account_id, share_id, file.id, self._clock())

        await self._database.write(account_id, work)


def _later(at: datetime, last: FileMark | None) -> datetime:
    """`at`, but after the last file: which one is the newest must not depend on luck."""
    return max(at, last.created_at + NEXT) if last else at
