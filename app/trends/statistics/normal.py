"""The normal distribution: the one quantile and the one tail that are used."""

from math import erfc, sqrt

TWO_SIDED_95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""


def two_sided_p(z: float) -> float:
    """2(1 − Φ(|z|)), without loss far out in the tail: twice `scipy.stats.norm.sf` of |z|."""
    return erfc(abs(z) / sqrt(2))
