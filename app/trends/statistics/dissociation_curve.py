"""The curve of dissociation after a dose: its peak, its area and the way back to baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

MINIMUM_POINTS_FOR_AREA = 3


class DissociationStatus(StrEnum):
    """Whether the way back to baseline was seen."""

    RESOLVED = "resolved"
    CENSORED = "censored"
    NEVER_ABOVE_THRESHOLD = "never_above_threshold"
    INSUFFICIENT_DATA = "insufficient_data"


class ResolutionBasis(StrEnum):
    """Whether the time to baseline was computed between two points or stated by the patient."""

    INTERPOLATED = "interpolated"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class DissociationCurve:
    """Minutes since the dose, intensities 0 to 10; tolerability, never a sign that it works."""

    status: DissociationStatus
    n_points: int
    pre: float
    threshold: float
    peak: float
    minute_of_peak: float
    auc_points_minutes: float | None = None
    time_to_baseline_minutes: float | None = None
    basis: ResolutionBasis | None = None
    unresolved_at_minute: float | None = None
    last_intensity: float | None = None


Point = tuple[float, float]
"""Minutes since the dose, and the intensity then."""


def dissociation_curve(
    points: Sequence[Point], pre: float, resolved_at: float | None, floor: float
) -> DissociationCurve:
    """Read the curve of at least one point at minutes ≥ 0, in any order.

    `pre` is the intensity before the dose; the threshold is max(pre, `floor`). `resolved_at` is the
    latest stated minute of being back, believed unless a point after it is still above. From two
    points: minute + (value − threshold)/(value − next value) × (next minute − minute) at the last
    way down through the threshold. A rule of this journal, without a published source. The area
    is that of `numpy.trapezoid`, from three points.
    """
    curve = _one_point_an_instant(points)
    threshold = max(pre, floor)
    minute_of_peak, peak = max(curve, key=lambda point: (point[1], -point[0]))
    enough = len(curve) >= MINIMUM_POINTS_FOR_AREA
    found = DissociationCurve(
        status=DissociationStatus.INSUFFICIENT_DATA,
        n_points=len(curve),
        pre=pre,
        threshold=threshold,
        peak=peak,
        minute_of_peak=minute_of_peak,
        auc_points_minutes=_area(curve) if enough else None,
    )
    above = [position for position, (_, value) in enumerate(curve) if value > threshold]
    if not above and len(curve) == 1:
        return found
    if not above:
        return replace(found, status=DissociationStatus.NEVER_ABOVE_THRESHOLD)
    return _way_back(found, curve, above[-1], resolved_at)


def pre_intensity(points: Sequence[Point]) -> float:
    """The intensity of the latest point at minutes ≤ 0, else 0."""
    return max((point for point in points if point[0] <= 0), default=(0.0, 0.0))[1]


def _way_back(
    found: DissociationCurve, curve: Sequence[Point], last_above: int, resolved_at: float | None
) -> DissociationCurve:
    minute, value = curve[last_above]
    if last_above == len(curve) - 1:
        return replace(
            found,
            status=DissociationStatus.CENSORED,
            unresolved_at_minute=minute,
            last_intensity=value,
        )
    found = replace(found, status=DissociationStatus.RESOLVED)
    if resolved_at is not None and resolved_at >= minute:
        return replace(found, time_to_baseline_minutes=resolved_at, basis=ResolutionBasis.STATED)
    next_minute, next_value = curve[last_above + 1]
    share = (value - found.threshold) / (value - next_value)
    crossing = minute + share * (next_minute - minute)
    return replace(found, time_to_baseline_minutes=crossing, basis=ResolutionBasis.INTERPOLATED)


def _one_point_an_instant(points: Sequence[Point]) -> list[Point]:
    """Ascending points; two at one instant count as the higher."""
    highest: dict[float, float] = {}
    for minute, value in points:
        highest[minute] = max(value, highest.get(minute, value))
    return sorted(highest.items())


def _area(curve: Sequence[Point]) -> float:
    """Points × minutes by the trapezoid rule (`numpy.trapezoid`)."""
    return sum(
        (after[0] - before[0]) * (before[1] + after[1]) / 2 for before, after in pairwise(curve)
    )
