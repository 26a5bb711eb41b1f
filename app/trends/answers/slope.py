"""`getSlope`, and the fit that the summary shares."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.trends import plain
from app.trends.answers.envelope import envelope, method, of_metric, span
from app.trends.caveats import (
    day_caveats,
    report_caveats,
    residual_caveats,
    session_caveats,
    value_caveats,
)
from app.trends.metrics import Metric
from app.trends.schemas.envelope import MethodName, TrendStatus
from app.trends.schemas.slope import Slope, SlopeTechnical, SlopeTrend
from app.trends.series import JournalDays
from app.trends.sessions import DosedDays
from app.trends.statistics.mann_kendall import MannKendall, mann_kendall
from app.trends.statistics.slope_words import ChangeWords, slope_words
from app.trends.statistics.theil_sen import TrendLine, enough_for_line, trend_line
from app.trends.window import Window

WEEK = 7


@dataclass(frozen=True, slots=True)
class Fit:
    """A line and its test, once there are days enough; the words need still more."""

    status: TrendStatus
    words: ChangeWords
    line: TrendLine | None = None
    test: MannKendall | None = None

    @property
    def slope_per_week(self) -> float | None:
        """The line's slope times seven."""
        return self.line.slope * WEEK if self.line else None

    @property
    def ci95_per_week(self) -> list[float] | None:
        """The interval's ends times seven."""
        return [self.line.low * WEEK, self.line.high * WEEK] if self.line else None


def fit(days: Sequence[int], values: Sequence[float]) -> Fit:
    """The slope of ascending days, in units a day."""
    if not enough_for_line(days):
        return Fit(TrendStatus.INSUFFICIENT_DATA, ChangeWords.NOT_ENOUGH_DAYS)
    line = trend_line(days, values)
    test = mann_kendall(days, values, line)
    words = slope_words(len(days), span(days), test.p_adjusted, (line.low, line.high))
    return Fit(TrendStatus.OK, words, line, test)


def slope_trend(journal: JournalDays, window: Window, metric: Metric) -> SlopeTrend:
    """Where the metric goes over the window, with an interval."""
    days, values = journal.series(metric).inside(window.first_day, window.last_day)
    fitted = fit(days, values)
    caveats = (
        day_caveats(days, window)
        | value_caveats(values)
        | report_caveats(metric, journal.mixes_reports, window)
        | session_caveats(DosedDays(journal.dosed_sessions()).days, window)
        | residual_caveats(fitted.test.lag1 if fitted.test else None)
    )
    return SlopeTrend(
        **of_metric(metric),
        **envelope(
            window,
            days,
            fitted.status,
            method(MethodName.THEIL_SEN, {"confidence": 0.95, "unit_days": WEEK}),
            plain.slope(metric, fitted.words, fitted.line, days, window.n_days),
            caveats,
        ),
        slope=Slope(
            words=fitted.words,
            slope_per_week=fitted.slope_per_week,
            ci95_per_week=fitted.ci95_per_week,
            intercept=fitted.line.intercept if fitted.line else None,
            technical=SlopeTechnical(**asdict(fitted.test)) if fitted.test else None,
        ),
    )
