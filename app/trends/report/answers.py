"""All answers that the page is made of: the same functions as the operations call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from app.journal.kinds import AssessmentHeadline
from app.trends.answers.assessments import assessment_trend
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.metrics import Metric
from app.trends.schemas.assessments import AssessmentTrend, TrendInstrument
from app.trends.schemas.coverage import LoggingCoverage
from app.trends.schemas.daily import DailyTrend
from app.trends.schemas.envelope import TrendAnswer
from app.trends.schemas.flashbacks import FlashbackTrend
from app.trends.schemas.session_response import SessionResponse
from app.trends.schemas.session_table import SessionTable
from app.trends.schemas.slope import SlopeTrend
from app.trends.series import JournalDays
from app.trends.window import Window

FELT = (Metric.MOOD, Metric.ANXIETY)
INSTRUMENTS: tuple[TrendInstrument, ...] = get_args(TrendInstrument.__value__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswers:
    """One window's answers. `daily` and `around` are of mood and anxiety, `slopes` of all.

    `untrended` names the questionnaires that were filled in and that no operation answers for.
    """

    window: Window
    coverage: LoggingCoverage
    daily: Sequence[DailyTrend]
    flashbacks: FlashbackTrend
    around: Sequence[SessionResponse]
    table: SessionTable
    assessments: Sequence[AssessmentTrend]
    untrended: Sequence[str]
    slopes: Sequence[SlopeTrend]

    def all(self) -> list[TrendAnswer]:
        """Every one of them, in the order of the page."""
        single: list[TrendAnswer] = [self.coverage, *self.daily, self.flashbacks, *self.around]
        return [*single, self.table, *self.assessments, *self.slopes]


def report_answers(journal: JournalDays, window: Window) -> ReportAnswers:
    """Ask everything; what lies outside the window is read where an operation reads it too."""
    return ReportAnswers(
        window=window,
        coverage=logging_coverage(journal, window),
        daily=[daily_trend(journal, window, metric) for metric in FELT],
        flashbacks=flashback_trend(journal, window),
        around=[session_response(journal, window, metric) for metric in FELT],
        table=session_table(journal, window),
        assessments=_assessments(journal, window),
        untrended=_untrended(journal, window),
        slopes=[slope_trend(journal, window, metric) for metric in Metric],
    )


def _assessments(journal: JournalDays, window: Window) -> list[AssessmentTrend]:
    """Of the questionnaires that stand in the window."""
    asked = {each.instrument for each in journal.headlines if isinstance(each, AssessmentHeadline)}
    found = [assessment_trend(journal, window, code) for code in INSTRUMENTS if code in asked]
    return [answer for answer in found if answer.assessment.scores]


def _untrended(journal: JournalDays, window: Window) -> list[str]:
    """Such as the screener: its answer is a yes or a no."""
    found = {
        each.instrument
        for each in journal.headlines
        if isinstance(each, AssessmentHeadline) and each.local_date in window
    }
    return sorted(found.difference(INSTRUMENTS))
