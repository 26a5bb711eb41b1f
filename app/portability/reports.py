"""What became of an import, in numbers and codes; never a value of the file but its own names."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from app.faults import Fault
from app.journal.write import Outcome
from app.portability.changes import ImportDecision
from app.portability.drafting import Drafted
from app.portability.importers import ReadFile
from app.portability.schemas import (
    MOST_NAMES,
    MOST_TOLD,
    FoundName,
    ImportAction,
    ImportReport,
    RefusedRow,
)

LONGEST_NAME = 200


def report_of(
    action: ImportAction,
    import_id: UUID | None,
    found: ReadFile,
    drafted: Drafted,
    outcomes: Sequence[Outcome],
) -> ImportReport:
    """The report of a preview or a commit."""
    counts = Counter(outcome.decision.status for outcome in outcomes)
    judged = [
        (row.number, outcome.decision.fault)
        for row, outcome in zip(drafted.drafts, outcomes, strict=True)
        if isinstance(outcome.decision, ImportDecision) and outcome.decision.fault
    ]
    refused = sorted([*found.refused, *drafted.refused, *judged], key=lambda each: each[0])
    return ImportReport(
        action=action,
        id=import_id,
        rows=found.rows,
        created=counts["created"],
        known=counts["known"],
        deleted=counts["deleted"],
        skipped=found.skipped,
        refused_count=len(refused),
        removed=0,
        kept=0,
        refused=[_told(number, fault) for number, fault in refused[:MOST_TOLD]],
        names=_names(found),
    )


def undo_report(import_id: UUID, removed: int, kept: int) -> ImportReport:
    """The report of an undo."""
    return ImportReport(
        action="undo",
        id=import_id,
        rows=0,
        created=0,
        known=0,
        deleted=0,
        skipped=0,
        refused_count=0,
        removed=removed,
        kept=kept,
        refused=[],
        names=[],
    )


def _told(number: int, fault: Fault) -> RefusedRow:
    return RefusedRow(row=number, code=fault.code, pointer=fault.pointer or None)


def _names(found: ReadFile) -> list[FoundName]:
    """Names that are too long to be given a meaning are left out."""
    known = [
        FoundName(name=name, rows=rows, known=name not in found.unknown)
        for name, rows in found.names.most_common()
        if 0 < len(name) <= LONGEST_NAME
    ]
    return sorted(known, key=lambda each: each.known)[:MOST_NAMES]
