"""The seven metrics, and what the entries of one date say about each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from msgspec import Struct

from app.journal.kinds import FlashbackHeadline
from app.trends.statistics.central import median_of_ordered


class Metric(StrEnum):
    """What a day series is about."""

    MOOD = "mood"
    ANXIETY = "anxiety"
    ANXIETY_PEAK = "anxiety_peak"
    FLASHBACK_COUNT = "flashback_count"
    FLASHBACK_DISTRESS = "flashback_distress"
    NIGHTMARES = "nightmares"
    DISSOCIATION_PEAK = "dissociation_peak"


class MetricUnit(StrEnum):
    """What a value counts: points of a scale, events, or percent of a questionnaire's maximum."""

    POINTS = "points"
    COUNT = "count"
    PERCENT = "percent"


class BetterDirection(StrEnum):
    """Which way is good. Words tell where a number goes; this tells whether that is good."""

    HIGHER = "higher"
    LOWER = "lower"

    @property
    def sign(self) -> int:
        """+1 if higher is better, else −1."""
        return 1 if self is BetterDirection.HIGHER else -1


class DayValue(Struct, frozen=True, array_like=True, gc=False):
    """The value of a date, how many entries stand behind it, and their range."""

    value: int | float
    n: int
    low: int | float
    high: int | float


# The entries of one date, all of the kind that the metric's rule names: JournalDays hands over no
# others, so their members need no cast, and Any says so.
Entries = Sequence[Any]
Read = Callable[[Entries], DayValue | None]


@dataclass(frozen=True, slots=True)
class MetricRule:
    """Where a metric comes from; `read` gives None for a date that is not observed."""

    kind: str
    unit: MetricUnit
    better: BetterDirection
    read: Read


def _middle(values: list[float]) -> DayValue | None:
    known = len(values)
    if known == 1:
        (value,) = values
        return DayValue(value, 1, value, value)
    if not known:
        return None
    values.sort()
    return DayValue(median_of_ordered(values), known, values[0], values[-1])


def _greatest(values: Sequence[float]) -> DayValue | None:
    if not values:
        return None
    return DayValue(max(values), len(values), min(values), max(values))


def _counted(value: int, n: int) -> DayValue:
    return DayValue(value, n, value, value)


def _mood(moods: Entries) -> DayValue | None:
    return _middle([mood.score for mood in moods])


def _anxiety(anxieties: Entries) -> DayValue | None:
    return _middle([anxiety.level for anxiety in anxieties])


def _anxiety_peak(anxieties: Entries) -> DayValue | None:
    return _greatest([anxiety.peak for anxiety in anxieties if anxiety.peak is not None])


def _flashback_count(flashbacks: Entries) -> DayValue | None:
    """An episode or a count above 0 supersedes the statement that there was none."""
    episodes = sum(flashback.report == "episode" for flashback in flashbacks)
    most = max(flashback.count or 0 for flashback in flashbacks)
    return _counted(max(episodes, most), len(flashbacks))


def _flashback_distress(flashbacks: Entries) -> DayValue | None:
    episodes = [told.distress for told in flashbacks if told.distress is not None]
    if episodes:
        return _middle(episodes)
    return _greatest([t.worst_distress for t in flashbacks if t.worst_distress is not None])


def _nightmares(flashbacks: Entries) -> DayValue | None:
    told = [each for each in flashbacks if _speaks_of_nightmares(each)]
    if not told:
        return None
    episodes = sum(flashback.nightmare is True for flashback in told)
    return _counted(max(episodes, *(each.nightmares or 0 for each in told)), len(told))


def _speaks_of_nightmares(flashback: FlashbackHeadline) -> bool:
    told = flashback.nightmare is not None or flashback.nightmares is not None
    return told or flashback.report == "none_today"


def _dissociation_peak(dissociations: Entries) -> DayValue | None:
    return _greatest([dissociation.intensity for dissociation in dissociations])


_POINTS, _COUNT = MetricUnit.POINTS, MetricUnit.COUNT
_HIGHER, _LOWER = BetterDirection.HIGHER, BetterDirection.LOWER

METRICS = {
    Metric.MOOD: MetricRule("mood", _POINTS, _HIGHER, _mood),
    Metric.ANXIETY: MetricRule("anxiety", _POINTS, _LOWER, _anxiety),
    Metric.ANXIETY_PEAK: MetricRule("anxiety", _POINTS, _LOWER, _anxiety_peak),
    Metric.FLASHBACK_COUNT: MetricRule("flashback", _COUNT, _LOWER, _flashback_count),
    Metric.FLASHBACK_DISTRESS: MetricRule("flashback", _POINTS, _LOWER, _flashback_distress),
    Metric.NIGHTMARES: MetricRule("flashback", _COUNT, _LOWER, _nightmares),
    Metric.DISSOCIATION_PEAK: MetricRule("dissociation", _POINTS, _LOWER, _dissociation_peak),
}
"""In the order in which answers name them."""
