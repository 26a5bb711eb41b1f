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
        stamp = await self._stamp(transaction, keys, share)
        return file if file.content_stamp == stamp else None

    async def renew(self, share: OpenedShare, secrets: Secrets) -> FileMark | None:
        """A file of a live link that has all that was saved before this was asked for.

        Of many who ask at once, one makes it. None when the link is forgotten.
        """
        lock = self._renewing.setdefault(share.row.id, asyncio.Lock())
        async with lock:
            last, fresh = await self._standing(share)
            if last is not None and fresh:
                return last
            material = await self._gathered(share)
            jwe = await self.made(material, secrets.key)
            return await self._keep(share, material, jwe, last)

    async def _standing(self, share: OpenedShare) -> tuple[FileMark | None, bool]:
        """The newest file, and whether it may be shown now."""
        account_id = share.row.account_id

        async def work(transaction: Transaction) -> tuple[FileMark | None, bool]:
            keys = await self._vault.patient(transaction, account_id)
            last = await newest_file(transaction, account_id, share.row.id)
            stamp = await self._stamp(transaction, keys, share)
            return last, last is not None and last.content_stamp == stamp

        return await self._database.read(account_id, work)

    async def _gathered(self, share: OpenedShare) -> Material:
        account_id, now = share.row.account_id, self._clock()

        async def work(transaction: Transaction) -> Material:
            keys, subject = await self._vault.patient(transaction, account_id), share.subject()
            ground = await self._sources.ground(transaction, keys, subject, now)
            return await self._sources.material(transaction, subject, ground, now)

        return await self._database.read(account_id, work, replica=True)

    async def _keep(
        self, share: OpenedShare, material: Material, jwe: bytes, before: FileMark | None
    ) -> FileMark | None:
        """The file to be shown: this one, or one that another process kept and that is as new.

        `before` was the newest when this one's material was not yet read. While it still is, this
        one is newer and takes its place, and the tickets of the last live out. Another one since
        may be made of later material, so it stays the newest: then this one is for its own reader
        alone. A forgotten link keeps nothing.
        """
        account_id, share_id = share.row.account_id, share.row.id

        async def work(transaction: Transaction) -> FileMark | None:
            if not await lock_link(transaction, account_id, share_id):
                return None
            keys = await self._vault.patient(transaction, account_id)
            last = await newest_file(transaction, account_id, share_id)
            stamp = await self._stamp(transaction, keys, share)
            if last is not None and last.content_stamp == stamp:
                return last
            made_of = material.ground.stamp
            overtaken = last is not None and last != before and made_of != stamp
            at = _place(material.generated_at, last, overtaken=overtaken)
            file = NewFile(uuid4(), jwe, made_of, at)
            await add_file(transaction, account_id, share_id, file)
            if not overtaken:
                await drop_superseded(transaction, account_id, share_id, file.id, self._clock())
            return FileMark(file.id, len(jwe), made_of, at)

        return await self._database.write(account_id, work)

    async def _stamp(
        self, transaction: Transaction, keys: PatientKeys, share: OpenedShare
    ) -> bytes:
        """That of a file that were made now."""
        subject = share.subject()
        return (await self._sources.ground(transaction, keys, subject, self._clock())).stamp


def _place(at: datetime, last: FileMark | None, *, overtaken: bool) -> datetime:
    """`at`, but after the last file, or before it: which is the newest must not depend on luck."""
    if last is None:
        return at
    return min(at, last.created_at - NEXT) if overtaken else max(at, last.created_at + NEXT)
