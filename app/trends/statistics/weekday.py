"""Whether the weekdays differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from math import exp

from app.trends.statistics.ranks import doubled_ranks

MINIMUM_DAYS = 4
SIGNIFICANCE = 0.01
WEEKDAYS = 7


class WeekdayWords(StrEnum):
    """Whether a pattern over the week is clear."""

    CLEAR_PATTERN = "clear_pattern"
    NO_CLEAR_PATTERN = "no_clear_pattern"
    NOT_ENOUGH_DAYS = "not_enough_days"


@dataclass(frozen=True, slots=True)
class KruskalWallis:
    """H with ties corrected, and its p by chi-square with six degrees of freedom."""

    h: float
    p: float


def enough_of_each(groups: Sequence[Sequence[float]]) -> bool:
    """Four dates of every weekday."""
    return min(len(group) for group in groups) >= MINIMUM_DAYS


def kruskal_wallis(groups: Sequence[Sequence[float]]) -> KruskalWallis | None:
    """Kruskal and Wallis 1952 over the seven weekdays; None when all values are equal.

    H = [12/(n(n+1)) Σ R²/m − 3(n+1)] / [1 − Σ(t³ − t)/(n³ − n)] with R the sum of the m ranks of a
    weekday and groups of t equal values. From four dates of each.

    Equal to `scipy.stats.kruskal`.
    """
    values = list(chain.from_iterable(groups))
    n = len(values)
    ties = sum(size**3 - size for size in Counter(values).values())
    if ties == n**3 - n:
        return None
    ranks = iter(doubled_ranks(values))
    sums = [sum(next(ranks) for _ in group) / 2 for group in groups]
    squares = sum(total**2 / len(group) for total, group in zip(sums, groups, strict=True))
    h = (12 / (n * (n + 1)) * squares - 3 * (n + 1)) / (1 - ties / (n**3 - n))
    return KruskalWallis(h, _upper_tail(h))


def weekday_words(test: KruskalWallis) -> WeekdayWords:
    """Clear if p < 0.01."""
    clear = test.p < SIGNIFICANCE
    return WeekdayWords.CLEAR_PATTERN if clear else WeekdayWords.NO_CLEAR_PATTERN


def _upper_tail(h: float) -> float:
    """P(χ² ≥ h) at six degrees of freedom, where it is e^(−h/2) (1 + h/2 + (h/2)²/2)."""
    half = max(h, 0.0) / 2
    return exp(-half) * (1 + half + half * half / 2)
