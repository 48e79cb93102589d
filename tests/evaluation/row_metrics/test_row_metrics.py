"""Which columns count, and whose records the metrics look at."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.evaluation import row_metrics
from tests.evaluation.row_metrics import toy


def test_only_frequent_columns_count():
    rare = toy.TRAIN.copy()
    rare[:, 4] = 0
    rare[:20, 4] = 1
    found = row_metrics.frequent(rare, row_metrics.MIN_SHARE)
    np.testing.assert_array_equal(found, [0, 1, 2, 3])
    with pytest.raises(errors.UserError, match="no column"):
        toy.run("prediction", toy.TEST, train=np.zeros_like(toy.TRAIN))


def test_metrics_are_found_in_the_order_of_a_table():
    assert list(row_metrics.every()) == [
        "probability",
        "correlation",
        "prediction",
        "distinguish",
    ]


def test_all_are_compared_with_held_out_rows():
    for metric in row_metrics.every().values():
        assert metric.compared_with == "real_test"
        assert metric.is_default


def test_what_is_said_to_be_better_is_better_of_real_looking_rows():
    good = toy.rows(4000, seed=3)
    bad = toy.rows(
        4000, seed=3, dependent=False, shares=(0.1, 0.5, 0.4, 0.4, 0.3)
    )
    for metric in row_metrics.every().values():
        found, worse = toy.run(metric.name, good), toy.run(metric.name, bad)
        assert metric.larger_is_better
        for column, larger in metric.larger_is_better.items():
            assert (found[column] > worse[column]) == larger
