"""The memory of a server and its workers over time."""

from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression, mean
from typing import NamedTuple

from benchmarks.servers import family


class Sample(NamedTuple):
    """Resident memory of all processes at a moment of the run."""

    seconds: float
    mib: float


def resident_mib(pid: int) -> float:
    """Resident memory of a process and all that it started."""
    return sum(_resident_kib(each) for each in family(pid)) / 1024


def growth(samples: Sequence[Sample]) -> float:
    """How much of its memory was gained over the second half of a run, along a fitted line.

    The first half fills caches that have an upper end.
    """
    late = [each for each in samples if each.seconds >= samples[-1].seconds / 2]
    seconds, held = [each.seconds for each in late], [each.mib for each in late]
    return slope(late) * (seconds[-1] - seconds[0]) / mean(held)


def slope(samples: Sequence[Sample]) -> float:
    """MiB a second."""
    return linear_regression(
        [each.seconds for each in samples], [each.mib for each in samples]
    ).slope


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])
