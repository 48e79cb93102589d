"""Dimension-wise prediction: how well the others predict a column."""

import warnings

import numpy as np
from scipy import sparse
from sklearn import exceptions
from sklearn import linear_model
from sklearn import metrics

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.evaluation import row_metrics

_MOST_ROWS = 10_000
_NUM_ROUNDS = 60
_CHANCE = 0.5


class _Prediction(row_metrics.RowMetric):
    """AUROC and F1 of a logistic regression for each column.

    Choi et al. 2017, section 4.2: it predicts a column from all others; it is
    trained on synthetic rows and tested on held-out real ones. Means over the
    columns that are nonzero in 1%, and 5%, of the training rows. A column that
    is constant among synthetic rows has AUROC .5 and F1 0.
    """

    name = "prediction"
    order = 2
    columns = {
        "auroc_1": "AUROC 1%",
        "auroc_5": "AUROC 5%",
        "f1_1": "F1 1%",
        "f1_5": "F1 5%",
    }
    larger_is_better = {
        "auroc_1": True,
        "auroc_5": True,
        "f1_1": True,
        "f1_5": True,
    }
    sentences = {
        "auroc_1": "How well a logistic regression that saw these rows alone "
        "predicts a column of held-out rows; mean of columns in 1% of rows.",
        "auroc_5": "The same for columns in 5% of rows.",
        "f1_1": "Mean of precision and recall of these predictions; columns in "
        "1% of rows.",
        "f1_5": "The same for columns in 5% of rows.",
    }

    def run(self, rows, *, train, test, seed):
        """See `metrics.Metric.run`."""
        chosen = row_metrics.frequent(train, row_metrics.MIN_SHARE)
        often = row_metrics.frequent(train, row_metrics.MIN_SHARE_OFTEN)
        if not len(chosen):
            raise errors.UserError("no column is in 1% of the real rows.")
        order = np.random.default_rng(seed).permutation(len(rows))[:_MOST_ROWS]
        learnt = sparse.csc_matrix((rows[order] > 0).astype(np.float32))
        tested = sparse.csc_matrix((test > 0).astype(np.float32))
        found = []
        with progress.bar(
            "prediction", total=len(chosen), unit="column"
        ) as bar:
            for column in chosen:
                found.append(_predict(learnt, tested, column))
                bar.update()
        auroc, f1 = np.array(found).T
        is_often = np.isin(chosen, often)
        values = {"auroc_1": float(auroc.mean()), "f1_1": float(f1.mean())}
        if is_often.any():
            values |= {
                "auroc_5": float(auroc[is_often].mean()),
                "f1_5": float(f1[is_often].mean()),
            }
        return values


def _predict(learnt, tested, column) -> tuple[float, float]:
    """Return AUROC and F1 of one column."""
    others = np.arange(learnt.shape[1]) != column
    labels, expected = (
        part[:, [column]].toarray()[:, 0] > 0 for part in (learnt, tested)
    )
    if labels.all() or not labels.any():
        return _CHANCE, 0.0
    if expected.all() or not expected.any():
        return _CHANCE, 0.0
    model = linear_model.LogisticRegression(
        max_iter=_NUM_ROUNDS, solver="liblinear"
    )
    with warnings.catch_warnings():
        # The protocol is a fixed number of rounds, converged or not.
        warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
        model.fit(learnt[:, others], labels)
    scores = model.decision_function(tested[:, others])
    return (
        float(metrics.roc_auc_score(expected, scores)),
        float(metrics.f1_score(expected, scores > 0, zero_division=0)),
    )


METRIC = _Prediction()
