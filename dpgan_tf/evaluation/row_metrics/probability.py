"""Dimension-wise probability: how frequent each column is."""

import numpy as np

from dpgan_tf.evaluation import row_metrics


class _Probability(row_metrics.RowMetric):
    """Root mean squared error and correlation of the columns' frequencies.

    Choi et al. 2017, section 4.2; over all columns, against held-out rows.
    """

    name = "probability"
    order = 0
    columns = {
        "probability_rmse": "probability RMSE",
        "probability_correlation": "its correlation",
        "codes_per_row": "codes a row",
    }
    larger_is_better = {
        "probability_rmse": False,
        "probability_correlation": True,
    }
    sentences = {
        "probability_rmse": "Typical error of the frequency of a column.",
        "probability_correlation": "Correlation of the columns' frequencies "
        "with the real ones.",
        "codes_per_row": "Mean number of columns that are not 0 in a row; the "
        "real one is best.",
    }

    def run(self, rows, *, train, test, seed):
        """See `metrics.Metric.run`."""
        del train, seed
        found, real = ((part > 0).mean(axis=0) for part in (rows, test))
        return {
            "probability_rmse": float(np.sqrt(np.mean((found - real) ** 2))),
            "probability_correlation": correlation(found, real),
            "codes_per_row": float(found.sum()),
        }


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Pearson's correlation, 0 if one side is constant.

    Args:
      a: numbers [n].
      b: numbers [n].
    """
    if not (a.std() and b.std()):
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


METRIC = _Probability()
