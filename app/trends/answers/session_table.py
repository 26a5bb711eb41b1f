"""`getSessionTable`."""

from collections.abc import Sequence

from app.trends import plain
from app.trends.answers.envelope import envelope, method, ok_from
from app.trends.answers.session_groups import durability_over, session_groups
from app.trends.answers.session_row import FELT, TableSource, session_row
from app.trends.caveats import day_caveats
from app.trends.schemas.envelope import Caveat, MethodName
from app.trends.schemas.session_row import SessionRow
from app.trends.schemas.session_table import (
    DurabilityOverSessions,
    SessionGroup,
    SessionRows,
    SessionTable,
)
from app.trends.series import JournalDays, day_of
from app.trends.statistics.before_after import COMPARED_DAYS
from app.trends.statistics.dissociation_curve import DissociationStatus
from app.trends.statistics.durability import DurabilityStatus
from app.trends.thresholds import THRESHOLDS, Thresholds
from app.trends.window import Window


def session_table(
    journal: JournalDays, window: Window, thresholds: Thresholds = THRESHOLDS
) -> SessionTable:
    """One row a dosed session of the window; what lies around it may lie outside the window."""
    days = journal.journal_days(window)
    source = TableSource.of(journal, thresholds)
    chosen = [session for day in source.dosed.inside(window) for session in source.dosed.on(day)]
    rows = [session_row(session, source) for session in chosen]
    following = source.dosed.neighbours(day_of(chosen[0])).next_offset if chosen else None
    groups = session_groups(rows)
    durability = [durability_over(metric, rows) for metric in FELT]
    caveats = day_caveats(days, window) | {caveat for row in rows for caveat in row.caveats}
    if _shows_correlation(groups):
        caveats.add(Caveat.NOT_CAUSE)
    parameters = {"compared_days": COMPARED_DAYS, "thresholds_version": thresholds.version}
    return SessionTable(
        **envelope(
            window,
            days,
            ok_from(rows),
            method(MethodName.SESSION_TABLE, parameters),
            table_sentence(rows, durability, window.n_days, following),
            caveats,
        ),
        table=SessionRows(rows=rows, groups=groups, durability=durability),
    )


def table_sentence(
    rows: Sequence[SessionRow],
    over: Sequence[DurabilityOverSessions],
    window_days: int,
    next_offset: int | None,
) -> str:
    """One session tells its own story; several tell when relief ended, once it did after three."""
    if len(rows) == 1:
        return row_sentence(rows[0], next_offset) or plain.session_count(1, window_days)
    for told in over:
        if told.median_ended_days is not None:
            return plain.relief_over_sessions(
                told.metric,
                told.median_ended_days,
                ended=told.n_ended,
                unseen=told.n_censored,
                sessions=told.n_ended + told.n_censored + told.n_no_relief + told.n_insufficient,
            )
    return plain.session_count(len(rows), window_days)


def row_sentence(row: SessionRow, next_offset: int | None) -> str | None:
    """Relief of mood, else of anxiety, else the way back from dissociation; None without any.

    It lasted until the next session, `next_offset` days later, if it was seen on the day before.
    """
    for told in row.durability:
        if told.status is DurabilityStatus.ENDED and told.relief_days is not None:
            return plain.relief(told.metric, told.relief_days)
        if told.status is DurabilityStatus.CENSORED and told.at_least_days is not None:
            until_next = told.at_least_days + 1 == next_offset
            return plain.at_least(told.metric, told.at_least_days, until_next=until_next)
    course = row.dissociation
    if course is None or course.status is not DissociationStatus.RESOLVED:
        return None
    return plain.back_to_usual(course.time_to_baseline_minutes or 0)


def _shows_correlation(groups: Sequence[SessionGroup]) -> bool:
    return any(each.rho is not None for group in groups for each in group.correlations)
