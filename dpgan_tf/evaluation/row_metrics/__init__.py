"""Measures of how good synthetic rows are, one in each module.

As `evaluation.metrics` for images: a module holds one `METRIC`, and adding one
adds the measure everywhere. Rows are compared with real rows that nothing has
learnt from.
"""

import functools
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from dpgan_tf.evaluation import plugins

MIN_SHARE, MIN_SHARE_OFTEN = 0.01, 0.05
"""Columns that count: those that at least 1%, or 5%, of real rows have."""


class TableMetric(Protocol):
    """One way to judge rows.

    Attributes:
      name: unique.
      order: where its columns stand in a table, from left to right.
      columns: of its values, those that a table shows, with their titles.
    """

    name: str
    order: int
    columns: Mapping[str, str]

    def run(
        self,
        rows: np.ndarray,
        *,
        train: np.ndarray,
        test: np.ndarray,
        seed: int,
    ) -> dict[str, float]:
        """Judge rows.

        Args:
          rows: what is judged, uint8 [n, columns].
          train: real rows that may have been learnt from; they say which
            columns and pairs count.
          test: real rows that nothing has learnt from.
          seed: of everything random.

        Returns:
          Values by name.

        Raises:
          UserError: if there are too few rows.
        """


@functools.cache
def every() -> dict[str, TableMetric]:
    """Return all measures by name, in the order of a table."""
    return plugins.discover(__name__, __path__)


def frequent(train: np.ndarray, share: float) -> np.ndarray:
    """Return the columns that at least a share of the rows have.

    Args:
      train: real rows, uint8 [n, columns].
      share: in [0, 1].
    """
    return np.flatnonzero((train > 0).mean(axis=0) >= share)
