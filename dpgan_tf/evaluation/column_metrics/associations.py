"""How well the associations of columns are preserved."""

import numpy as np

from dpgan_tf import errors
from dpgan_tf.evaluation import column_metrics


class _Associations(column_metrics.ColumnMetric):
    """Mean absolute error of Cramer's V of two columns.

    V is 0 for independent columns and 1 if one tells the other. It is corrected
    for what few rows in many cells show by chance (Bergsma 2013). All pairs of
    variables count, or a random choice of `MOST_TUPLES`.
    """

    name = "associations"
    order = 2
    columns = {
        "association_error": "association error",
        "association_mean": "mean association",
    }
    larger_is_better = {"association_error": False}
    sentences = {
        "association_error": "Mean error of Cramer's V of two columns, against "
        "held-out rows.",
        "association_mean": "Mean of Cramer's V; the real one is best, and 0 "
        "is independence.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        number = len(train.view.variables)
        if number < 2:
            raise errors.UserError("there are no two columns.")
        pairs = column_metrics.tuples(number, 2, seed=seed)
        found, real = np.transpose(
            [strengths(samples, test, pair) for pair in pairs]
        )
        return {
            "association_error": float(np.abs(found - real).mean()),
            "association_mean": float(found.mean()),
        }


def strengths(first, second, pair) -> tuple[float, float]:
    """Return Cramer's V of a pair of variables in both sets of rows.

    Args:
      first: rows.
      second: other rows of the same view.
      pair: numbers of the two variables.
    """
    sizes = [first.view.variables[i].size for i in pair]
    found, real = (
        part.reshape(sizes)
        for part in column_metrics.shares(first, second, pair)
    )
    return cramers_v(found, len(first)), cramers_v(real, len(second))


def cramers_v(joint: np.ndarray, num: int) -> float:
    """Return the corrected Cramer's V; 0 if one variable is constant.

    Args:
      joint: shares of rows in each joint cell, [k, l].
      num: number of rows.
    """
    joint = joint[joint.any(axis=1)][:, joint.any(axis=0)]
    sizes = np.array(joint.shape)
    if num < 2 or sizes.min() < 2:
        return 0.0
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    chance = np.prod(sizes - 1) / (num - 1)
    excess = ((joint - expected) ** 2 / expected).sum() - chance
    corrected = sizes - (sizes - 1) ** 2 / (num - 1)
    most = corrected.min() - 1
    return float(np.sqrt(min(max(excess, 0) / most, 1))) if most > 0 else 0.0


METRIC = _Associations()
