"""How well trees tell samples from held-out rows."""

import numpy as np
from sklearn import ensemble
from sklearn import model_selection

from dpgan_tf import errors
from dpgan_tf.evaluation import column_metrics

_FEWEST = 50
_MOST_ROWS = 20_000
_NUM_ROUNDS = 100
_NUM_FOLDS = 3


class _ToldFromReal(column_metrics.ColumnMetric):
    """Cross-validated AUROC of gradient-boosted trees, as many rows of each.

    The trees see the number of the cell of each variable. .5 is best.
    """

    name = "told_from_real"
    order = 5
    columns = {"told_from_real": "told from real"}
    larger_is_better = {"told_from_real": False}
    sentences = {
        "told_from_real": "How well boosted trees tell these rows from "
        "held-out ones, as an AUROC; .5 is guessing.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del train
        num = min(len(samples), len(test), _MOST_ROWS)
        if num < _FEWEST:
            raise errors.UserError(
                f"{num} rows; telling real from synthetic needs at least "
                f"{_FEWEST}."
            )
        parts = [part.some(num, seed=seed).cells for part in (samples, test)]
        features = np.concatenate(parts, axis=1).T
        model = ensemble.HistGradientBoostingClassifier(
            max_iter=_NUM_ROUNDS, early_stopping=False, random_state=seed
        )
        with column_metrics.one_thread():
            found = model_selection.cross_val_score(
                model,
                features,
                np.repeat([False, True], num),
                cv=model_selection.StratifiedKFold(
                    _NUM_FOLDS, shuffle=True, random_state=seed
                ),
                scoring="roc_auc",
            )
        return {"told_from_real": float(np.mean(found))}


METRIC = _ToldFromReal()
