"""How well a classifier tells real rows from synthetic ones."""

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
    """AUROC of gradient-boosted trees, trained on half, tested on the rest.

    The real rows are held-out ones. The classifier sees the columns that are
    nonzero in 1% of the training rows, and the number of codes per row. 0.5 is
    best.
    """

    name = "distinguish"
    order = 3
    columns = {"told_apart": "told apart"}
    larger_is_better = {"told_apart": False}
    sentences = {
        "told_apart": "How well trees tell the rows from held-out ones, as an "
        "AUROC; .5 is guessing.",
    }

    def run(self, rows, *, train, test, seed):
        """See `metrics.Metric.run`."""
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
        # Threads that spin while they wait starve next to a training process.
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
