"""One row of the session table: what was given, and what the days around it hold."""

from typing import Annotated

from pydantic import Field

from app.journal.kinds.session_shapes import (
    AdverseEffectCode,
    Route,
    SessionExperience,
    SessionPhase,
    SessionSetting,
    SessionStatus,
    Substance,
    Supervision,
)
from app.journal.kinds.values import Within
from app.trends.metrics import BetterDirection, Metric
from app.trends.schemas.envelope import MOST_CAVEATS, Caveat, TrendStatus
from app.trends.schemas.scalars import Count, Day, Double, Id, Maybe, Part, WrittenInstant
from app.trends.statistics.dissociation_curve import DissociationStatus, ResolutionBasis
from app.trends.statistics.durability import DurabilityReason, DurabilityStatus
from app.trends.statistics.slope_words import ChangeWords

Vital = Annotated[int, Within(0, 400)]


class SessionVitals(Part):
    """Before the dose, and the extremes of the other readings."""

    systolic_pre: Maybe[Vital] = None
    """mmHg, the last reading before the dose."""
    diastolic_pre: Maybe[Vital] = None
    systolic_max: Maybe[Vital] = None
    diastolic_max: Maybe[Vital] = None
    pulse_max: Maybe[Vital] = None
    """Beats a minute."""
    spo2_min: Maybe[Vital] = None
    """Percent."""


class DissociationCourse(Part):
    """Dissociation after the dose: tolerability only, never a sign that treatment works."""

    status: DissociationStatus
    n_points: Count
    pre: Double
    """Intensity before the dose, 0 when none was told."""
    threshold: Double
    """Above this is above baseline."""
    peak: Double
    minute_of_peak: Double
    auc_points_minutes: Maybe[Double] = None
    time_to_baseline_minutes: Maybe[Double] = None
    basis: Maybe[ResolutionBasis] = None
    unresolved_at_minute: Maybe[Double] = None
    """The last entry, when it was still above the threshold."""
    last_intensity: Maybe[Double] = None


class RowAdverseEffect(Part):
    """Something unwanted that happened, from 1 mild to 3 severe."""

    code: AdverseEffectCode
    severity: Annotated[int, Within(1, 3)]


class SameDayValue(Part):
    """Medians of the session's date before and after the dose."""

    metric: Metric
    before_dose: Maybe[Double] = None
    after_dose: Maybe[Double] = None


class NextDayValue(Part):
    """The date after the session, unless it holds the next one."""

    metric: Metric
    value: Double
    n_entries: Count


class BeforeAfterTechnical(Part):
    """For clinicians and reviewers. The app does not show these numbers."""

    tau: Double
    tau_u: Double
    baseline_s: Annotated[int, Within(-100, 100)]
    nap_se: Maybe[Double] = None
    mean_difference: Double
    hedges_g: Maybe[Double] = None


class BeforeAfter(Part):
    """Seven days before against seven after; numbers from three on each side."""

    metric: Metric
    better: BetterDirection
    status: TrendStatus
    n_pre: Count
    n_post: Count
    words: ChangeWords
    median_pre: Maybe[Double] = None
    median_post: Maybe[Double] = None
    median_difference: Maybe[Double] = None
    hodges_lehmann: Maybe[Double] = None
    nap: Maybe[Double] = None
    """Share of pairs of days in which the later one is better, ties counted half."""
    technical: Maybe[BeforeAfterTechnical] = None


class SessionDurability(Part):
    """How many days the change lasted, or at least lasted."""

    metric: Metric
    status: DurabilityStatus
    reason: Maybe[DurabilityReason] = None
    n_baseline: Count
    baseline: Maybe[Double] = None
    best_offset: Maybe[Count] = None
    best_value: Maybe[Double] = None
    gain: Maybe[Double] = None
    threshold: Maybe[Double] = None
    """Baseline and half the gain; a value on it is still relief."""
    relief_days: Maybe[Count] = None
    at_least_days: Maybe[Count] = None


class SessionRow(Part):
    """One treatment session in which a dose was given."""

    session_id: Id
    date: Day
    dose_at: WrittenInstant
    status: SessionStatus
    substance: Substance
    route: Route
    dose_mg: Maybe[Double] = None
    dose_mg_per_kg: Maybe[Double] = None
    """Three decimals, rounded half up."""
    phase: Maybe[SessionPhase] = None
    session_number: Maybe[Annotated[int, Within(1, 500)]] = None
    setting: Maybe[SessionSetting] = None
    supervision: Maybe[Supervision] = None
    days_since_previous: Maybe[Count] = None
    """Days since the date of a session before this date."""
    vitals: Maybe[SessionVitals] = None
    dissociation: Maybe[DissociationCourse] = None
    experience: Maybe[SessionExperience] = None
    adverse_effects: Maybe[Annotated[list[RowAdverseEffect], Field(max_length=30)]] = None
    same_day: Annotated[list[SameDayValue], Field(max_length=2)]
    next_day: Annotated[list[NextDayValue], Field(max_length=2)]
    before_after: Annotated[list[BeforeAfter], Field(min_length=3, max_length=3)]
    durability: Annotated[list[SessionDurability], Field(min_length=2, max_length=2)]
    caveats: Annotated[list[Caveat], Field(max_length=MOST_CAVEATS)]
