"""Flashbacks after a date against before it."""

from datetime import date

from app.trends.answers.envelope import Members
from app.trends.schemas.envelope import TrendStatus
from app.trends.schemas.flashbacks import ComparisonTechnical, CountedDays, FlashbackComparison
from app.trends.series import DaySeries
from app.trends.statistics.rate_ratio import MINIMUM_DAYS, Exposure, rate_ratio
from app.trends.window import Window


def compared(counts: DaySeries, window: Window, on: date) -> FlashbackComparison:
    """The window before `on` and after it; the date itself belongs to neither."""
    before = _exposure(counts, window.first_day, on.toordinal() - 1)
    after = _exposure(counts, on.toordinal() + 1, window.last_day)
    sides: Members = {
        "date": on,
        "before": CountedDays(count=before.count, observed_days=before.observed_days),
        "after": CountedDays(count=after.count, observed_days=after.observed_days),
    }
    if min(before.observed_days, after.observed_days) < MINIMUM_DAYS:
        return FlashbackComparison(**sides, status=TrendStatus.INSUFFICIENT_DATA)
    if not before.count:
        return FlashbackComparison(**sides, status=TrendStatus.UNDEFINED)
    found = rate_ratio(before, after)
    return FlashbackComparison(
        **sides,
        status=TrendStatus.OK,
        ratio=found.ratio,
        ci95=[found.low, found.high],
        technical=ComparisonTechnical(p=found.p),
    )


def _exposure(counts: DaySeries, first: int, last: int) -> Exposure:
    values = counts.inside(first, last)[1]
    return Exposure(int(sum(values)), len(values))
