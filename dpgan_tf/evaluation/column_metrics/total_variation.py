"""Total variation of marginals: how far frequencies are from real ones."""

import numpy as np

from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import metrics

_WAYS = {"one_way": 1, "two_way": 2, "three_way": 3}


class _TotalVariation(column_metrics.ColumnMetric):
    """Mean total variation of one-, two- and three-way marginals.

    Each is half the sum of the absolute differences of the shares of rows in
    each joint cell, against the training rows. All pairs and triples of
    variables count, or a random choice of `MOST_TUPLES` where there are more.
    """

    name = "total_variation"
    order = 1
    compared_with = metrics.REAL_TRAIN
    columns = {
        "one_way": "1-way TV",
        "two_way": "2-way TV",
        "three_way": "3-way TV",
    }
    larger_is_better = {"one_way": False, "two_way": False, "three_way": False}
    sentences = {
        "one_way": "Mean total variation of a column's frequencies from those "
        "of the training rows; 0 is the same and 1 is nothing in common.",
        "two_way": "The same of pairs of columns.",
        "three_way": "The same of three columns; it grows with the number of "
        "cells, so compare it with the row of real held-out rows.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del test
        number = len(train.view.variables)
        return {
            name: _mean(samples, train, number, ways=ways, seed=seed)
            for name, ways in _WAYS.items()
            if ways <= number
        }


def _mean(samples, train, number, *, ways, seed) -> float:
    chosen = column_metrics.tuples(number, ways, seed=seed)
    return float(
        np.mean(
            [column_metrics.distance(samples, train, some) for some in chosen]
        )
    )


METRIC = _TotalVariation()
