"""`getDailyTrend`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct, json
from msgspec.structs import asdict

from app.journal.kinds import Headline
from app.trends import plain
from app.trends.answers.envelope import Members, envelope, method, of_metric, ok_from
from app.trends.caveats import day_caveats, report_caveats, value_caveats
from app.trends.metrics import METRICS, Metric, MetricUnit
from app.trends.schemas.daily import DailyTrend
from app.trends.schemas.envelope import MethodName
from app.trends.series import DaySeries, JournalDays, date_of
from app.trends.sessions import DosedDays
from app.trends.statistics.rolling_median import ROLLING_DAYS, rolling_medians
from app.trends.window import Window


class DayRow(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A DailyTrendRow by members of the same names, in the same order."""

    date: date
    value: float | None = None
    n: int
    min: float | None = None
    max: float | None = None
    rolling_n: int
    rolling_median_7: float | None = None
    session_ids: list[str] | None = None


def daily_trend(headlines: Iterable[Headline], window: Window, metric: Metric) -> DailyTrend:
    """One row a calendar date. Rolling medians look up to six days before the window."""
    members, rows = _told(headlines, window, metric)
    models: list[Any] = [asdict(row) for row in rows]  # the answer makes the models itself
    return DailyTrend(**members, days=models)


def daily_json(headlines: Iterable[Headline], window: Window, metric: Metric) -> bytes:
    """The same as JSON, to the byte. Models of hundreds of rows would take longer than the rest."""
    members, rows = _told(headlines, window, metric)
    answer = DailyTrend(**members, days=[])
    text = answer.model_dump_json(exclude_none=True, by_alias=True).encode()
    return b"%b%b}" % (text.removesuffix(b"[]}"), json.encode(rows))


def _told(
    headlines: Iterable[Headline], window: Window, metric: Metric
) -> tuple[Members, list[DayRow]]:
    """All members but `days`, and the rows."""
    journal = JournalDays(headlines)
    series = journal.series(metric)
    days, values = series.inside(window.first_day, window.last_day)
    caveats = (
        day_caveats(days, window)
        | value_caveats(values)
        | report_caveats(metric, mixed=journal.mixes_reports(window))
    )
    start = envelope(
        window,
        days,
        ok_from(days),
        method(MethodName.ROLLING_MEDIAN, {"window_days": ROLLING_DAYS}),
        plain.logged(len(days), window.n_days),
        caveats,
    )
    rows = _rows(series, window, DosedDays(journal.dosed_sessions()))
    return {**of_metric(metric), **start}, rows


def _rows(series: DaySeries, window: Window, sessions: DosedDays) -> list[DayRow]:
    ranged = METRICS[series.metric].unit is not MetricUnit.COUNT
    ids = {day: [session.id for session in sessions.on(day)] for day in sessions.days}
    rolling = rolling_medians(series.values, window.first_day, window.last_day)
    days, rows = series.days, []
    for day, (rolling_n, middle) in enumerate(rolling, window.first_day):
        seen = days.get(day)
        rows.append(
            DayRow(
                date=date_of(day),
                value=float(seen.value) if seen else None,
                n=seen.n if seen else 0,
                min=float(seen.low) if seen and ranged else None,
                max=float(seen.high) if seen and ranged else None,
                rolling_n=rolling_n,
                rolling_median_7=None if middle is None else float(middle),
                session_ids=ids.get(day),
            )
        )
    return rows
