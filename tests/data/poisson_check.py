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
      empty for a Poisson sampler, but for four in a million.
    """
    found = p_values(counts, q=q)
    return {name: p for name, p in found.items() if p < SIGNIFICANCE}


def p_values(counts: np.ndarray, *, q: float) -> dict[str, float]:
    """Return the p-value of every statistic, by name; see `violations`."""
    return {
        "distinct": float(counts.max() <= 1),
        "records": _records_p_value(counts, q),
        "batch_sizes": _batch_sizes_p_value(counts, q),
        "lag_one": _lag_one_p_value(counts, q),
        "pairs": _pairs_p_value(counts, q),
    }


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
    """A record says nothing about another record of the same batch.

    A pair that two steps have in common counts, not one step's pairs with
    themselves: those only say how large the batches were. The products that
    are left are uncorrelated: the variance of their sum is exact for every q.
    """
    scores = _scores(counts, q)
    num_steps, num_records = scores.shape
    of_two_steps = _sums_of_pairs(scores).sum()
    num_pairs = num_records * (num_records - 1) / 2
    variance = 2 * num_steps * (num_steps - 1) * num_pairs
    return _two_sided(stats.norm, of_two_steps / np.sqrt(variance))


def _sums_of_pairs(scores):
    """Return, for two steps, the products of their scores of all pairs."""
    squares = scores**2
    sums = ((scores @ scores.T) ** 2 - squares @ squares.T) / 2
    np.fill_diagonal(sums, 0)
    return sums


def _scores(counts, q):
    return (counts - q) / np.sqrt(q * (1 - q))


def _two_sided(law, statistic):
    return 2 * min(law.cdf(statistic), law.sf(statistic))
