"""Metrics of rows, one in each module.

Rows are compared with real rows that nothing has learnt from.
"""

import functools

import numpy as np

from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import plugins

MIN_SHARE, MIN_SHARE_OFTEN = 0.01, 0.05
"""Columns that count: those that at least 1%, or 5%, of real rows have."""


class RowMetric(metrics.Metric):
    """One way to judge rows, against held-out ones.

    The training rows say which columns and pairs count.
    """

    needs = frozenset({metrics.TEST_SET})
    compared_with = metrics.REAL_TEST


@functools.cache
def every() -> dict[str, metrics.Metric]:
    """Return all metrics of rows by name, in the order of a table."""
    return plugins.discover(__name__, __path__, like=RowMetric)


def frequent(train: np.ndarray, share: float) -> np.ndarray:
    """Return the columns that at least a share of the rows have.

    Args:
      train: real rows, uint8 [n, columns].
      share: in [0, 1].
    """
    return np.flatnonzero((train > 0).mean(axis=0) >= share)
