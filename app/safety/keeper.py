"""Keeps signals sealed, supersedes what no longer holds, and tells them with where help is."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

from pydantic_core import to_json

from app.audit import Actor, AuditEvent, append_event
from app.clock import Clock
from app.database import Database, Transaction
from app.safety import store
from app.safety.own_help import NO_OWN_HELP, HelpOf, OwnHelp, resources_of
from app.safety.refusals import SignalUnreadable
from app.safety.resources import resources_due
from app.safety.rules import PLACES, Looked, StoredSignal, reconcile
from app.safety.schemas import Signal, SignalAnswer
from app.safety.sealed import opened_signal, sealed_signal
from app.safety.sightings import Sightings
from app.safety.store import KeptSignal
from app.vault import PatientKeys, SealBroken, Vault, opened_and_closed
from app.web.problems import NotFound, TokenInvalid

LockJournal = Callable[[Transaction, UUID], Awaitable[object | None]]
"""Keeps an account's journal from others until the commit; None when the account is gone."""


class SignalPlace(NamedTuple):
    """Where a page of signals ended."""

    created_at: datetime
    signal_id: UUID


class FoundSignals(NamedTuple):
    """A page of signals, where the next one begins, and the ids of those that do not open."""

    shown: list[Signal]
    next_place: SignalPlace | None
    closed: list[UUID]


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
        """Store what was raised and supersede what no longer holds.

        What does not open goes where all rules were asked anew: then nothing rests on it. It stays
        while it waits for a version of the patient's key: it may say what the patient answered.
        """
        stored, closed = await self._stored_for(transaction, keys, set(looked) - new_entries)
        for entry_id, look in looked.items():
            existing = stored.get(UUID(entry_id), {})
            changes = reconcile([*existing.values()], look.evaluation, beside=look.beside)
            for raised in changes.new:
                await self._add(transaction, keys, raised.stored(uuid4(), now))
            for gone in changes.superseded:
                await self._replace(transaction, keys, _kept_as(existing, gone), gone)
            if not look.beside and not look.evaluation.unavailable:
                for each in closed.get(UUID(entry_id), ()):
                    if not keys.awaits_version(each.sealed):
                        await store.drop_signal(transaction, keys.account_id, each.id)

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
        opened, closed = opened_and_closed(kept, partial(opened_signal, keys))
        live = [signal for signal in opened if signal.live]
        live.sort(key=lambda signal: PLACES.get(signal.code, len(PLACES)))
        if not resources_due(kind, has_signals=bool(live)):
            return Sightings(unavailable=bool(closed))
        own = await self._help_of(transaction, keys)
        help_ = resources_of(own)
        shown = [Signal.shown(signal, help_) for signal in live]
        return Sightings(
            b"[%b]" % b",".join(each.json_bytes() for each in shown),
            to_json([each.model_dump(mode="json", exclude_none=True) for each in help_]),
            unavailable=bool(closed) or own is NO_OWN_HELP,
        )

    async def of_entries(
        self, transaction: Transaction, keys: PatientKeys
    ) -> tuple[list[StoredSignal], frozenset[UUID]]:
        """All signals of a journal, newest first, and the entries that have one that is closed."""
        kept = await store.all_signals(transaction, keys.account_id)
        opened, closed = opened_and_closed(kept, partial(opened_signal, keys))
        return opened, frozenset(each.entry_id for each in closed)

    async def page(self, account_id: UUID, after: SignalPlace | None, limit: int) -> FoundSignals:
        """A page of signals, newest first."""

        async def work(transaction: Transaction) -> FoundSignals:
            rows = await store.signal_page(transaction, account_id, after, limit + 1)
            keys = await self._vault.patient(transaction, account_id)
            help_ = resources_of(await self._help_of(transaction, keys))
            opened, closed = opened_and_closed(rows[:limit], partial(opened_signal, keys))
            last = rows[limit - 1] if len(rows) > limit else None
            return FoundSignals(
                [Signal.shown(each, help_) for each in opened],
                last and SignalPlace(last.created_at, last.id),
                [each.id for each in closed],
            )

        return await self._database.read(account_id, work)

    async def own_help(self, account_id: UUID) -> OwnHelp:
        """What the profile of a patient says. Raises TokenInvalid, or SealBroken without keys."""

        async def work(transaction: Transaction) -> OwnHelp:
            keys = await self._vault.patient(transaction, account_id)
            return await self._help_of(transaction, keys)

        return await self._database.read(account_id, work)

    async def answer(
        self, account_id: UUID, signal_id: UUID, answer: SignalAnswer, actor: Actor
    ) -> Signal:
        """Note the patient's answer to a signal. Raises NotFound, also for one that is gone by it.

        The journal is locked first, as by a save: each of the two changes signals and the chain,
        in an order of its own. One that does not open is taken away where it is dismissed, else
        SignalUnreadable is raised.
        """
        now = self._clock()

        async def work(transaction: Transaction) -> Signal | None:
            if await self._lock_journal(transaction, account_id) is None:
                raise TokenInvalid
            kept = await store.lock_signal(transaction, account_id, signal_id)
            if kept is None:
                return None
            keys = await self._vault.patient(transaction, account_id)
            try:
                before = opened_signal(keys, kept)
            except SealBroken:
                await self._take_away(transaction, account_id, kept, answer)
                await append_event(transaction, account_id, _event(kept, actor, now, b""))
                return None
            after = before.answered(answer, now)
            if after != before:
                sealed = await self._replace(transaction, keys, kept, after)
                digest = sha256(sealed).digest()
                await append_event(transaction, account_id, _event(kept, actor, now, digest))
            return Signal.shown(after, resources_of(await self._help_of(transaction, keys)))

        signal = await self._database.write(account_id, work)
        if signal is None:
            raise NotFound
        return signal

    @staticmethod
    async def _take_away(
        transaction: Transaction, account_id: UUID, kept: KeptSignal, answer: SignalAnswer
    ) -> None:
        """Remove a signal that does not open. Raises SignalUnreadable for another answer."""
        if answer != "dismissed":
            raise SignalUnreadable("It can only be dismissed.")
        await store.drop_signal(transaction, account_id, kept.id)

    async def _stored_for(
        self, transaction: Transaction, keys: PatientKeys, entry_ids: Iterable[str]
    ) -> tuple[dict[UUID, dict[KeptSignal, StoredSignal]], dict[UUID, list[KeptSignal]]]:
        """The signals of entries that were there before, by entry, and those that do not open."""
        ids = sorted(UUID(each) for each in entry_ids)
        found: dict[UUID, dict[KeptSignal, StoredSignal]] = defaultdict(dict)
        broken: dict[UUID, list[KeptSignal]] = defaultdict(list)
        every = await store.signals_of(transaction, keys.account_id, ids) if ids else []
        opened, closed = opened_and_closed(every, lambda kept: (kept, opened_signal(keys, kept)))
        for kept, signal in opened:
            found[kept.entry_id][kept] = signal
        for kept in closed:
            broken[kept.entry_id].append(kept)
        return found, broken

    @staticmethod
    async def _add(transaction: Transaction, keys: PatientKeys, signal: StoredSignal) -> None:
        sealed = sealed_signal(keys, signal, 1)
        kept = KeptSignal(signal.id, signal.entry_id, 1, sealed, signal.created_at)
        await store.add_signal(transaction, keys.account_id, kept)

    @staticmethod
    async def _replace(
        transaction: Transaction, keys: PatientKeys, kept: KeptSignal, signal: StoredSignal
    ) -> bytes:
        revision = kept.revision + 1
        sealed = sealed_signal(keys, signal, revision)
        await store.reseal_signal(transaction, keys.account_id, kept.id, revision, sealed)
        return sealed


def _kept_as(existing: Mapping[KeptSignal, StoredSignal], signal: StoredSignal) -> KeptSignal:
    return next(kept for kept in existing if kept.id == signal.id)


def _event(kept: KeptSignal, actor: Actor, now: datetime, digest: bytes) -> AuditEvent:
    return AuditEvent(now, actor, "signal.answered", "signal", str(kept.id), digest=digest)
