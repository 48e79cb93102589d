"""Dependence between columns."""

import numpy as np

from dpgan_tf.evaluation.row_metrics import correlation
from tests.evaluation.row_metrics import toy


def test_correlation_sees_dependence_that_probabilities_do_not():
    good = toy.run("correlation", toy.rows(4000, seed=3))
    without = toy.run("correlation", toy.rows(4000, seed=3, dependent=False))
    assert good["num_dependent_pairs"] == 1
    assert good["dependent_error"] < 0.05 < 0.6 < without["dependent_error"]
    assert good["dependent_mean"] > 0.7
    assert abs(without["dependent_mean"]) < 0.05
    assert good["correlation_error"] < without["correlation_error"]
    assert toy.run("correlation", toy.TEST)["correlation_error"] == 0


def test_correlation_of_two_columns_is_that_of_numpy():
    found = correlation.correlations(toy.TRAIN)
    np.testing.assert_allclose(found, np.corrcoef(toy.TRAIN.T.astype(float)))
    constant = np.zeros([5, 2], np.uint8)
    np.testing.assert_array_equal(correlation.correlations(constant), 0)
