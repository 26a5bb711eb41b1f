"""What a share is made of: read in one transaction, and cut down to the scope at once."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.accounts.profile import load_profile
from app.database import Transaction
from app.journal.kinds import Headline, headline, shared_view
from app.journal.reading import Reading, state_in
from app.journal.scope import Scope
from app.journal.stored import StoredEntry
from app.safety.refusals import SignalUnreadable
from app.safety.rules import RuleContext, StoredSignal, evaluate
from app.safety.sightings import SignalKeeper
from app.sharing.content_version import content_versions
from app.sharing.rules import MOST_SNAPSHOT_ENTRIES, journal_scope
from app.sharing.schemas import ShareMode, ShareScope
from app.vault import PatientKeys

NO_SIGNALS: tuple[list[StoredSignal], frozenset[UUID]] = ([], frozenset())
View = Mapping[str, Any]
"""A read entry as JSON without what the scope hides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a share says of itself."""

    share_id: UUID
    mode: ShareMode
    scope: ShareScope
    subject_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a file rests on. `stamp` differs whenever the file would."""

    scope: Scope
    today: date
    zone: str
    signals: tuple[StoredSignal, ...]
    snomed: bool
    stamp: bytes
    closed: frozenset[UUID] = frozenset()
    """Entries with a signal that does not open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a file is made of. Nothing outside the scope is in it."""

    subject: Subject
    ground: Ground
    entries: tuple[StoredEntry, ...]
    found: int
    """How many entries the scope holds; the oldest beyond 5,000 are left out."""
    generated_at: datetime

    @property
    def truncated(self) -> bool:
        """Whether entries were left out."""
        return self.found > len(self.entries)

    def views(self) -> list[View]:
        """The entries as the reader may see them, oldest first."""
        return [shared_view(entry.payload, self.ground.scope) for entry in self.entries]

    def headlines(self, views: Iterable[View]) -> list[Headline]:
        """What trends need of the entries."""
        return [
            headline(view, entry.revision) for view, entry in zip(views, self.entries, strict=True)
        ]


class Sources:
    """Reads the journal, the profile and the signals; one object a process."""

    def __init__(self, reading: Reading, signals: SignalKeeper, *, snomed: bool = True) -> None:
        """`signals` opens what the safety rules noticed; `snomed`: whether its codes are used."""
        self._reading = reading
        self._signals = signals
        self._snomed = snomed

    async def ground(
        self, transaction: Transaction, keys: PatientKeys, subject: Subject, now: datetime
    ) -> Ground:
        """What a file made at `now` rests on; no entry is opened.

        Raises TokenInvalid, ProfileUnreadable.
        """
        profile = await load_profile(transaction, keys, keys.account_id)
        zone = profile.content.time_zone
        today = now.astimezone(ZoneInfo(zone)).date()
        scope = journal_scope(keys.account_id, subject.scope, today)
        state = await state_in(transaction, scope)
        signals, closed = NO_SIGNALS
        if scope.signals:
            signals, closed = await self._signals.of_entries(transaction, keys)
        told = [signal.model_dump_json() for signal in signals]
        told += sorted(str(each) for each in closed)
        rests_on = [*state, profile.revision, today.isoformat(), told]
        versions = content_versions(snomed=self._snomed)
        stamp = sha256(json.dumps([rests_on, versions]).encode()).digest()
        return Ground(
            scope=scope,
            today=today,
            zone=zone,
            signals=tuple(signals),
            snomed=self._snomed,
            stamp=stamp,
            closed=closed,
        )

    async def material(
        self, transaction: Transaction, subject: Subject, ground: Ground, now: datetime
    ) -> Material:
        """The newest entries of the scope, at most 5,000, oldest first. Raises SignalUnreadable."""
        found = await self._reading.entries_in(transaction, ground.scope, None, None)
        if ground.closed.intersection(each.id for each in found):
            raise SignalUnreadable
        found.sort(key=attrgetter("instant", "id"))
        return Material(
            subject=subject,
            ground=ground,
            entries=tuple(found[-MOST_SNAPSHOT_ENTRIES:]),
            found=len(found),
            generated_at=now,
        )


def visible_signals(signals: Iterable[StoredSignal], views: Iterable[View]) -> list[StoredSignal]:
    """The live signals that what the reader sees would raise by itself, with its facts.

    A rule may look at entries beside the one it speaks of, or at answers that are not shared:
    what it noticed there must not leave.
    """
    by_id = {view["id"]: view for view in views}
    context = RuleContext(by_id.values())
    seen = []
    for signal in signals:
        view = by_id.get(str(signal.entry_id))
        if view is None or not signal.live:
            continue
        for raised in evaluate(view, context, signal.created_at).signals:
            if raised.code == signal.code:
                seen.append(signal.model_copy(update={"facts": raised.facts}))
    return seen
