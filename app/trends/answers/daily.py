"""`getDailyTrend`."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

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

Cell = TypeVar("Cell")
Blank = TypeVar("Blank")
MOST_WINDOWS = 16
"""Whose dates are remembered: apps ask for a few, which all begin and end with today."""


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
        plain.days_with_value(metric, len(days), window.n_days),
        caveats,
    )
    rows = _rows(series, window, DosedDays(journal.dosed_sessions()))
    return {**of_metric(metric), **start}, rows


def _rows(series: DaySeries, window: Window, sessions: DosedDays) -> list[DayRow]:
    """Made of whole columns: a loop over the days would take twice as long."""
    first, last = window.first_day, window.last_day
    seen = series.columns.between(first, last)
    places = [day - first for day in seen.days]
    ranged = METRICS[series.metric].unit is not MetricUnit.COUNT

    def spread(column: Sequence[Cell], blank: Blank) -> list[Cell | Blank]:
        """Over the days of the window."""
        cells: list[Cell | Blank] = [blank] * window.n_days
        for place, cell in zip(places, column, strict=True):
            cells[place] = cell
        return cells

    rolling = rolling_medians(series.values, first, last)
    ids: list[list[str] | UnsetType] = [UNSET] * window.n_days
    for day in sessions.inside(window):
        ids[day - first] = [session.id for session in sessions.on(day)]
    blank = [UNSET] * window.n_days
    columns = (
        _dates(window.first, window.n_days),
        spread(seen.values, UNSET),
        spread(seen.counts, 0),
        spread(seen.lows, UNSET) if ranged else blank,
        spread(seen.highs, UNSET) if ranged else blank,
        rolling.counts,
        [UNSET if middle is None else middle for middle in rolling.medians],
        ids,
    )
    return [*map(DayRow, *columns)]


@lru_cache(MOST_WINDOWS)
def _dates(first: date, n_days: int) -> Sequence[date]:
    return [date_of(first.toordinal() + place) for place in range(n_days)]


def _members(row: DayRow) -> Members:
    return {name: value for name, value in asdict(row).items() if value is not UNSET}
