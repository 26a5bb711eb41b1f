"""Keeps signals sealed, supersedes what no longer holds, and tells them with where help is."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from pydantic_core import to_json

from app.audit import Actor, AuditEvent, append_event
from app.clock import Clock
from app.database import Database, Transaction
from app.safety import store
from app.safety.resources import CRISIS_RESOURCES, resources_due
from app.safety.rules import PLACES, Looked, StoredSignal, reconcile
from app.safety.schemas import CrisisResource, Signal, SignalAnswer
from app.safety.sightings import Sightings
from app.safety.store import KeptSignal
from app.vault import PatientKeys, Place, SealBroken, Vault
from app.web.problems import NotFound, TokenInvalid


class OwnHelp(NamedTuple):
    """What the patient's profile says of help: the locale, and the own clinic and people."""

    locale: str
    resources: Sequence[CrisisResource]


NO_OWN_HELP = OwnHelp("", ())
"""Beside a profile that does not open: what holds anywhere."""


class HelpOf(Protocol):
    """Reads it from the profile."""

    async def __call__(self, transaction: Transaction, keys: PatientKeys) -> OwnHelp:
        """Raises TokenInvalid when the account is gone, SealBroken."""
        ...


LockJournal = Callable[[Transaction, UUID], Awaitable[object | None]]
"""Keeps an account's journal from others until the commit; None when the account is gone."""


class SignalPlace(NamedTuple):
    """Where a page of signals ended."""

    created_at: datetime
    signal_id: UUID


