"""`getWeekdayPattern`."""

from collections.abc import Sequence
from dataclasses import asdict

from app.trends import plain
from app.trends.answers.envelope import envelope, method, of_metric
from app.trends.caveats import day_caveats, report_caveats, session_caveats, value_caveats
from app.trends.metrics import Metric
from app.trends.schemas.envelope import MethodName, TrendStatus
from app.trends.schemas.weekday import (
    WeekdayMedian,
    WeekdayNumbers,
    WeekdayPattern,
    WeekdayTechnical,
)
from app.trends.series import JournalDays, date_of
from app.trends.sessions import DosedDays
from app.trends.statistics.central import median
from app.trends.statistics.weekday import (
    MINIMUM_DAYS,
    WEEKDAYS,
    KruskalWallis,
    WeekdayWords,
    enough_of_each,
    kruskal_wallis,
    weekday_words,
)
from app.trends.window import Window


def weekday_pattern(journal: JournalDays, window: Window, metric: Metric) -> WeekdayPattern:
    """The metric by day of the week, and whether the days differ."""
    days, values = journal.series(metric).inside(window.first_day, window.last_day)
    groups = by_weekday(days, values)
    status, words, test = judged(groups)
    medians = [median(group) if len(group) >= MINIMUM_DAYS else None for group in groups]
    caveats = (
        day_caveats(days, window)
        | value_caveats(values)
        | report_caveats(metric, journal.mixes_reports, window)
        | session_caveats(DosedDays(journal.dosed_sessions()).days, window)
    )
    return WeekdayPattern(
        **of_metric(metric),
        **envelope(
            window,
            days,
            status,
            method(MethodName.WEEKDAY_MEDIAN, {"minimum_dates": MINIMUM_DAYS}),
            plain.weekdays(words, medians, min(len(group) for group in groups)),
            caveats,
        ),
        weekdays=WeekdayNumbers(
            words=words,
            by_weekday=[
                WeekdayMedian(weekday=place + 1, n_days=len(groups[place]), median=middle)
                for place, middle in enumerate(medians)
            ],
            technical=WeekdayTechnical(**asdict(test)) if test else None,
        ),
    )


def by_weekday(days: Sequence[int], values: Sequence[float]) -> list[list[float]]:
    """The values of Mondays, Tuesdays, … Sundays."""
    groups: list[list[float]] = [[] for _ in range(WEEKDAYS)]
    for day, value in zip(days, values, strict=True):
        groups[date_of(day).weekday()].append(value)
    return groups


def judged(
    groups: Sequence[Sequence[float]],
) -> tuple[TrendStatus, WeekdayWords, KruskalWallis | None]:
    """Status and words; the test where there is one."""
    if not enough_of_each(groups):
        return TrendStatus.INSUFFICIENT_DATA, WeekdayWords.NOT_ENOUGH_DAYS, None
    test = kruskal_wallis(groups)
    if test is None:
        return TrendStatus.UNDEFINED, WeekdayWords.NO_CLEAR_PATTERN, None
    return TrendStatus.OK, weekday_words(test), test
