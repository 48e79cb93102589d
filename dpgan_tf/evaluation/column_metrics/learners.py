"""What learners that saw samples alone say of held-out rows."""

import warnings
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn import ensemble
from sklearn import exceptions
from sklearn import linear_model
from sklearn import metrics

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import typed_rows

_MOST_TARGETS = 20
_MOST_TESTED = 20_000
_MOST_CLASSES = 10
_FEWEST = 10
_NUM_STEPS = 100


class Effort(NamedTuple):
    """How much is done for one column.

    Attributes:
      most_rows: largest number of rows to learn from.
      num_rounds: number of trees, or of trees for each class.
      most_leaves: largest number of leaves of a tree.
    """

    most_rows: int
    num_rounds: int
    most_leaves: int


_OF_TARGET = Effort(most_rows=50_000, num_rounds=100, most_leaves=31)
_OF_EACH = Effort(most_rows=5_000, num_rounds=30, most_leaves=15)


class _Learners(column_metrics.ColumnMetric):
    """Gradient-boosted trees and a logistic regression for each column.

    They learn from samples to predict a column from all others, and are tested
    on held-out rows. Means over the first `_MOST_TARGETS` variables, or the
    score of the target. AUROC is that of each class against the rest, weighted
    by the classes' frequencies among the held-out rows; a tenth class joins all
    values but the nine most frequent. Numbers have R^2 of their cells' middles,
    at least -1, from the trees alone.
    """

    name = "learners"
    order = 4
    columns = {
        "boosting_auroc": "boosting AUROC",
        "boosting_accuracy": "boosting accuracy",
        "logistic_auroc": "logistic AUROC",
        "logistic_accuracy": "logistic accuracy",
        "boosting_r2": "boosting R2",
    }
    larger_is_better = {
        "boosting_auroc": True,
        "boosting_accuracy": True,
        "logistic_auroc": True,
        "logistic_accuracy": True,
        "boosting_r2": True,
    }
    sentences = {
        "boosting_auroc": "How well boosted trees that saw these rows alone "
        "predict a column of held-out rows; .5 is guessing.",
        "boosting_accuracy": "Share of held-out rows where these trees are "
        "right; the most frequent value alone may have a high one.",
        "logistic_auroc": "How well a logistic regression does the same.",
        "logistic_accuracy": "Share of held-out rows where it is right.",
        "boosting_r2": "Share of the variance of a number of held-out rows "
        "that the trees explain; 0 is guessing the mean.",
    }

    def run(self, samples, *, train, test, seed):
        """See `metrics.Metric.run`."""
        if len(samples) < _FEWEST:
            raise errors.UserError(
                f"{len(samples)} rows; learning needs at least {_FEWEST}."
            )
        targets = train.view.targets[:_MOST_TARGETS]
        effort = _OF_TARGET if train.view.target else _OF_EACH
        learnt = samples.some(effort.most_rows, seed=seed)
        tested = test.some(_MOST_TESTED, seed=seed)
        found: dict[str, list[float]] = {}
        with progress.bar("learners", total=len(targets), unit="column") as bar:
            for target in targets:
                values = score(
                    learnt, tested, train, target, effort=effort, seed=seed
                )
                for name, value in values.items():
                    found.setdefault(name, []).append(value)
                bar.update()
        return {name: float(np.mean(values)) for name, values in found.items()}


def score(
    learnt: typed_rows.TypedRows,
    tested: typed_rows.TypedRows,
    train: typed_rows.TypedRows,
    target: int,
    *,
    effort: Effort,
    seed: int,
) -> dict[str, float]:
    """Return the scores of predictions of one variable.

    Args:
      learnt: rows to learn from.
      tested: real rows to test on.
      train: real rows, whose most frequent values are the classes.
      target: number of the variable to predict.
      effort: how much is done.
      seed: seed of the trees.
    """
    variable = learnt.view.variables[target]
    parts = (learnt, tested)
    features = [np.delete(part.cells, target, axis=0).T for part in parts]
    if variable.is_ordered:
        middles = variable.middles
        truth = [middles[part.cells[target]] for part in parts]
        trees = ensemble.HistGradientBoostingRegressor(**_how(effort, seed))
        return _of_numbers(trees, features, truth)
    classes = typed_rows.first_of_all(
        np.bincount(train.cells[target], minlength=variable.size), _MOST_CLASSES
    )
    truth = [classes[part.cells[target]] for part in parts]
    trees = ensemble.HistGradientBoostingClassifier(**_how(effort, seed))
    line = linear_model.LogisticRegression(max_iter=_NUM_STEPS)
    bits = [_without(variable, part.rows) for part in parts]
    return _of_classes(trees, features, truth, "boosting") | _of_classes(
        line, bits, truth, "logistic"
    )


def _how(effort: Effort, seed: int) -> dict[str, Any]:
    return {
        "max_iter": effort.num_rounds,
        "max_leaf_nodes": effort.most_leaves,
        "early_stopping": False,
        "random_state": seed,
    }


def _without(variable, rows) -> sparse.csr_matrix:
    """Return rows without the cells of a variable."""
    num = max(len(variable.cells), 1)
    own = np.arange(variable.start, variable.start + num)
    return sparse.csr_matrix(np.delete(rows, own, axis=1).astype(np.float32))


def _of_classes(model, features, truth, name) -> dict[str, float]:
    """Train a classifier, and return its AUROC and accuracy."""
    learnt, tested = truth
    number = max(map(np.max, truth)) + 1
    chances = np.zeros([len(tested), number])
    if (learnt == learnt[0]).all():
        chances[:, learnt[0]] = 1
    else:
        _fit(model, features[0], learnt)
        chances[:, model.classes_] = model.predict_proba(features[1])
    right = chances.argmax(axis=1) == tested
    return {
        f"{name}_auroc": _auroc(chances, tested),
        f"{name}_accuracy": float(right.mean()),
    }


def _auroc(chances, truth) -> float:
    """Return the mean AUROC of a class against the rest, by frequency."""
    counts = np.bincount(truth, minlength=chances.shape[1])
    there = np.flatnonzero((counts > 0) & (counts < len(truth)))
    if not len(there):
        return 0.5
    found = [metrics.roc_auc_score(truth == c, chances[:, c]) for c in there]
    return float(np.average(found, weights=counts[there]))


def _fit(model, features, truth) -> None:
    """Train a learner; a regression that is not quite done is as good."""
    with column_metrics.one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
        model.fit(features, truth)


def _of_numbers(trees, features, truth) -> dict[str, float]:
    """Train trees on the rows with a number, and return their R^2."""
    known = [~np.isnan(numbers) for numbers in truth]
    if min(part.sum() for part in known) < _FEWEST:
        return {}
    _fit(trees, features[0][known[0]], truth[0][known[0]])
    said = trees.predict(features[1][known[1]])
    r2 = metrics.r2_score(truth[1][known[1]], said)
    return {"boosting_r2": float(max(r2, -1))}


METRIC = _Learners()
