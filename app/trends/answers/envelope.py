"""What every answer begins with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from app.trends.caveats import day_caveats, in_order
from app.trends.metrics import METRICS, BetterDirection, Metric, MetricUnit
from app.trends.schemas.envelope import (
    Caveat,
    MethodName,
    MethodParameter,
    TrendMethod,
    TrendStatus,
    TrendWindow,
)
from app.trends.version import TRENDS_VERSION
from app.trends.window import Window

Members = dict[str, Any]
"""Members gathered for a model, which checks every one of them when it is made: hence Any."""


class EnvelopeMembers(TypedDict):
    """The members of TrendAnswer."""

    window: TrendWindow
    status: TrendStatus
    n_days: int
    span_days: int
    coverage: float
    method: TrendMethod
    caveats: list[Caveat]
    plain: str


class MetricMembers(TypedDict):
    """The members of OfOneMetric."""

    metric: Metric
    unit: MetricUnit
    better: BetterDirection


def envelope(
    window: Window,
    days: Sequence[int],
    status: TrendStatus,
    how: TrendMethod,
    plain: str,
    caveats: Iterable[Caveat] | None = None,
) -> EnvelopeMembers:
    """The envelope over the observed `days` of the window, ascending.

    Without `caveats` there are those of the days alone.
    """
    told = day_caveats(days, window) if caveats is None else caveats
    return {
        "window": TrendWindow(from_=window.first, to=window.last, time_zone=window.time_zone),
        "status": status,
        "n_days": len(days),
        "span_days": span(days),
        "coverage": len(days) / window.n_days,
        "method": how,
        "caveats": in_order(told),
        "plain": plain,
    }


def of_metric(metric: Metric) -> MetricMembers:
    """The metric, its unit and its better direction."""
    rule = METRICS[metric]
    return {"metric": metric, "unit": rule.unit, "better": rule.better}


def method(name: MethodName, parameters: Mapping[str, object] | None = None) -> TrendMethod:
    """The method at the version of all trends, its settings as text."""
    told = [
        MethodParameter(name=setting, value=str(value))
        for setting, value in (parameters or {}).items()
    ]
    return TrendMethod(name=name, version=TRENDS_VERSION, parameters=told)


def ok_from(days: Sequence[object]) -> TrendStatus:
    """`ok` from one day (or row) on."""
    return TrendStatus.OK if days else TrendStatus.INSUFFICIENT_DATA


def span(days: Sequence[int]) -> int:
    """Days from the first observed date to the last."""
    return days[-1] - days[0] if days else 0
