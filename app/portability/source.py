"""What an export is written from: everything of one patient, seen in one snapshot."""

from dataclasses import dataclass
from datetime import datetime

from app.database import Snapshot
from app.journal.whole import WholeJournal
from app.vault import PatientKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSource:
    """Everything is read through `snapshot`; `now` is when the export was asked for."""

    snapshot: Snapshot
    keys: PatientKeys
    journal: WholeJournal
    now: datetime
