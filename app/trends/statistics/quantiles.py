"""Quantiles and tails of the distributions that need more than elementary functions."""


def chi_square_quantile(share: float, freedom: int) -> float:
    """The value below which `share` of a chi-square distribution lies (`scipy.stats.chi2.ppf`)."""
    from scipy.special import chdtri  # noqa: PLC0415  # 0.4 s and 18 MiB, on first use only

    return float(chdtri(freedom, 1 - share))


def beta_quantile(share: float, a: float, b: float) -> float:
    """The value below which `share` of a beta distribution lies (`scipy.stats.beta.ppf`)."""
    from scipy.special import betaincinv  # noqa: PLC0415  # as above

    return float(betaincinv(a, b, share))


def binomial_masses(trials: int, share: float) -> list[float]:
    """The probability of 0 … `trials` successes, each with probability `share` in (0, 1)."""
    import numpy as np  # noqa: PLC0415  # as above
    from scipy.special import gammaln  # noqa: PLC0415  # as above

    successes = np.arange(trials + 1)
    ways = gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1)
    logs = ways + successes * np.log(share) + (trials - successes) * np.log1p(-share)
    masses: list[float] = np.exp(logs).tolist()
    return masses
