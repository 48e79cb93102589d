"""Metrics of tables with a schema, one per module.

They take `typed_rows.TypedRows`. Cells are compared, and no numbers within a
cell: those are drawn uniformly, and say nothing of a generator.
"""

import functools
import math
from collections.abc import Sequence

import numpy as np
import threadpoolctl

from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import plugins
from dpgan_tf.evaluation import typed_rows

MOST_TUPLES = 500
"""Most pairs and most triples of variables; where there are more, as many are
chosen at random by the metrics' seed."""

_MOST_COUNTED = 2**20


class ColumnMetric(metrics.Metric):
    """A score of rows of typed columns, compared with held-out ones."""

    needs = frozenset({metrics.TEST_SET})
    compared_with = metrics.REAL_TEST


@functools.cache
def every() -> dict[str, metrics.Metric]:
    """Return all metrics of typed columns by name, in a table's order."""
    return plugins.discover(__name__, __path__, like=ColumnMetric)


def tuples(number: int, size: int, *, seed: int) -> list[tuple[int, ...]]:
    """Return tuples of variables, all or a random choice of `MOST_TUPLES`.

    Args:
      number: number of variables.
      size: number of variables in a tuple.
      seed: seed of the choice.
    """
    most = min(math.comb(number, size), MOST_TUPLES)
    rng = np.random.default_rng(seed)
    found: set[tuple[int, ...]] = set()
    while len(found) < most:
        drawn = rng.choice(number, size, replace=False)
        found.add(tuple(sorted(drawn.tolist())))
    return sorted(found)


def shares(
    first: typed_rows.TypedRows,
    second: typed_rows.TypedRows,
    chosen: Sequence[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares of both sets' rows in each joint cell.

    Args:
      first: rows.
      second: other rows of the same view.
      chosen: numbers of the variables.

    Returns:
      Two arrays, float64 [joint cells]; of very many joint cells, those that
      some row is in.
    """
    sizes = [first.view.variables[i].size for i in chosen]
    joint = [
        np.ravel_multi_index(tuple(part.cells[[*chosen]]), sizes)
        for part in (first, second)
    ]
    size = math.prod(sizes)
    if size > _MOST_COUNTED:
        seen, numbers = np.unique(np.concatenate(joint), return_inverse=True)
        joint, size = np.split(numbers, [len(first)]), len(seen)
    counted = [np.bincount(cells, minlength=size) for cells in joint]
    return counted[0] / len(first), counted[1] / len(second)


def distance(
    first: typed_rows.TypedRows,
    second: typed_rows.TypedRows,
    chosen: Sequence[int],
) -> float:
    """Return half the sum of absolute differences of shares, from 0 to 1.

    Args:
      first: rows.
      second: other rows of the same view.
      chosen: numbers of the variables.
    """
    found, real = shares(first, second, chosen)
    return float(np.abs(found - real).sum() / 2)


def one_thread() -> threadpoolctl.threadpool_limits:
    """Return the context in which trees are trained.

    Threads that spin while they wait starve next to a training process.
    """
    return threadpoolctl.threadpool_limits(1, user_api="openmp")