class Signals:
    """All signals of all patients; one object a process."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        help_of: HelpOf,
        lock_journal: LockJournal,
    ) -> None:
        """`help_of` reads a patient's profile; `lock_journal` as every writer of a journal does."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._help_of = help_of
        self._lock_journal = lock_journal

    async def keep(
        self,
        transaction: Transaction,
        keys: PatientKeys,
        looked: Mapping[str, Looked],
        new_entries: frozenset[str],
        now: datetime,
    ) -> None:
        """Store what was raised and supersede what no longer holds."""
        stored = await self._stored_for(transaction, keys, set(looked) - new_entries)
        for entry_id, look in looked.items():
            existing = stored.get(UUID(entry_id), {})
            changes = reconcile([*existing.values()], look.evaluation, beside=look.beside)
            for raised in changes.new:
                await self._add(transaction, keys, raised.stored(uuid4(), now))
            for gone in changes.superseded:
                await self._replace(transaction, keys, _kept_as(existing, gone), gone)

    async def forget(
        self, transaction: Transaction, account_id: UUID, entry_ids: Sequence[UUID]
    ) -> None:
        """Remove the signals of deleted entries: their facts are content too."""
        await store.drop_signals_of(transaction, account_id, entry_ids)

    async def tell(
        self, transaction: Transaction, keys: PatientKeys, entry_id: UUID, kind: str
    ) -> Sightings:
        """The live signals of a saved entry, and where help is if that is due."""
        kept = await store.signals_of(transaction, keys.account_id, [entry_id])
        opened = _those_that_open(keys, kept)
        closed = len(opened) < len(kept)
        live = [signal for _, signal in opened if signal.live]
        live.sort(key=lambda signal: PLACES.get(signal.code, len(PLACES)))
        if not resources_due(kind, has_signals=bool(live)):
            return Sightings(unavailable=closed)
        own = await self._own_help(transaction, keys)
        help_ = _resources(own)
        shown = [Signal.shown(signal, help_) for signal in live]
        return Sightings(
            b"[%b]" % b",".join(each.json_bytes() for each in shown),
            to_json([each.model_dump(mode="json", exclude_none=True) for each in help_]),
            unavailable=closed or own is NO_OWN_HELP,
        )

    async def of_entries(self, transaction: Transaction, keys: PatientKeys) -> list[StoredSignal]:
        """All signals of a journal, newest first."""
        kept = await store.all_signals(transaction, keys.account_id)
        return [opened_signal(keys, each) for each in kept]

    async def page(
        self, account_id: UUID, after: SignalPlace | None, limit: int
    ) -> tuple[list[Signal], SignalPlace | None]:
        """A page of signals, newest first, and where the next one begins."""

        async def work(
            transaction: Transaction,
        ) -> tuple[list[Signal], SignalPlace | None]:
            rows = await store.signal_page(transaction, account_id, after, limit + 1)
            keys = await self._vault.patient(transaction, account_id)
            help_ = _resources(await self._own_help(transaction, keys))
            shown = [Signal.shown(opened_signal(keys, row), help_) for row in rows[:limit]]
            last = rows[limit - 1] if len(rows) > limit else None
            return shown, last and SignalPlace(last.created_at, last.id)

        return await self._database.read(account_id, work)

    async def answer(
        self, account_id: UUID, signal_id: UUID, answer: SignalAnswer, actor: Actor
    ) -> Signal:
        """Note the patient's answer to a signal. Raises NotFound.

        The journal is locked first, as by a save: each of the two changes signals and the chain,
        in an order of its own.
        """
        now = self._clock()

        async def work(transaction: Transaction) -> Signal:
            if await self._lock_journal(transaction, account_id) is None:
                raise TokenInvalid
            kept = await store.lock_signal(transaction, account_id, signal_id)
            if kept is None:
                raise NotFound
            keys = await self._vault.patient(transaction, account_id)
            before = opened_signal(keys, kept)
            after = before.answered(answer, now)
            if after != before:
                sealed = await self._replace(transaction, keys, kept, after)
                event = AuditEvent(
                    at=now,
                    actor=actor,
                    action="signal.answered",
                    object_kind="signal",
                    object_id=str(signal_id),
                    digest=sha256(sealed).digest(),
                )
                await append_event(transaction, account_id, event)
            return Signal.shown(after, _resources(await self._own_help(transaction, keys)))

        return await self._database.write(account_id, work)

    async def _own_help(self, transaction: Transaction, keys: PatientKeys) -> OwnHelp:
        try:
            return await self._help_of(transaction, keys)
        except SealBroken:  # the vault has told it; no profile stops a save
            return NO_OWN_HELP

    async def _stored_for(
        self, transaction: Transaction, keys: PatientKeys, entry_ids: Iterable[str]
    ) -> dict[UUID, dict[KeptSignal, StoredSignal]]:
        """The signals of entries that were there before, by entry."""
        ids = sorted(UUID(each) for each in entry_ids)
        found: dict[UUID, dict[KeptSignal, StoredSignal]] = defaultdict(dict)
        if ids:
            every = await store.signals_of(transaction, keys.account_id, ids)
            for kept, signal in _those_that_open(keys, every):
                found[kept.entry_id][kept] = signal
        return found

    @staticmethod
    async def _add(transaction: Transaction, keys: PatientKeys, signal: StoredSignal) -> None:
        sealed = _sealed(keys, signal, 1)
        kept = KeptSignal(signal.id, signal.entry_id, 1, sealed, signal.created_at)
        await store.add_signal(transaction, keys.account_id, kept)

    @staticmethod
    async def _replace(
        transaction: Transaction, keys: PatientKeys, kept: KeptSignal, signal: StoredSignal
    ) -> bytes:
        revision = kept.revision + 1
        sealed = _sealed(keys, signal, revision)
        await store.reseal_signal(transaction, keys.account_id, kept.id, revision, sealed)
        return sealed


def _resources(own: OwnHelp) -> list[CrisisResource]:
    country = CRISIS_RESOURCES.country(locale=own.locale)
    return [*own.resources, *CRISIS_RESOURCES.of(country)]


def _kept_as(existing: Mapping[KeptSignal, StoredSignal], signal: StoredSignal) -> KeptSignal:
    return next(kept for kept in existing if kept.id == signal.id)


def opened_signal(keys: PatientKeys, kept: KeptSignal) -> StoredSignal:
    """A kept signal with its seal open. Raises SealBroken."""
    place = _place(keys.account_id, kept.id, kept.revision)
    return StoredSignal.model_validate_json(keys.open(place, kept.sealed))


def _those_that_open(
    keys: PatientKeys, every: Iterable[KeptSignal]
) -> list[tuple[KeptSignal, StoredSignal]]:
    """A signal that does not open must not stop the save beside it; the vault has told it."""
    opened = []
    for kept in every:
        with suppress(SealBroken):
            opened.append((kept, opened_signal(keys, kept)))
    return opened


def _sealed(keys: PatientKeys, signal: StoredSignal, revision: int) -> bytes:
    text = signal.model_dump_json(exclude_none=True).encode()
    return keys.seal(_place(keys.account_id, signal.id, revision), text)


def _place(account_id: UUID, signal_id: UUID, revision: int) -> Place:
    return Place("signal", "content", account_id, str(signal_id), revision)
