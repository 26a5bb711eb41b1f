"""`python -m benchmarks.statistics_by_hand`: what SciPy would cost where we count by hand.

Both sides get the same series with ties, of a month and of a year; then fresh processes tell
what an import takes. All seconds are of the CPU.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from app.trends.statistics.before_after import compare
from app.trends.statistics.central import linear_quantile, median_absolute_deviation
from app.trends.statistics.dissociation_curve import _area
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.kendall import kendall_s, kendall_tau_b
from app.trends.statistics.rank_correlation import rank_correlation
from app.trends.statistics.rate_ratio import Exposure, rate_ratio
from app.trends.statistics.theil_sen import trend_line
from app.trends.statistics.weekday import kruskal_wallis

SIZES = (30, 365)
ROUNDS = 9
SECONDS_A_ROUND = 0.05
LOADED = (
    ("nothing of theirs", "import app.trends.routes"),
    ("numpy", "import app.trends.routes, numpy"),
    ("scipy.special", "import app.trends.routes, numpy, scipy.special"),
    ("scipy.stats", "import app.trends.routes, numpy, scipy.special, scipy.stats"),
)
TELL = """
from time import process_time
began = process_time()
{imports}
took = process_time() - began
from pathlib import Path
import re
kib = re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(took, int(kib) / 1024)
"""
Work = Callable[[], object]


class Pair(NamedTuple):
    """One statistic by both hands."""

    name: str
    size: int
    ours: Work
    theirs: Work


def pairs() -> Iterator[Pair]:
    """Every statistic that SciPy or NumPy has too, at each size it may have."""
    for size in SIZES:
        yield from of_series(size)
    random = Random(1)
    x = [random.randint(1, 5) / 10 for _ in range(7)]
    y = [random.randint(0, 8) / 2 for _ in range(7)]
    ranks = stats.rankdata(y)
    yield Pair(
        "permutation_test, 7 sessions",
        7,
        lambda: rank_correlation(x, y),
        lambda: stats.permutation_test(
            (x,),
            lambda sample: abs(np.corrcoef(stats.rankdata(sample), ranks)[0, 1]),
            permutation_type="pairings",
            alternative="greater",
            n_resamples=10**6,
        ),
    )


def of_series(size: int) -> Iterator[Pair]:
    """Those of a series of so many days."""
    random = Random(size)
    days = sorted(random.sample(range(800_000, 800_000 + 2 * size), size))
    values = [random.randint(0, 20) / 2 for _ in days]
    others = [random.randint(0, 20) / 2 for _ in days]
    shifted = [day - days[0] for day in days]
    before, after = values[: size // 2], values[size // 2 :]
    weekdays = [values[start::7] for start in range(7)]
    ended, censored = list(map(int, before)), list(map(int, after))
    survival: Any = stats.CensoredData(ended, right=censored)
    points = list(zip(shifted, values, strict=True))
    share, count = 0.5, size
    exposed = Exposure(count, 90), Exposure(count // 2, 90)
    for name, ours, theirs in (
        (
            "theilslopes",
            lambda: trend_line(days, values),
            lambda: stats.theilslopes(values, shifted, 0.95, method="separate"),
        ),
        (
            "kendalltau",
            lambda: kendall_tau_b(kendall_s(values), values),
            lambda: stats.kendalltau(days, values),
        ),
        (
            "mannwhitneyu",
            lambda: compare(before, after, 1),
            lambda: stats.mannwhitneyu(after, before),
        ),
        ("kruskal", lambda: kruskal_wallis(weekdays), lambda: stats.kruskal(*weekdays)),
        (
            "spearmanr",
            lambda: rank_correlation(values, others),
            lambda: stats.spearmanr(values, others),
        ),
        ("ecdf", lambda: kaplan_meier_median(ended, censored), lambda: stats.ecdf(survival)),
        (
            "binomtest",
            lambda: rate_ratio(*exposed),
            lambda: stats.binomtest(count // 2, count + count // 2, share).proportion_ci(
                method="exact"
            ),
        ),
        ("quantile", lambda: linear_quantile(values, 0.25), lambda: np.quantile(values, 0.25)),
        (
            "median_abs_deviation",
            lambda: median_absolute_deviation(values),
            lambda: stats.median_abs_deviation(values),
        ),
        (
            "trapezoid",
            lambda: _area(points),
            lambda: np.trapezoid(values, shifted),
        ),
    ):
        yield Pair(name, size, ours, theirs)


def microseconds(work: Work) -> float:
    """CPU of one call: the median of some rounds, after a first that fills the caches."""
    work()
    took = []
    for _ in range(ROUNDS):
        calls, began = 0, process_time()
        while process_time() - began < SECONDS_A_ROUND:
            work()
            calls += 1
        took.append((process_time() - began) / calls)
    return median(took) * 1e6


def loading(imports: str) -> tuple[float, float]:
    """CPU seconds and MiB of a fresh process that imports this; the second start, of warm files."""
    told: Sequence[str] = ()
    for _ in range(2):
        command = [sys.executable, "-c", TELL.format(imports=imports)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path.cwd())
        told = done.stdout.split()
    return float(told[0]), float(told[1])


def main() -> None:
    """Print the tables."""
    print("| | n | ours, µs | theirs, µs | theirs ÷ ours |\n|---|---|---|---|---|")
    for each in pairs():
        ours, theirs = microseconds(each.ours), microseconds(each.theirs)
        print(f"| {each.name} | {each.size} | {ours:.0f} | {theirs:.0f} | {theirs / ours:.1f} |")
    print("\n| loaded besides the trends | s | MiB |\n|---|---|---|")
    for name, imports in LOADED:
        seconds, mebibytes = loading(imports)
        print(f"| {name} | {seconds:.2f} | {mebibytes:.0f} |")


if __name__ == "__main__":
    main()
