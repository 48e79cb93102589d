"""Shares of columns, by hand."""

import numpy as np
import pytest

from tests.evaluation.row_metrics import toy


def test_probability_compares_shares_of_columns_by_hand():
    judged = np.array([[1, 0], [1, 0], [1, 1], [0, 1]], np.uint8)
    test = np.array([[1, 0], [0, 1]], np.uint8)
    found = toy.run("probability", judged, train=test, test=test)
    # .75 and .5 against .5 and .5.
    assert found["probability_rmse"] == pytest.approx(0.25 / np.sqrt(2))
    assert found["codes_per_row"] == 1.25
    assert found["probability_correlation"] == 0.0
    assert toy.run("probability", toy.TEST)["probability_rmse"] == 0
    assert toy.run("probability", toy.TEST)["probability_correlation"] > 0.999
