"""The last sessions, one row each, and what can be said over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.metrics import Metric
from app.trends.report import session_cells as cells
from app.trends.report.answers import ReportAnswers
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import NOTHING, counted, number, optional, written_date
from app.trends.report.shared_kinds import SharedKinds
from app.trends.schemas.session_row import SessionRow
from app.trends.schemas.session_table import DurabilityOverSessions

MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class ListedSession:
    """The cells of one row, left to right."""

    date: str
    given: str
    dose: str
    pressure_before: str
    pressure_highest: str
    peak: str
    back: str
    effects: Sequence[str]
    next_mood: str
    next_anxiety: str
    relief_mood: str
    relief_anxiety: str
    marks: str


@dataclass(frozen=True, slots=True)
class SessionList:
    """The rows, how many more there are, and how long changes lasted over all.

    The marks are of what no row tells: of sessions that are not listed, and of the whole.
    """

    rows: Sequence[ListedSession]
    earlier: str | None
    relief: Sequence[str]
    marks: str


def session_list(
    answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds
) -> SessionList | str:
    """The last eight, oldest first, or why there are none."""
    rows = answers.table.table.rows
    if not rows:
        return shared.absence("No session with a dose", "Sessions", "session")
    listed, left_out = rows[-MOST_ROWS:], len(rows[:-MOST_ROWS])
    in_rows = {caveat for row in listed for caveat in row.caveats}
    return SessionList(
        rows=[_listed(row, footnotes, shared) for row in listed],
        earlier=f"{counted(left_out, 'earlier session')} not listed." if left_out else None,
        relief=[
            _relief(over) for over in answers.table.table.durability if shared.any(over.metric)
        ],
        marks=footnotes.marks(set(answers.table.caveats) - in_rows),
    )


def _listed(row: SessionRow, footnotes: Footnotes, shared: SharedKinds) -> ListedSession:
    before, highest = cells.pressures(row.vitals)
    begun = " (begun)" if row.status == "in_progress" else ""
    return ListedSession(
        date=f"{written_date(row.date)}{begun}",
        given=cells.given(row),
        dose=cells.dose(row),
        pressure_before=before,
        pressure_highest=highest,
        peak=optional(row.dissociation.peak if row.dissociation else None),
        back=cells.back_to_baseline(row.dissociation),
        effects=cells.adverse_effects(row.adverse_effects),
        next_mood=cells.next_day(row, Metric.MOOD),
        next_anxiety=cells.next_day(row, Metric.ANXIETY),
        relief_mood=cells.relief(row, Metric.MOOD) if shared.any("mood") else NOTHING,
        relief_anxiety=cells.relief(row, Metric.ANXIETY) if shared.any("anxiety") else NOTHING,
        marks=footnotes.marks(row.caveats),
    )


def _relief(over: DurabilityOverSessions) -> str:
    median = over.median_ended_days
    after = "" if median is None else f" (median {number(median)} d)"
    return (
        f"Relief in {over.metric}: ended {over.n_ended}{after}, end not seen {over.n_censored}, "
        f"none {over.n_no_relief}, too few days {over.n_insufficient}."
    )
