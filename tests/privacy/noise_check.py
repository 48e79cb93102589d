"""A check of noise that is strict enough to refuse what is nearly right."""

import numpy as np
from scipy import stats

ALPHA = 1e-6
"""Chance of refusing the right noise, for each of the three tests."""


def refusal(samples: np.ndarray, *, scale: float) -> str | None:
    """Return why samples are not N(0, scale^2), or None.

    Args:
      samples: about a million independent draws.
      scale: the standard deviation they should have.
    """
    if not np.isfinite(samples).all():
        return "not a number"
    z = np.sort(np.ravel(samples) / scale)
    num = len(z)
    variance_p = stats.chi2.cdf(np.sum(z**2), num)
    if min(variance_p, 1 - variance_p) < ALPHA / 2:
        return "variance"
    if stats.kstest(z, "norm").pvalue < ALPHA:
        return "shape"
    fourth = (np.mean(z**4) - 3) / np.sqrt(96 / num)
    if abs(fourth) > stats.norm.isf(ALPHA / 2):
        return "fourth moment"
    return None
