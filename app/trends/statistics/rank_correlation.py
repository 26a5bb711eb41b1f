"""Spearman's rank correlation over sessions, with an exact permutation p for few of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from math import factorial, sqrt
from typing import TYPE_CHECKING

from app.trends.statistics.ranks import doubled_ranks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINIMUM_SESSIONS = 6
MOST_SESSIONS_FOR_P = 8


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """`rho` from −1 to 1; `p_permutation` for six to eight sessions only."""

    rho: float
    p_permutation: float | None


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> RankCorrelation | None:
    """Spearman's rho (1904) of at least six pairs; None when a side is constant.

    p is the share of all orders with |rho| at or above the observed one, counted in whole numbers.
    Equal to `scipy.stats.spearmanr` and an exact `permutation_test` of |rho|.
    """
    a, b = _centred(doubled_ranks(x)), _centred(doubled_ranks(y))
    product = sum(left * right for left, right in zip(a, b, strict=True))
    squares = sum(left * left for left in a) * sum(right * right for right in b)
    if not squares:
        return None
    p = _permutation_p(a, b, product) if len(a) <= MOST_SESSIONS_FOR_P else None
    return RankCorrelation(product / sqrt(squares), p)


def _centred(ranks: Sequence[int]) -> list[int]:
    """Doubled ranks minus their mean, n + 1."""
    return [rank - len(ranks) - 1 for rank in ranks]


def _permutation_p(a: Sequence[int], b: Sequence[int], product: int) -> float:
    import numpy as np  # noqa: PLC0415  # loaded by the first correlation, not at start-up

    products = np.asarray(b)[_orders(len(b))] @ np.asarray(a)
    return int(np.count_nonzero(np.abs(products) >= abs(product))) / factorial(len(a))


@lru_cache(maxsize=MOST_SESSIONS_FOR_P)
def _orders(size: int) -> "NDArray[np.int8]":
    """All orders of `size` positions, one a row."""
    import numpy as np  # noqa: PLC0415  # as above

    return np.array(list(permutations(range(size))), dtype=np.int8)
