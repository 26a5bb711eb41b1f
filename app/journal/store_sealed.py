"""Where the journal keeps sealed values."""

from app.database import table_of
from app.journal.tables import DayTableRow, DigestRow, EntryRow, EntryVersionRow, ReadyAnswerRow
from app.vault import SealedColumn, Whereabouts

ENTRY = table_of(EntryRow)
VERSION = table_of(EntryVersionRow)
DIGEST = table_of(DigestRow)
DAY_TABLE = table_of(DayTableRow)
READY = table_of(ReadyAnswerRow)

OF_VERSION = SealedColumn(
    VERSION.c.sealed,
    Whereabouts("entry", "content", (VERSION.c.entry_id,), VERSION.c.revision),
    in_journal=True,
)
OF_ENTRY = SealedColumn(
    ENTRY.c.sealed,
    Whereabouts("entry", "content", (ENTRY.c.id,), ENTRY.c.revision),
    twin=OF_VERSION,
    in_journal=True,
)
UNDER_PATIENT = (
    OF_ENTRY,
    OF_VERSION,
    SealedColumn(
        DIGEST.c.sealed,
        Whereabouts("digest", "headlines", (DIGEST.c.month,), DIGEST.c.revision),
        in_journal=True,
    ),
    SealedColumn(
        DAY_TABLE.c.sealed,
        Whereabouts("day_table", "days", (DAY_TABLE.c.month,), DAY_TABLE.c.revision),
        in_journal=True,
    ),
    SealedColumn(
        READY.c.sealed,
        Whereabouts(
            "ready_answer",
            "answer",
            (READY.c.question, READY.c.epoch, READY.c.profile_revision, READY.c.version),
            READY.c.head,
        ),
        in_journal=True,
    ),
)
