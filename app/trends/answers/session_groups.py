"""What can be said over all sessions of the table: ranks inside one substance, durability."""

from collections.abc import Sequence

from app.trends.answers.envelope import Members
from app.trends.metrics import Metric
from app.trends.schemas.envelope import TrendStatus
from app.trends.schemas.session_row import SessionDurability, SessionRow
from app.trends.schemas.session_table import (
    CorrelationTechnical,
    CorrelationX,
    CorrelationY,
    DurabilityOverSessions,
    SessionCorrelation,
    SessionGroup,
)
from app.trends.statistics.central import median
from app.trends.statistics.durability import DurabilityStatus
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.rank_correlation import MINIMUM_SESSIONS, rank_correlation

MINIMUM_ENDED = 3
NEXT_DAY_METRICS = {
    CorrelationY.MOOD_NEXT_DAY: Metric.MOOD,
    CorrelationY.ANXIETY_NEXT_DAY: Metric.ANXIETY,
}


def session_groups(rows: Sequence[SessionRow]) -> list[SessionGroup]:
    """One group a substance and route, by first session; milligrams are never pooled."""
    grouped: dict[tuple[str, str], list[SessionRow]] = {}
    for row in rows:
        grouped.setdefault((row.substance, row.route), []).append(row)
    return [_group(one_a_date(members)) for members in grouped.values()]


def one_a_date(rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Of two sessions on one date the earlier: their days are the same and count once."""
    first: dict[object, SessionRow] = {}
    for row in rows:
        first.setdefault(row.date, row)
    return list(first.values())


def durability_over(metric: Metric, rows: Sequence[SessionRow]) -> DurabilityOverSessions:
    """Counts of each ending, and medians over those that may be averaged."""
    found = [_of(metric, row) for row in one_a_date(rows)]
    ended = [each.relief_days for each in found if each.relief_days is not None]
    censored = [each.at_least_days for each in found if each.at_least_days is not None]
    return DurabilityOverSessions(
        metric=metric,
        n_ended=len(ended),
        n_censored=len(censored),
        n_no_relief=_count(found, DurabilityStatus.NO_RELIEF),
        n_insufficient=_count(found, DurabilityStatus.INSUFFICIENT_DATA),
        median_ended_days=median(ended) if len(ended) >= MINIMUM_ENDED else None,
        kaplan_meier_median_days=kaplan_meier_median(ended, censored),
    )


def _group(rows: Sequence[SessionRow]) -> SessionGroup:
    correlations = [_correlation(x, y, rows) for x in CorrelationX for y in CorrelationY]
    return SessionGroup(
        substance=rows[0].substance,
        route=rows[0].route,
        n_sessions=len(rows),
        correlations=correlations,
    )


def _correlation(
    x: CorrelationX, y: CorrelationY, rows: Sequence[SessionRow]
) -> SessionCorrelation:
    values = ((_x_of(x, row), _y_of(y, row)) for row in rows)
    pairs = [(left, right) for left, right in values if left is not None and right is not None]
    named: Members = {"x": x, "y": y, "n_sessions": len(pairs)}
    if len(pairs) < MINIMUM_SESSIONS:
        return SessionCorrelation(**named, status=TrendStatus.INSUFFICIENT_DATA)
    found = rank_correlation([left for left, _ in pairs], [right for _, right in pairs])
    if found is None:
        return SessionCorrelation(**named, status=TrendStatus.UNDEFINED)
    p = found.p_permutation
    technical = CorrelationTechnical(p_permutation=p) if p is not None else None
    return SessionCorrelation(**named, status=TrendStatus.OK, rho=found.rho, technical=technical)


def _x_of(x: CorrelationX, row: SessionRow) -> float | None:
    if x is CorrelationX.DOSE_MG_PER_KG:
        return row.dose_mg_per_kg
    return row.dissociation.peak if row.dissociation else None


def _y_of(y: CorrelationY, row: SessionRow) -> float | None:
    metric = NEXT_DAY_METRICS[y]
    return next((each.value for each in row.next_day if each.metric == metric), None)


def _of(metric: Metric, row: SessionRow) -> SessionDurability:
    return next(each for each in row.durability if each.metric == metric)


def _count(found: Sequence[SessionDurability], status: DurabilityStatus) -> int:
    return sum(each.status is status for each in found)
