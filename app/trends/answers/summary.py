"""`getTrendSummary`."""

from collections.abc import Sequence
from dataclasses import asdict

from app.trends import plain
from app.trends.answers.envelope import envelope, method, of_metric, ok_from
from app.trends.answers.slope import fit
from app.trends.metrics import METRICS, Metric
from app.trends.schemas.envelope import MethodName, MetricDay, SomeDays
from app.trends.schemas.summary import (
    InstabilityNumbers,
    MetricSummary,
    SummarySlope,
    TrendSummary,
)
from app.trends.series import DaySeries, JournalDays, date_of
from app.trends.statistics.central import median
from app.trends.statistics.instability import instability
from app.trends.window import Window

WEEK = 7
MINIMUM_FOR_MEDIAN = 3


def trend_summary(journal: JournalDays, window: Window) -> TrendSummary:
    """All seven metrics: this week against last, and the direction over the window."""
    days = journal.journal_days(window)
    return TrendSummary(
        **envelope(
            window,
            days,
            ok_from(days),
            method(MethodName.SUMMARY, {"week_days": WEEK}),
            plain.logged(len(days), window.n_days),
        ),
        metrics=[metric_summary(journal.series(metric), window) for metric in METRICS],
    )


def metric_summary(series: DaySeries, window: Window) -> MetricSummary:
    """One metric at a glance. The two weeks count back from the window's last date."""
    days, values = series.inside(window.first_day, window.last_day)
    last, previous = _week(series, window.last_day), _week(series, window.last_day - WEEK)
    fitted = fit(days, values)
    best, worst = _extremes(series.metric, days, values)
    both = last.median is not None and previous.median is not None
    return MetricSummary(
        **of_metric(series.metric),
        n_days=len(days),
        coverage=len(days) / window.n_days,
        last_7=last,
        previous_7=previous,
        difference=(last.median or 0) - (previous.median or 0) if both else None,
        slope=SummarySlope(
            status=fitted.status,
            words=fitted.words,
            slope_per_week=fitted.slope_per_week,
            ci95_per_week=fitted.ci95_per_week,
        ),
        instability=InstabilityNumbers(**asdict(instability(days, values))),
        best_day=best,
        worst_day=worst,
        latest=_dated(days[-1], values[-1]) if days else None,
    )


def some_days(values: Sequence[float]) -> SomeDays:
    """So many days, and their median from three."""
    enough = len(values) >= MINIMUM_FOR_MEDIAN
    return SomeDays(n_days=len(values), median=median(values) if enough else None)


def _week(series: DaySeries, last_day: int) -> SomeDays:
    return some_days(series.inside(last_day - WEEK + 1, last_day)[1])


def _extremes(
    metric: Metric, days: Sequence[int], values: Sequence[float]
) -> tuple[MetricDay | None, MetricDay | None]:
    """The best and the worst day; of equal ones the most recent."""
    if not days:
        return None, None
    sign = METRICS[metric].better.sign
    ranked = sorted(zip(values, days, strict=True), key=lambda pair: (sign * pair[0], pair[1]))
    worst_value = ranked[0][0]
    worst_day = max(day for value, day in ranked if value == worst_value)
    return _dated(ranked[-1][1], ranked[-1][0]), _dated(worst_day, worst_value)


def _dated(day: int, value: float) -> MetricDay:
    return MetricDay(date=date_of(day), value=value)
