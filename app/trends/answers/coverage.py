"""`getCoverage`."""

from dataclasses import asdict

from app.trends import plain
from app.trends.answers.envelope import Members, envelope, method
from app.trends.schemas.coverage import (
    KindLoggedDays,
    LoggedDays,
    LoggedKind,
    Logging,
    LoggingCoverage,
)
from app.trends.schemas.envelope import MethodName, TrendStatus
from app.trends.series import JournalDays
from app.trends.statistics.coverage import Coverage, coverage
from app.trends.window import Window


def logging_coverage(journal: JournalDays, window: Window) -> LoggingCoverage:
    """Which days were logged. Harder days are logged less often: a gap is not a good day."""
    days = journal.journal_days(window)
    return LoggingCoverage(
        **envelope(
            window,
            days,
            TrendStatus.OK,
            method(MethodName.COVERAGE),
            plain.logged(len(days), window.n_days),
        ),
        logging=Logging(
            overall=LoggedDays(**_members(coverage(days, window.first_day, window.last_day))),
            kinds=[_of_kind(journal, kind, window) for kind in LoggedKind],
        ),
    )


def _of_kind(journal: JournalDays, kind: LoggedKind, window: Window) -> KindLoggedDays:
    found = coverage(journal.dates(kind.value), window.first_day, window.last_day)
    return KindLoggedDays(kind=kind, **_members(found))


def _members(found: Coverage) -> Members:
    return {**asdict(found), "coverage": found.coverage}
