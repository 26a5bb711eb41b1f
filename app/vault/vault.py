"""What the rest of the house asks for: a patient's keys, and the service's own sealing."""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from threading import Lock
from time import monotonic
from uuid import UUID

from app.background import in_background
from app.clock import Clock
from app.database import Database, Transaction
from app.vault.envelope import Place, SealBroken
from app.vault.keyring import KeyRing
from app.vault.patient_keys import PatientKeys
from app.vault.providers import KeyProvider, RingKeys
from app.vault.ring_keys import SECRET_BYTES, Purpose
from app.vault.store import WrappedKey, add_key, load_keys

CACHED_PATIENTS = 1000
CACHED_SECONDS = 60.0
FORGOTTEN_SECONDS = 60.0
"""So long an erased patient is not remembered: reads that began before still see the key."""

SHORTEST_PAUSE = 1.0
"""Seconds between two sweeps, at least."""

SETTLED_AFTER = timedelta(seconds=120)
"""How old a further version of a patient's key is before it seals.

By then every process has it: nobody keeps unwrapped keys for longer than half of that.
"""


class Vault:
    """Seals and opens. Unwrapped patients' keys stay for 60 s, the last 1,000 of them.

    While it is `sweeping` they leave within a second after that, whether or not anybody is read.
    """

    def __init__(self, ring: KeyRing, clock: Clock, kek: KeyProvider | None = None) -> None:
        """One vault a process. `kek` wraps patients' keys in place of the ring's."""
        self._ring = ring
        self._kek = kek or RingKeys(ring, Purpose.KEK)
        self._service = RingKeys(ring, Purpose.SERVICE)
        self._clock = clock
        # Both by account, what ends first in front.
        self._cache: OrderedDict[UUID, tuple[float, PatientKeys]] = OrderedDict()
        self._forgotten: OrderedDict[UUID, float] = OrderedDict()
        self._lock = Lock()  # SQLite's units of work run in several threads

    async def patient(self, transaction: Transaction, account_id: UUID) -> PatientKeys:
        """The patient's keys, from the cache or the database.

        Of a version that does not open only the rows are closed. Raises NoKey, and SealBroken where
        none opens.
        """
        known = self._known(account_id)
        if known is not None:
            return known
        wrapped = await load_keys(transaction, account_id)
        unwrapped = self._unwrapped(account_id, wrapped)
        if wrapped and not unwrapped:
            raise SealBroken("no version of this patient's key opens")
        opening = [key for key in wrapped if key.version in unwrapped]
        keys = PatientKeys(
            account_id,
            unwrapped,
            self._sealing(opening),
            made=wrapped[-1].version if wrapped else 0,
        )
        self._remember(keys)
        return keys

    async def patient_of(self, database: Database, account_id: UUID) -> PatientKeys:
        """As `patient`, outside any transaction: none begins for keys that are known."""
        known = self._known(account_id)
        if known is not None:
            return known
        return await database.read(account_id, partial(self.patient, account_id=account_id))

    async def make_patient(self, transaction: Transaction, account_id: UUID) -> PatientKeys:
        """Give a new account its first data key."""
        return PatientKeys(account_id, {1: await self._add(transaction, account_id, 1)})

    async def add_version(self, transaction: Transaction, account_id: UUID) -> int | None:
        """Give an account a further data key, which seals from two minutes later on.

        The account must be kept from others until the commit. None when it has no key.
        """
        wrapped = await load_keys(transaction, account_id)
        if not wrapped:
            return None
        version = wrapped[-1].version + 1
        await self._add(transaction, account_id, version)
        return version

    def forget(self, account_id: UUID) -> None:
        """Drop an erased patient's keys from this process, and keep them out for a minute."""
        with self._lock:
            self._cache.pop(account_id, None)
            self._forgotten[account_id] = monotonic() + FORGOTTEN_SECONDS
            self._forgotten.move_to_end(account_id)

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """Drop keys as soon as their time is over, while the service runs."""
        async with in_background(self._sweep()):
            yield

    def seal(self, place: Place, text: bytes) -> bytes:
        """Seal under the service's own key what belongs to no patient's journal."""
        return self._service.wrap(place, text)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Raises SealBroken, or KeyRingRefused when the ring lacks the key."""
        return self._service.unwrap(place, sealed)

    def has_every_key(self, needed: Iterable[int] = ()) -> bool:
        """Whether the ring has each of these keys, and each that was asked for since the start."""
        return not self._ring.lacking(needed)

    def blind_index(self, use: str, subject: str) -> bytes:
        """32 bytes by which equal subjects are found and none can be read (HMAC-SHA-256)."""
        return hmac.digest(self._ring.derived(use), subject.encode(), hashlib.sha256)

    def _known(self, account_id: UUID) -> PatientKeys | None:
        cached = self._cache.get(account_id)
        return cached[1] if cached and cached[0] > monotonic() else None

    async def _add(self, transaction: Transaction, account_id: UUID, version: int) -> bytes:
        secret = secrets.token_bytes(SECRET_BYTES)
        wrapped = self._kek.wrap(_wrapping_place(account_id, version), secret)
        await add_key(transaction, self._clock, account_id, version, wrapped)
        return secret

    def _unwrapped(self, account_id: UUID, wrapped: Sequence[WrappedKey]) -> dict[int, bytes]:
        """The versions that open. A ring that lacks a key is no fault of one row: it is raised."""
        unwrapped = {}
        for key in wrapped:
            with suppress(SealBroken):  # the provider has told it
                place = _wrapping_place(account_id, key.version)
                unwrapped[key.version] = self._kek.unwrap(place, key.wrapped)
        return unwrapped

    def _sealing(self, wrapped: Sequence[WrappedKey]) -> int | None:
        """The newest version that has settled; an account's first one is known at once."""
        before = self._clock() - SETTLED_AFTER
        settled = [key.version for key in wrapped if key.created_at <= before]
        return max(settled, default=wrapped[0].version if wrapped else None)

    def _remember(self, keys: PatientKeys) -> None:
        self._drop_old()
        with self._lock:
            if keys.account_id in self._forgotten:
                return
            self._cache[keys.account_id] = (monotonic() + CACHED_SECONDS, keys)
            self._cache.move_to_end(keys.account_id)
            while len(self._cache) > CACHED_PATIENTS:
                self._cache.popitem(last=False)

    def _drop_old(self) -> float:
        """Drop what is over, from the old end; the seconds until there may be more."""
        with self._lock:
            now = monotonic()
            while self._forgotten and next(iter(self._forgotten.values())) <= now:
                self._forgotten.popitem(last=False)
            while self._cache:
                ends, _ = next(iter(self._cache.values()))
                if ends > now:
                    return max(ends - now, SHORTEST_PAUSE)
                self._cache.popitem(last=False)
            return max(CACHED_SECONDS, SHORTEST_PAUSE)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._drop_old())


def _wrapping_place(account_id: UUID, version: int) -> Place:
    return Place("patient_key", "wrapped", account_id, str(version))
