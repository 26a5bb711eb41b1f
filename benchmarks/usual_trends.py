"""The trends of the usual application: a grouping query, and the standard library."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import StatisticsError, linear_regression, median
from uuid import UUID

from sqlmodel import Session

from benchmarks.usual_schemas import AroundOut, DailyOut, DayOut, MetricOut, ResponseOut
from benchmarks.usual_tables import DAYS

Series = dict[date, DayOut]


def day_series(session: Session, account_id: UUID, kind: str, first: date, last: date) -> Series:
    """One row for each day with an entry."""
    bound = {"account": account_id, "kind": kind, "first": first, "last": last}
    rows = session.execute(DAYS, bound).all()
    return {
        day: DayOut(date=day, n=n, value=value, min=low, max=high)
        for day, n, value, low, high in rows
    }


def daily(series: Series, kind: str, first: date, last: date) -> DailyOut:
    """Each calendar day with its rolling median."""
    rows = []
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        row = series.get(day) or DayOut(date=day, n=0)
        near = [series[d] for back in range(7) if (d := day - timedelta(days=back)) in series]
        row.rolling_median_7 = _median(near)
        rows.append(row)
    return DailyOut(metric=kind, days=rows)


def summary(series: Series, kind: str, last: date) -> MetricOut:
    """This week, last week and the slope."""
    week = timedelta(days=7)
    points = [(day.toordinal(), row.value) for day, row in series.items() if row.value is not None]
    try:
        slope = linear_regression(*zip(*points, strict=True)).slope
    except (StatisticsError, TypeError):
        slope = None
    return MetricOut(
        metric=kind,
        n_days=len(series),
        this_week=_median(row for day, row in series.items() if day > last - week),
        last_week=_median(
            row for day, row in series.items() if last - 2 * week < day <= last - week
        ),
        slope=slope,
    )


def response(
    series: Series, sessions: Iterable[date], before: int = 7, after: int = 14
) -> ResponseOut:
    """The median of each day relative to the sessions."""
    dates = list(sessions)
    around: dict[int, list[DayOut]] = defaultdict(list)
    for session_day in dates:
        for offset in range(-before, after + 1):
            row = series.get(session_day + timedelta(days=offset))
            if row is not None:
                around[offset].append(row)
    days = [
        AroundOut(day=offset, n=len(rows), median=_median(rows) or 0.0)
        for offset, rows in sorted(around.items())
    ]
    return ResponseOut(sessions=len(dates), days=days)


def _median(rows: Iterable[DayOut]) -> float | None:
    values = [row.value for row in rows if row.value is not None]
    return median(values) if values else None
