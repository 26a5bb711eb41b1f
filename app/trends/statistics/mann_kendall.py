"""Mann–Kendall's test of a monotone trend, adjusted for day-to-day autocorrelation."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from app.trends.statistics.kendall import kendall_tau_b
from app.trends.statistics.normal import two_sided_p
from app.trends.statistics.theil_sen import TrendLine

LARGEST_CORRECTION = 0.8
NO_RESIDUAL = 1e-18
"""A mean square below this is what rounding leaves of a perfect line; residuals are then 0."""


@dataclass(frozen=True, slots=True)
class MannKendall:
    """S, its variance, z and p as they are and adjusted; `tau_b` and `lag1` may be undefined."""

    s: int
    var_s: float
    z: float
    p: float
    tau_b: float | None
    n_adjacent_pairs: int
    lag1: float | None
    inflation: float
    z_adjusted: float
    p_adjusted: float
    n_effective: float


def mann_kendall(days: Sequence[int], values: Sequence[float], line: TrendLine) -> MannKendall:
    """The test over ascending days; `line` is their Theil–Sen line. At least two days.

    z = (S − sign S)/√var (Mann 1945, Kendall 1975). lag1 = mean(e_i e_{i+1} over adjacent calendar
    dates)/mean(e²) of the line's centred residuals; inflation = (1 + c)/(1 − c) with c = lag1 cut
    to 0 … 0.8 (Bayley and Hammersley 1946); z_adjusted = z/√inflation, n_effective = n/inflation.
    """
    s, variance = line.kendall_s, line.kendall_variance
    z = (s - (s > 0) + (s < 0)) / sqrt(variance) if variance else 0.0
    lag1, adjacent = _lag_one(days, values, line)
    correction = min(max(lag1 or 0.0, 0.0), LARGEST_CORRECTION)
    inflation = (1 + correction) / (1 - correction)
    adjusted = z / sqrt(inflation)
    return MannKendall(
        s=s,
        var_s=variance,
        z=z,
        p=two_sided_p(z),
        tau_b=kendall_tau_b(s, values),
        n_adjacent_pairs=adjacent,
        lag1=lag1,
        inflation=inflation,
        z_adjusted=adjusted,
        p_adjusted=two_sided_p(adjusted),
        n_effective=len(values) / inflation,
    )


def _lag_one(
    days: Sequence[int], values: Sequence[float], line: TrendLine
) -> tuple[float | None, int]:
    """The residuals' autocorrelation over adjacent dates, and how many pairs there are."""
    fitted = (line.intercept + line.slope * (day - days[0]) for day in days)
    residuals = [value - fit for value, fit in zip(values, fitted, strict=True)]
    mean = sum(residuals) / len(residuals)
    centred = [residual - mean for residual in residuals]
    products = [
        centred[position] * centred[position + 1]
        for position in range(len(days) - 1)
        if days[position + 1] - days[position] == 1
    ]
    mean_square = sum(residual * residual for residual in centred) / len(centred)
    if not products or mean_square < NO_RESIDUAL:
        return None, len(products)
    return sum(products) / len(products) / mean_square, len(products)
