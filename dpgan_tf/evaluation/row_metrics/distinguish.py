"""Whether a classifier tells real rows from synthetic ones."""

import numpy as np
import threadpoolctl
from sklearn import ensemble
from sklearn import metrics

from dpgan_tf import errors
from dpgan_tf.evaluation import row_metrics

_FEWEST = 50
_MOST_ROWS = 8_000
_NUM_ROUNDS = 100


class _Distinguish(row_metrics.RowMetric):
    """AUROC of gradient-boosted trees, learnt on one half, tested on another.

    The real rows are held-out ones; the classifier sees the columns that 1% of
    the training rows have, and the number of codes of a row. 0.5 is the best.
    """

    name = "distinguish"
    order = 3
    columns = {"told_apart": "told apart"}
    larger_is_better = {"told_apart": False}

    def run(self, rows, *, train, test, seed):
        """As `metrics.Metric.run`."""
        chosen = row_metrics.frequent(train, row_metrics.MIN_SHARE)
        num = min(len(rows), len(test), _MOST_ROWS)
        if num < _FEWEST:
            raise errors.UserError(
                f"{num} rows; telling real from synthetic needs at least "
                f"{_FEWEST}."
            )
        rng = np.random.default_rng(seed)
        parts = [
            _features(part[rng.permutation(len(part))[:num]], chosen)
            for part in (rows, test)
        ]
        features = np.concatenate(parts)
        is_real = np.repeat([False, True], num)
        half = rng.permutation(2 * num) < num
        model = ensemble.HistGradientBoostingClassifier(
            max_iter=_NUM_ROUNDS, random_state=seed
        )
        # Threads that wait for each other by spinning starve beside training.
        with threadpoolctl.threadpool_limits(1, user_api="openmp"):
            model.fit(features[half], is_real[half])
        scores = model.decision_function(features[~half])
        return {
            "told_apart": float(metrics.roc_auc_score(is_real[~half], scores))
        }


def _features(rows, chosen):
    number = (rows > 0).sum(axis=1, keepdims=True)
    return np.concatenate([rows[:, chosen], number], axis=1)


METRIC = _Distinguish()
