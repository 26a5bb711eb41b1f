"""`getSessionResponse`."""

from collections.abc import Sequence
from dataclasses import asdict

from app.trends import plain
from app.trends.answers.envelope import envelope, method, of_metric
from app.trends.caveats import FEW_SESSIONS, day_caveats, report_caveats, value_caveats
from app.trends.metrics import Metric
from app.trends.schemas.envelope import Caveat, MethodName, TrendStatus
from app.trends.schemas.session_response import (
    AlignedDays,
    CurvePoint,
    LinePoint,
    ResponseLine,
    SessionResponse,
)
from app.trends.series import JournalDays, date_of
from app.trends.sessions import DosedDays
from app.trends.statistics.session_aligned import (
    Line,
    Neighbours,
    aligned_curve,
    aligned_line,
    days_beside,
)
from app.trends.window import Window

DEFAULT_BEFORE, DEFAULT_AFTER = 7, 14


def session_response(
    journal: JournalDays,
    window: Window,
    metric: Metric,
    before: int = DEFAULT_BEFORE,
    after: int = DEFAULT_AFTER,
) -> SessionResponse:
    """The days around the window's sessions; their own days may lie outside the window."""
    series = journal.series(metric)
    days, values = series.inside(window.first_day, window.last_day)
    dosed = DosedDays(journal.dosed_sessions())
    sessions = [dosed.neighbours(day) for day in dosed.inside(window)]
    lines = [aligned_line(session, series.values, before, after) for session in sessions]
    curve = aligned_curve(lines, before, after)
    caveats = (
        day_caveats(days, window)
        | value_caveats(values)
        | report_caveats(metric, journal.mixes_reports, window)
        | _session_caveats(sessions, lines, after)
    )
    return SessionResponse(
        **of_metric(metric),
        **envelope(
            window,
            days,
            TrendStatus.OK if any(lines) else TrendStatus.INSUFFICIENT_DATA,
            method(MethodName.SESSION_ALIGNED, {"before_days": before, "after_days": after}),
            plain.around_sessions(len(sessions), days_beside(lines)),
            caveats,
        ),
        response=AlignedDays(
            n_sessions=len(sessions),
            curve=[CurvePoint(**asdict(point)) for point in curve],
            lines=[
                _line(dosed.on(session.day)[0].id, session, line)
                for session, line in zip(sessions, lines, strict=True)
            ],
        ),
    )


def _session_caveats(
    sessions: Sequence[Neighbours], lines: Sequence[Line], after: int
) -> set[Caveat]:
    found = set()
    if sum(bool(line) for line in lines) < FEW_SESSIONS:
        found.add(Caveat.FEW_SESSIONS)
    if any(session.next_within(after) for session in sessions):
        found.add(Caveat.OVERLAPPING_SESSIONS)
    return found


def _line(session_id: str, session: Neighbours, line: Line) -> ResponseLine:
    return ResponseLine(
        session_id=session_id,
        date=date_of(session.day),
        points=[LinePoint(offset=offset, value=value) for offset, value in line],
    )
