"""How long a change after a session lasts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.trends.statistics.central import median

MINIMUM_BASELINE_DAYS = 3
BEST_WITHIN_DAYS = 3
LONGEST_GAP_DAYS = 7


class DurabilityStatus(StrEnum):
    """How the story of one session ends."""

    ENDED = "ended"
    CENSORED = "censored"
    NO_RELIEF = "no_relief"
    INSUFFICIENT_DATA = "insufficient_data"


class DurabilityReason(StrEnum):
    """Why there is too little data, or why the end was not seen."""

    FEW_BASELINE_DAYS = "few_baseline_days"
    FEW_FOLLOW_UP_DAYS = "few_follow_up_days"
    NEXT_SESSION = "next_session"
    GAP = "gap"
    END_OF_DATA = "end_of_data"


@dataclass(frozen=True, slots=True)
class Durability:
    """Offsets and durations in days after the session's date, values in the metric's unit."""

    status: DurabilityStatus
    n_baseline: int
    reason: DurabilityReason | None = None
    baseline: float | None = None
    best_offset: int | None = None
    best_value: float | None = None
    gain: float | None = None
    threshold: float | None = None
    relief_days: int | None = None
    at_least_days: int | None = None


Day = tuple[int, float]
"""An offset in days after the session, and the value of that day."""


def durability(
    before: Sequence[float],
    after: Sequence[Day],
    next_offset: int | None,
    direction: int,
    least_gain: float,
) -> Durability:
    """Follow the days after a session until the gain is half lost, or out of sight.

    `before` are the values of days −7 … −1; `after` the observed days from +1 on, ascending;
    `next_offset` the next dosed date; `direction` +1 if higher is better, else −1; a gain below
    `least_gain` counts as no relief. From three days before and one on +1 … +3; a rule of this
    journal, without a published source: gain = best of +1 … +3 (the earliest) − median before, in
    the better direction; threshold = median before + gain/2, and a value on it is relief. It ends
    on the first day past the best that is worse and whose next observed day is too. It is
    censored by the next session, by more than seven empty dates, or by the last day there is.
    """
    if len(before) < MINIMUM_BASELINE_DAYS:
        return _insufficient(DurabilityReason.FEW_BASELINE_DAYS, len(before))
    baseline = median(before)
    used = [day for day in after if next_offset is None or day[0] < next_offset]
    early = [day for day in used if day[0] <= BEST_WITHIN_DAYS]
    if not early:
        return _insufficient(DurabilityReason.FEW_FOLLOW_UP_DAYS, len(before), baseline)
    best_offset, best_value = max(early, key=lambda day: (direction * day[1], -day[0]))
    gain = direction * (best_value - baseline)
    found = Durability(
        status=DurabilityStatus.NO_RELIEF,
        n_baseline=len(before),
        baseline=baseline,
        best_offset=best_offset,
        best_value=best_value,
        gain=gain,
    )
    if gain < least_gain:
        return found
    found = replace(found, threshold=baseline + direction * gain / 2)
    return _followed(found, [day for day in used if day[0] >= best_offset], next_offset, direction)


def _followed(
    found: Durability, days: Sequence[Day], next_offset: int | None, direction: int
) -> Durability:
    """Walk from the best day on, up to a gap, the next session or the end."""
    days, broken = _until_gap(days, next_offset)
    threshold = found.threshold or 0.0
    relieved = [direction * (value - threshold) >= 0 for _, value in days]
    for position in range(1, len(days) - 1):
        if not relieved[position] and not relieved[position + 1]:
            end = days[position][0]
            return replace(found, status=DurabilityStatus.ENDED, relief_days=end)
    at_least = max(day for (day, _), fine in zip(days, relieved, strict=True) if fine)
    if broken:
        reason = DurabilityReason.GAP
    elif next_offset is not None:
        reason = DurabilityReason.NEXT_SESSION
    else:
        reason = DurabilityReason.END_OF_DATA
    return replace(found, status=DurabilityStatus.CENSORED, reason=reason, at_least_days=at_least)


def _until_gap(days: Sequence[Day], next_offset: int | None) -> tuple[Sequence[Day], bool]:
    """The days before the first stretch of over seven empty dates, and whether there is one."""
    ends = [offset for offset, _ in days[1:]] + ([next_offset] if next_offset is not None else [])
    for position, end in enumerate(ends):
        if end - days[position][0] - 1 > LONGEST_GAP_DAYS:
            return days[: position + 1], True
    return days, False


def _insufficient(
    reason: DurabilityReason, n_baseline: int, baseline: float | None = None
) -> Durability:
    status = DurabilityStatus.INSUFFICIENT_DATA
    return Durability(status, n_baseline, reason=reason, baseline=baseline)
