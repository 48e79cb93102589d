"""A check that inclusion counts come from Poisson sampling.

It takes the whole history of a sampler and compares five statistics with their
law under independent draws of probability q, each from both sides: too even is
as wrong as too uneven.
"""

import numpy as np
from scipy import stats

SIGNIFICANCE = 1e-6


def violations(counts: np.ndarray, *, q: float) -> dict[str, float]:
    """Return what does not look like Poisson sampling.

    Args:
      counts: int [num_steps, num_records], how often each batch holds a record.
      q: the inclusion probability.

    Returns:
      The p-value of every statistic that is below `SIGNIFICANCE`, by name;
      empty for a Poisson sampler, but for two in a million.
    """
    p_values = {
        "distinct": float(counts.max() <= 1),
        "records": _records_p_value(counts, q),
        "batch_sizes": _batch_sizes_p_value(counts, q),
        "lag_one": _lag_one_p_value(counts, q),
        "pairs": _pairs_p_value(counts, q),
    }
    return {name: p for name, p in p_values.items() if p < SIGNIFICANCE}


def _records_p_value(counts, q):
    """Each record is in Binomial(num_steps, q) batches."""
    num_steps, num_records = counts.shape
    excess = counts.sum(axis=0) - num_steps * q
    statistic = np.sum(excess**2) / (num_steps * q * (1 - q))
    return _two_sided(stats.chi2(num_records), statistic)


def _batch_sizes_p_value(counts, q):
    """Each batch has Binomial(num_records, q) records."""
    num_steps, num_records = counts.shape
    excess = counts.sum(axis=1) - num_records * q
    statistic = np.sum(excess**2) / (num_records * q * (1 - q))
    return _two_sided(stats.chi2(num_steps), statistic)


def _lag_one_p_value(counts, q):
    """A batch says nothing about the next one."""
    scores = _scores(counts, q)
    products = scores[1:] * scores[:-1]
    return _two_sided(stats.norm, products.sum() / np.sqrt(products.size))


def _pairs_p_value(counts, q):
    """A record says nothing about another record of the same batch."""
    scores = _scores(counts, q)
    covariances = scores.T @ scores / np.sqrt(len(scores))
    pairs = covariances[np.triu_indices_from(covariances, k=1)]
    return _two_sided(stats.chi2(pairs.size), np.sum(pairs**2))


def _scores(counts, q):
    return (counts - q) / np.sqrt(q * (1 - q))


def _two_sided(law, statistic):
    return 2 * min(law.cdf(statistic), law.sf(statistic))
