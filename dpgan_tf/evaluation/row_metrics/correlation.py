"""How well correlations between columns are preserved."""

import numpy as np

from dpgan_tf import errors
from dpgan_tf.evaluation import row_metrics

_DEPENDENT = 0.1


class _Correlation(row_metrics.RowMetric):
    """Mean absolute error of the correlation of two columns.

    Over the columns that are nonzero in 1% of the training rows. Most pairs are
    nearly independent, so that zero correlation is nearly right. Pairs with an
    absolute correlation of at least .1 in the training rows are therefore also
    reported separately, together with their mean correlation among the samples.
    """

    name = "correlation"
    order = 1
    columns = {
        "correlation_error": "correlation error",
        "dependent_error": "of dependent pairs",
        "dependent_mean": "their mean",
    }
    larger_is_better = {
        "correlation_error": False,
        "dependent_error": False,
    }
    sentences = {
        "correlation_error": "Mean error of the correlation of two columns; "
        "most pairs are independent, so that none at all is nearly right.",
        "dependent_error": "The same for pairs that go together.",
        "dependent_mean": "Mean correlation of pairs that go together; the "
        "real one is best, and 0 is independence.",
    }

    def run(self, rows, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del seed
        chosen = row_metrics.frequent(train, row_metrics.MIN_SHARE)
        if len(chosen) < 2:
            raise errors.UserError("no two columns are in 1% of the real rows.")
        above = np.triu_indices(len(chosen), 1)
        found, real, learnt = (
            correlations(part[:, chosen])[above] for part in (rows, test, train)
        )
        dependent = np.abs(learnt) >= _DEPENDENT
        values = {"correlation_error": _mean(np.abs(found - real))}
        if dependent.any():
            values |= {
                "dependent_error": _mean(np.abs(found - real)[dependent]),
                "dependent_mean": _mean(found[dependent]),
                "num_dependent_pairs": float(dependent.sum()),
            }
        return values


def correlations(rows: np.ndarray) -> np.ndarray:
    """Return the correlation of every two columns, 0 if one is constant.

    Args:
      rows: uint8 [n, d].

    Returns:
      float64 [d, d].
    """
    centred = rows - rows.mean(axis=0)
    deviations = np.sqrt(np.mean(centred**2, axis=0))
    scaled = centred / np.where(deviations > 0, deviations, 1)
    return scaled.T @ scaled / len(rows)


def _mean(values) -> float:
    return float(np.mean(values))


METRIC = _Correlation()
