"""What of a column can be told from the others."""

import numpy as np

from tests.evaluation.row_metrics import toy


def test_prediction_needs_dependence():
    good = toy.run("prediction", toy.rows(4000, seed=3))
    without = toy.run("prediction", toy.rows(4000, seed=3, dependent=False))
    # Two of five columns can be told from another.
    assert good["auroc_1"] > without["auroc_1"] + 0.05
    assert good["f1_1"] > without["f1_1"]
    constant = toy.run("prediction", np.zeros([100, 5], np.uint8))
    assert (constant["auroc_1"], constant["f1_1"]) == (0.5, 0.0)


def test_rows_are_judged_by_held_out_ones():
    """None of the held-out rows has the dependence of the others here."""
    other = toy.rows(4000, seed=4, dependent=False)
    good = toy.rows(4000, seed=3)
    assert toy.run("prediction", good, test=other)["auroc_1"] < 0.55
    assert toy.run("distinguish", good, train=other)["told_apart"] < 0.55
    assert toy.run("distinguish", good, test=other)["told_apart"] > 0.6
