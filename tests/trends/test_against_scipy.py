"""What is written out here for memory's sake, against SciPy, on random series."""

from itertools import chain

import numpy as np
import pytest
from scipy import stats

from app.trends.statistics.before_after import compare
from app.trends.statistics.central import linear_quantile, median, median_absolute_deviation
from app.trends.statistics.dissociation_curve import dissociation_curve
from app.trends.statistics.flashback_rate import garwood_interval
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.kendall import kendall_s, kendall_tau_b
from app.trends.statistics.rank_correlation import rank_correlation
from app.trends.statistics.rate_ratio import Exposure, rate_ratio
from app.trends.statistics.theil_sen import trend_line
from app.trends.statistics.weekday import kruskal_wallis
from tests.trends.journals import seeded

NEAR = 1e-9
SEEDS = pytest.mark.parametrize("seed", range(60))


def diary(seed: int, longest: int = 120) -> tuple[list[int], list[float]]:
    """Some days of a few months, with half-point values and many ties."""
    random = seeded(seed)
    days = sorted(random.sample(range(800000, 800000 + 2 * longest), random.randint(3, longest)))
    top = random.choice([2, 6, 20])
    return days, [random.randint(0, top) / 2 for _ in days]


def close(found: float, expected: float) -> bool:
    return abs(found - expected) <= NEAR * max(1, abs(expected))


@SEEDS
def test_line_is_theilslopes(seed: int) -> None:
    days, values = diary(seed)
    found = trend_line(days, values)
    shifted = [day - days[0] for day in days]
    slope, intercept, low, high = stats.theilslopes(values, shifted, 0.95, method="separate")
    assert close(found.slope, slope)
    assert close(found.intercept, intercept)
    assert close(found.low, low)
    assert close(found.high, high)


@SEEDS
def test_tau_is_kendalltau(seed: int) -> None:
    days, values = diary(seed)
    found = kendall_tau_b(kendall_s(values), values)
    if len(set(values)) == 1:
        assert found is None
    else:
        assert found is not None
        assert close(found, stats.kendalltau(days, values).statistic)


def test_two_sums_over_the_same_pairs_agree() -> None:
    for seed in range(20):
        days, values = diary(seed)
        assert trend_line(days, values).kendall_s == kendall_s(values)


@SEEDS
def test_nap_is_u_of_mann_and_whitney(seed: int) -> None:
    _, values = diary(seed, 14)
    before, after = values[: len(values) // 2], values[len(values) // 2 :]
    u = stats.mannwhitneyu(after, before).statistic / (len(before) * len(after))
    assert close(compare(before, after, 1).nap, u)
    assert close(compare(before, after, -1).nap, 1 - u)


@SEEDS
def test_weekday_test_is_kruskal(seed: int) -> None:
    random = seeded(seed)
    groups = [[random.randint(0, 8) / 2 for _ in range(random.randint(4, 9))] for _ in range(7)]
    found, expected = kruskal_wallis(groups), stats.kruskal(*groups)
    assert found is not None
    assert close(found.h, expected.statistic)
    assert close(found.p, expected.pvalue)


@SEEDS
def test_rank_correlation_is_spearmanr(seed: int) -> None:
    x, y = pairs(seed, seeded(seed).randint(6, 12))
    found = rank_correlation(x, y)
    assert found is not None
    assert close(found.rho, stats.spearmanr(x, y).statistic)


@pytest.mark.parametrize("n_sessions", [6, 7])
def test_permutation_p_is_permutation_test(n_sessions: int) -> None:
    for seed in range(3):
        x, y = pairs(seed, n_sessions)
        found = rank_correlation(x, y)
        ranks = stats.rankdata(y)
        expected = stats.permutation_test(
            (x,),
            lambda sample, ranks=ranks: abs(np.corrcoef(stats.rankdata(sample), ranks)[0, 1]),
            permutation_type="pairings",
            alternative="greater",
            n_resamples=10**6,
        )
        assert found is not None
        assert found.p_permutation is not None
        assert close(found.p_permutation, float(expected.pvalue))


def pairs(seed: int, n_sessions: int) -> tuple[list[float], list[float]]:
    """Two sides with ties, neither of them constant."""
    random = seeded(seed)
    x = [random.randint(1, 5) / 10 for _ in range(n_sessions - 1)] + [0.9]
    return x, [random.randint(0, 8) / 2 for _ in range(n_sessions - 1)] + [9.5]


def test_rate_interval_is_that_of_chi2() -> None:
    for count, days in ((0, 7), (1, 9), (40, 31), (2000, 300)):
        low, high = garwood_interval(count, days)
        lowest = stats.chi2.ppf(0.025, 2 * count) if count else 0
        assert close(low, 7 / days * lowest / 2)
        assert close(high, 7 / days * stats.chi2.ppf(0.975, 2 * count + 2) / 2)


@SEEDS
def test_rate_ratio_is_binomtest(seed: int) -> None:
    random = seeded(seed)
    before = Exposure(random.randint(1, 60), random.randint(7, 90))
    after = Exposure(random.randint(0, 60), random.randint(7, 90))
    found = rate_ratio(before, after)
    share = after.observed_days / (before.observed_days + after.observed_days)
    test = stats.binomtest(after.count, before.count + after.count, share)
    limits = test.proportion_ci(method="exact")
    turned = before.observed_days / after.observed_days
    assert close(found.low, limits.low / (1 - limits.low) * turned)
    assert close(found.high, limits.high / (1 - limits.high) * turned)
    assert close(found.p, test.pvalue)


@SEEDS
def test_median_of_durations_is_that_of_ecdf(seed: int) -> None:
    random = seeded(seed)
    ended = [random.randint(1, 12) for _ in range(random.randint(2, 8))]
    censored = [random.randint(1, 12) for _ in range(random.randint(3, 6))]
    survival = stats.ecdf(stats.CensoredData(ended, right=censored)).sf
    below = survival.quantiles[survival.probabilities <= 0.5 + 1e-12]
    expected = float(below[0]) if below.size else None
    assert kaplan_meier_median(ended, censored) == expected


@SEEDS
def test_small_descriptives_are_those_of_the_libraries(seed: int) -> None:
    _, values = diary(seed, 9)
    assert close(median(values), float(np.median(values)))
    assert close(median_absolute_deviation(values), float(stats.median_abs_deviation(values)))
    for share in (0.25, 0.75):
        assert close(linear_quantile(values, share), float(np.quantile(values, share)))


def test_area_is_trapezoid() -> None:
    points = list(zip(range(0, 300, 20), chain.from_iterable([(3, 8, 1)] * 5), strict=True))
    found = dissociation_curve(points, 0, None, 1)
    area = np.trapezoid([value for _, value in points], [minute for minute, _ in points])
    assert found.auc_points_minutes is not None
    assert close(found.auc_points_minutes, float(area))
