"""What an export is written from: everything of one patient, seen in one snapshot."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.database import Snapshot
from app.journal.whole import WholeJournal
from app.safety.rules import StoredSignal
from app.safety.whole import all_signals
from app.vault import Closed, PatientKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSource:
    """Everything is read through `snapshot`; `now` is when the export was asked for."""

    snapshot: Snapshot
    keys: PatientKeys
    journal: WholeJournal
    now: datetime
    _closed: dict[Closed, None] = field(default_factory=dict)

    async def signals(self) -> AsyncIterator[list[StoredSignal]]:
        """Every signal that opens, newest first, some hundred at once."""
        async for opened, closed in all_signals(self.snapshot, self.keys):
            self.lacks(Closed("signal", each.id, each.revision) for each in closed)
            yield opened

    def lacks(self, closed: Iterable[Closed]) -> None:
        """Name these at the end: they do not open."""
        self._closed.update((each, None) for each in closed)

    def unreadable(self) -> Iterator[dict[str, object]]:
        """What did not open so far, in JSON values."""
        entries = [Closed("entry", *each) for each in self.journal.unreadable]
        for record, row_id, revision in (*entries, *self._closed):
            told: dict[str, object] = {"record": record, "id": str(row_id)}
            yield told if revision is None else told | {"revision": revision}
