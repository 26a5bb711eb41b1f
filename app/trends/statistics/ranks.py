"""Ranks with ties, doubled so that they stay whole numbers."""

from collections import Counter
from collections.abc import Sequence


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each value from 1, ties sharing their mean (`scipy.stats.rankdata`)."""
    below, doubled = 0, {}
    for value, size in sorted(Counter(values).items()):
        doubled[value] = 2 * below + size + 1
        below += size
    return [doubled[value] for value in values]
