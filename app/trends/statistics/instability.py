"""How much a value moves from one day to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from app.trends.statistics.central import median_absolute_deviation

MINIMUM_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Instability:
    """`rmssd` over adjacent calendar dates; `sd` (ddof 1) and `mad` over all values."""

    n_pairs: int
    rmssd: float | None = None
    sd: float | None = None
    mad: float | None = None


def instability(days: Sequence[int], values: Sequence[float]) -> Instability:
    """Root of the mean squared successive difference (von Neumann 1941), SD and MAD.

    RMSSD = √(Σ(v_d+1 − v_d)²/pairs); MAD is unscaled, about the median (Hampel 1974).

    Only differences between adjacent calendar dates count; below five of them no number is given.
    """
    steps = [
        values[position + 1] - values[position]
        for position in range(len(days) - 1)
        if days[position + 1] - days[position] == 1
    ]
    if len(steps) < MINIMUM_PAIRS:
        return Instability(len(steps))
    return Instability(
        len(steps),
        rmssd=sqrt(sum(step * step for step in steps) / len(steps)),
        sd=standard_deviation(values),
        mad=median_absolute_deviation(values),
    )


def standard_deviation(values: Sequence[float]) -> float:
    """Root of Σ(v − mean)²/(n − 1), from two values."""
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
