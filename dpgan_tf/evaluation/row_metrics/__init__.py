"""Metrics of rows, one per module.

Rows are compared with held-out real rows.
"""

import functools

import numpy as np

from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import plugins

MIN_SHARE, MIN_SHARE_OFTEN = 0.01, 0.05
"""Frequent columns: nonzero in at least 1%, or 5%, of real rows."""


class RowMetric(metrics.Metric):
    """A score of rows, compared with held-out ones.

    The training rows decide which columns and pairs count.
    """

    needs = frozenset({metrics.TEST_SET})
    compared_with = metrics.REAL_TEST


@functools.cache
def every() -> dict[str, metrics.Metric]:
    """Return all metrics of rows by name, in the order of a table."""
    return plugins.discover(__name__, __path__, like=RowMetric)


def frequent(train: np.ndarray, share: float) -> np.ndarray:
    """Return the columns that are nonzero in at least a share of rows.

    Args:
      train: real rows, uint8 [n, columns].
      share: share in [0, 1].
    """
    return np.flatnonzero((train > 0).mean(axis=0) >= share)
