"""`getDailyTrend`."""

from datetime import date
from typing import Any

from msgspec import UNSET, Struct, UnsetType, json
from msgspec.structs import asdict

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


class DayRow(Struct, frozen=True, gc=False):
    """A DailyTrendRow by members of the same names, in the same order; UNSET ones are left out."""

    date: date
    value: float | UnsetType
    n: int
    min: float | UnsetType
    max: float | UnsetType
    rolling_n: int
    rolling_median_7: float | UnsetType
    session_ids: list[str] | UnsetType


def daily_trend(journal: JournalDays, window: Window, metric: Metric) -> DailyTrend:
    """One row a calendar date. Rolling medians look up to six days before the window."""
    members, rows = _told(journal, window, metric)
    models: list[Any] = [_members(row) for row in rows]  # the answer makes the models itself
    return DailyTrend(**members, days=models)


def daily_json(journal: JournalDays, window: Window, metric: Metric) -> bytes:
    """The same as JSON, to the byte. Models of hundreds of rows would take longer than the rest."""
    members, rows = _told(journal, window, metric)
    answer = DailyTrend(**members, days=[])
    text = answer.model_dump_json(exclude_none=True, by_alias=True).encode()
    return b"%b%b}" % (text.removesuffix(b"[]}"), json.encode(rows))


def _told(journal: JournalDays, window: Window, metric: Metric) -> tuple[Members, list[DayRow]]:
    """All members but `days`, and the rows."""
    series = journal.series(metric)
    days, values = series.inside(window.first_day, window.last_day)
    caveats = (
        day_caveats(days, window)
        | value_caveats(values)
        | report_caveats(metric, journal.mixes_reports, window)
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
        known = UNSET if middle is None else float(middle)
        seen, here = days.get(day), ids.get(day, UNSET)
        if seen is None:
            row = DayRow(date_of(day), UNSET, 0, UNSET, UNSET, rolling_n, known, here)
        else:
            low, high = (float(seen.low), float(seen.high)) if ranged else (UNSET, UNSET)
            row = DayRow(date_of(day), float(seen.value), seen.n, low, high, rolling_n, known, here)
        rows.append(row)
    return rows


def _members(row: DayRow) -> Members:
    return {name: value for name, value in asdict(row).items() if value is not UNSET}
