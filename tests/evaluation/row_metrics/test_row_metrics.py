"""Measures of rows, on rows whose answers are known."""

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data import datasets
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation import row_scorer


def rows(num, *, seed, dependent=True, shares=(0.5, 0.3, 0.3, 0.2, 0.1)):
    """Columns 1 and 2 mostly go together, if they depend; none other does."""
    rng = np.random.default_rng(seed)
    made = rng.random([num, len(shares)]) < shares
    if dependent:
        same = rng.random(num) < 0.8
        made[same, 2] = made[same, 1]
    return made.astype(np.uint8)


TRAIN, TEST = rows(4000, seed=1), rows(4000, seed=2)


def run(name, judged, *, train=TRAIN, test=TEST):
    metric = row_metrics.every()[name]
    found = metric.run(judged, train=train, test=test, seed=0)
    assert set(metric.columns) <= set(found)
    return found


def test_probability_compares_shares_of_columns_by_hand():
    judged = np.array([[1, 0], [1, 0], [1, 1], [0, 1]], np.uint8)
    test = np.array([[1, 0], [0, 1]], np.uint8)
    found = run("probability", judged, train=test, test=test)
    # .75 and .5 against .5 and .5.
    assert found["probability_rmse"] == pytest.approx(0.25 / np.sqrt(2))
    assert found["codes_per_row"] == 1.25
    assert found["probability_correlation"] == 0.0
    assert run("probability", TEST)["probability_rmse"] == 0
    assert run("probability", TEST)["probability_correlation"] > 0.999


def test_correlation_sees_dependence_that_probabilities_do_not():
    good = run("correlation", rows(4000, seed=3))
    without = run("correlation", rows(4000, seed=3, dependent=False))
    assert good["num_dependent_pairs"] == 1
    assert good["dependent_error"] < 0.05 < 0.6 < without["dependent_error"]
    assert good["dependent_mean"] > 0.7
    assert abs(without["dependent_mean"]) < 0.05
    assert good["correlation_error"] < without["correlation_error"]
    assert run("correlation", TEST)["correlation_error"] == 0


def test_correlation_of_two_columns_is_that_of_numpy():
    from dpgan_tf.evaluation.row_metrics import correlation

    found = correlation.correlations(TRAIN)
    np.testing.assert_allclose(found, np.corrcoef(TRAIN.T.astype(float)))
    constant = np.zeros([5, 2], np.uint8)
    np.testing.assert_array_equal(correlation.correlations(constant), 0)


def test_prediction_needs_dependence():
    good = run("prediction", rows(4000, seed=3))
    without = run("prediction", rows(4000, seed=3, dependent=False))
    # Two of five columns can be told from another.
    assert good["auroc_1"] > without["auroc_1"] + 0.05
    assert good["f1_1"] > without["f1_1"]
    constant = run("prediction", np.zeros([100, 5], np.uint8))
    assert (constant["auroc_1"], constant["f1_1"]) == (0.5, 0.0)


def test_rows_are_judged_by_held_out_ones():
    """None of the held-out rows has the dependence of the others here."""
    other = rows(4000, seed=4, dependent=False)
    good = rows(4000, seed=3)
    assert run("prediction", good, test=other)["auroc_1"] < 0.55
    assert run("distinguish", good, train=other)["told_apart"] < 0.55
    assert run("distinguish", good, test=other)["told_apart"] > 0.6


def test_only_frequent_columns_count():
    rare = TRAIN.copy()
    rare[:, 4] = 0
    rare[:20, 4] = 1
    found = row_metrics.frequent(rare, row_metrics.MIN_SHARE)
    np.testing.assert_array_equal(found, [0, 1, 2, 3])
    with pytest.raises(errors.UserError, match="no column"):
        run("prediction", TEST, train=np.zeros_like(TRAIN))


def test_real_rows_cannot_be_told_from_real_ones_but_others_can():
    assert run("distinguish", rows(4000, seed=3))["told_apart"] < 0.55
    without = rows(4000, seed=3, dependent=False)
    assert run("distinguish", without)["told_apart"] > 0.6
    with pytest.raises(errors.UserError, match="at least 50"):
        run("distinguish", TEST[:20])


def test_all_measures_are_computed_and_what_cannot_be_is_said():
    dataset = datasets.TableDataset(
        name="t",
        train_rows=TRAIN,
        test_rows=TEST,
        columns=tuple("abcde"),
        largest=1,
    )
    judge = row_scorer.build(dataset)
    found = judge.score_samples(rows(30, seed=5), title="few")
    assert found["num_rows"] == 30
    assert "at least 50" in found["left_out"]["distinguish"]
    assert found["auroc_1"] > 0
