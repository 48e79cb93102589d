"""Whether numbers are standard normal, as far as their number can tell."""

import numpy as np
from scipy import stats


def require(values):
    """Fail if mean, deviation or form are not those of a standard normal."""
    num = len(values)
    assert abs(np.mean(values)) < 4 / np.sqrt(num)
    assert abs(np.std(values) - 1) < 4 / np.sqrt(2 * num)
    assert stats.kstest(values, "norm").pvalue > 1e-3
