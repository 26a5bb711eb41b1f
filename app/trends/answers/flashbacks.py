"""`getFlashbackTrend`."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.journal.kinds import FlashbackHeadline
from app.trends import plain
from app.trends.answers.envelope import envelope, method, of_metric
from app.trends.answers.flashback_codes import by_context, by_trigger
from app.trends.answers.flashback_comparison import compared
from app.trends.answers.summary import some_days
from app.trends.caveats import day_caveats, report_caveats, value_caveats
from app.trends.metrics import Metric
from app.trends.schemas.envelope import Caveat, MethodName, TrendStatus
from app.trends.schemas.flashbacks import (
    FlashbackNumbers,
    FlashbackReports,
    FlashbackTotal,
    FlashbackTrend,
    FlashbackWeek,
    NightmareNumbers,
)
from app.trends.series import DaySeries, JournalDays, date_of, day_of
from app.trends.statistics.flashback_rate import (
    MINIMUM_DAYS,
    WEEK,
    FlashbackRate,
    RateInterval,
    flashback_rate,
    garwood_interval,
    weekly,
)
from app.trends.window import Window

MINIMUM_DAYS_A_WEEK = 4


def flashback_trend(
    journal: JournalDays, window: Window, compare_on: date | None = None
) -> FlashbackTrend:
    """Weekly rates; with `compare_on`, inside the window, also after that date against before."""
    counts = journal.series(Metric.FLASHBACK_COUNT)
    days, values = counts.inside(window.first_day, window.last_day)
    rate = flashback_rate([int(value) for value in values])
    caveats = (
        day_caveats(days, window)
        | value_caveats(values)
        | report_caveats(counts.metric, journal.mixes_reports, window)
    )
    if rate and rate.interval is RateInterval.QUASI_POISSON:
        caveats.add(Caveat.OVERDISPERSED)
    return FlashbackTrend(
        **of_metric(counts.metric),
        **envelope(
            window,
            days,
            TrendStatus.OK if rate else TrendStatus.INSUFFICIENT_DATA,
            method(MethodName.FLASHBACK_RATE, {"confidence": 0.95, "week_starts_on": "monday"}),
            plain.flashbacks(rate, len(days), MINIMUM_DAYS),
            caveats,
        ),
        flashbacks=_numbers(journal, counts, window, rate, compare_on),
    )


def _numbers(
    journal: JournalDays,
    counts: DaySeries,
    window: Window,
    rate: FlashbackRate | None,
    compare_on: date | None,
) -> FlashbackNumbers:
    entries = journal.flashbacks(window)
    episodes = [entry for entry in entries if entry.report == "episode"]
    distress = journal.series(Metric.FLASHBACK_DISTRESS)
    return FlashbackNumbers(
        total=_total(counts.inside(window.first_day, window.last_day)[1], rate),
        weeks=[_week(counts, first, last) for first, last in _weeks(window)],
        distress=some_days(distress.inside(window.first_day, window.last_day)[1]),
        by_trigger=by_trigger(episodes),
        by_context=by_context(episodes),
        reports=_reports(entries),
        nightmares=_nightmares(journal.series(Metric.NIGHTMARES), window),
        comparison=compared(counts, window, compare_on) if compare_on else None,
    )


def _total(values: Sequence[float], rate: FlashbackRate | None) -> FlashbackTotal:
    return FlashbackTotal(
        count=int(sum(values)),
        observed_days=len(values),
        rate_per_week=rate.rate_per_week if rate else None,
        dispersion_index=rate.dispersion_index if rate else None,
        interval=rate.interval if rate else None,
        ci95_per_week=[rate.low, rate.high] if rate else None,
    )


def _weeks(window: Window) -> Iterator[tuple[int, int]]:
    """Mondays to Sundays, cut to the window."""
    first = window.first_day
    while first <= window.last_day:
        sunday = first + WEEK - date_of(first).isoweekday()
        yield first, min(sunday, window.last_day)
        first = sunday + 1


def _week(counts: DaySeries, first: int, last: int) -> FlashbackWeek:
    values = counts.inside(first, last)[1]
    count, days = int(sum(values)), len(values)
    enough = days >= MINIMUM_DAYS_A_WEEK
    return FlashbackWeek(
        from_=date_of(first),
        to=date_of(last),
        count=count,
        observed_days=days,
        rate_per_week=weekly(count, days) if enough else None,
        ci95_per_week=[*garwood_interval(count, days)] if enough else None,
    )


def _reports(entries: Sequence[FlashbackHeadline]) -> FlashbackReports:
    def days_with(report: str) -> int:
        return len({day_of(entry) for entry in entries if entry.report == report})

    return FlashbackReports(
        episode_days=days_with("episode"),
        daily_count_days=days_with("daily_count"),
        none_today_days=days_with("none_today"),
    )


def _nightmares(series: DaySeries, window: Window) -> NightmareNumbers:
    values = series.inside(window.first_day, window.last_day)[1]
    count, days = int(sum(values)), len(values)
    rate = weekly(count, days) if days >= MINIMUM_DAYS else None
    return NightmareNumbers(count=count, observed_days=days, rate_per_week=rate)
