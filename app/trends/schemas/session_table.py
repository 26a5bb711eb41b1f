"""`getSessionTable`: one row a session, and what can be said over all of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.journal.kinds.session_shapes import Route, Substance
from app.trends.metrics import Metric
from app.trends.schemas.envelope import TrendAnswer, TrendStatus
from app.trends.schemas.scalars import Count, Double, Maybe, Part
from app.trends.schemas.session_row import SessionRow

MOST_ROWS = 10_000
MOST_GROUPS = 45
N_CORRELATIONS = 4


class CorrelationX(StrEnum):
    """What is ranked against the next day."""

    DOSE_MG_PER_KG = "dose_mg_per_kg"
    DISSOCIATION_PEAK = "dissociation_peak"


class CorrelationY(StrEnum):
    """The value of the date after the session."""

    MOOD_NEXT_DAY = "mood_next_day"
    ANXIETY_NEXT_DAY = "anxiety_next_day"


class CorrelationTechnical(Part):
    """For clinicians and reviewers. The app does not show this number."""

    p_permutation: Double


class SessionCorrelation(Part):
    """Spearman's rho from six sessions: a description, never a cause."""

    x: CorrelationX
    y: CorrelationY
    status: TrendStatus
    n_sessions: Count
    rho: Maybe[Double] = None
    technical: Maybe[CorrelationTechnical] = None


class SessionGroup(Part):
    """Sessions of one substance and route: milligrams are never pooled over others."""

    substance: Substance
    route: Route
    n_sessions: Count
    correlations: Annotated[
        list[SessionCorrelation], Field(min_length=N_CORRELATIONS, max_length=N_CORRELATIONS)
    ]


class DurabilityOverSessions(Part):
    """How long changes lasted; those whose end was not seen are never averaged."""

    metric: Metric
    n_ended: Count
    n_censored: Count
    n_no_relief: Count
    n_insufficient: Count
    median_ended_days: Maybe[Double] = None
    """From three that ended."""
    kaplan_meier_median_days: Maybe[Double] = None
    """From five that ended or were censored."""


class SessionRows(Part):
    """The sessions of the window, by date, and what can be said over all of them."""

    rows: Annotated[list[SessionRow], Field(max_length=MOST_ROWS)]
    groups: Annotated[list[SessionGroup], Field(max_length=MOST_GROUPS)]
    durability: Annotated[list[DurabilityOverSessions], Field(min_length=2, max_length=2)]


class SessionTable(TrendAnswer):
    """The treatment sessions of the window. It tells what came when, never why."""

    table: SessionRows
