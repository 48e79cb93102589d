"""Whether subgroups have the right frequencies."""

import numpy as np

from dpgan_tf import errors
from dpgan_tf.data.tables import columns as columns_lib
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import metrics

_MIN_SHARE = 0.05
_MOST_COLUMNS = 50


class _Subgroups(column_metrics.ColumnMetric):
    """Total variation of each column's frequencies within subgroups.

    A subgroup has one value of a category or boolean column, and at least 5% of
    the training rows. The first `_MOST_COLUMNS` variables count. A subgroup
    that no sample is in has the total variation 1.
    """

    name = "subgroups"
    order = 3
    compared_with = metrics.REAL_TRAIN
    columns = {
        "subgroup_mean": "subgroup TV",
        "subgroup_worst": "worst subgroup",
    }
    larger_is_better = {"subgroup_mean": False, "subgroup_worst": False}
    sentences = {
        "subgroup_mean": "Mean total variation of a column's frequencies among "
        "the rows of a subgroup, such as one sex; subgroups of 5% of rows.",
        "subgroup_worst": "The same in the subgroup that is worst.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test, seed
        means = [
            mean
            for group, variable in enumerate(train.view.variables)
            if isinstance(
                variable.column, columns_lib.Category | columns_lib.Boolean
            )
            for mean in _means(samples, train, group)
        ]
        if not means:
            raise errors.UserError(
                "no value of a category is in 5% of the real rows, or there "
                "are no other columns."
            )
        return {
            "subgroup_mean": float(np.mean(means)),
            "subgroup_worst": float(np.max(means)),
        }


def _means(samples, train, group) -> np.ndarray:
    """Return the mean over columns of each subgroup of a variable."""
    number = min(len(train.view.variables), _MOST_COLUMNS)
    found = [
        distances(samples, train, group, other)
        for other in range(number)
        if other != group
    ]
    return np.mean(found, axis=0) if found else np.zeros(0)


def distances(samples, train, group: int, other: int) -> np.ndarray:
    """Return the total variation of one variable in each subgroup of another.

    Args:
      samples: rows.
      train: other rows of the same view, which decide the subgroups.
      group: number of the variable that makes subgroups.
      other: number of the variable that is compared.
    """
    sizes = [train.view.variables[i].size for i in (group, other)]
    found, real = (
        part.reshape(sizes)
        for part in column_metrics.shares(samples, train, (group, other))
    )
    frequent = real.sum(axis=1) >= _MIN_SHARE
    found, real = found[frequent], real[frequent]
    of_group = found.sum(axis=1)
    within = found / np.where(of_group > 0, of_group, 1)[:, None]
    differences = np.abs(within - real / real.sum(axis=1, keepdims=True))
    return np.where(of_group > 0, differences.sum(axis=1) / 2, 1.0)


METRIC = _Subgroups()
