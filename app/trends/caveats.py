"""When each caveat is set. What is missing is said, never filled in."""

from collections.abc import Callable, Iterable, Sequence

from app.trends.metrics import Metric
from app.trends.schemas.envelope import Caveat
from app.trends.statistics.coverage import longest_gap
from app.trends.window import Window

FEW_DAYS = 14
LOW_COVERAGE = 0.5
LONG_GAP_DAYS = 7
FEW_SESSIONS = 4
AUTOCORRELATED = 0.2
OVERLAP_DAYS = 7

FLASHBACK_METRICS = frozenset({Metric.FLASHBACK_COUNT, Metric.FLASHBACK_DISTRESS})


def day_caveats(days: Sequence[int], window: Window) -> set[Caveat]:
    """What the observed days of the window, ascending, say of themselves."""
    found = set()
    if len(days) < FEW_DAYS:
        found.add(Caveat.FEW_DAYS)
    if len(days) / window.n_days < LOW_COVERAGE:
        found.add(Caveat.LOW_COVERAGE)
    if longest_gap(days) > LONG_GAP_DAYS:
        found.add(Caveat.LONG_GAP)
    return found


def value_caveats(values: Sequence[float]) -> set[Caveat]:
    """`constant` for two or more values that are all equal."""
    constant = len(values) > 1 and min(values) == max(values)
    return {Caveat.CONSTANT} if constant else set()


def report_caveats(
    metric: Metric, mixes_reports: Callable[[Window], bool], window: Window
) -> set[Caveat]:
    """`mixed_reports` for a flashback metric over episodes and daily counts together."""
    mixed = metric in FLASHBACK_METRICS and mixes_reports(window)
    return {Caveat.MIXED_REPORTS} if mixed else set()


def residual_caveats(lag1: float | None) -> set[Caveat]:
    """`autocorrelated` when the residuals of adjacent dates follow each other."""
    return {Caveat.AUTOCORRELATED} if lag1 is not None and lag1 >= AUTOCORRELATED else set()


def session_caveats(dosed_days: Iterable[int], window: Window) -> set[Caveat]:
    """`sessions_inside` when a dose was given in the window."""
    inside = any(window.first_day <= day <= window.last_day for day in dosed_days)
    return {Caveat.SESSIONS_INSIDE} if inside else set()


def in_order(caveats: Iterable[Caveat]) -> list[Caveat]:
    """Each once, in the order in which they are declared: the same set gives the same bytes."""
    found = set(caveats)
    return [caveat for caveat in Caveat if caveat in found]
