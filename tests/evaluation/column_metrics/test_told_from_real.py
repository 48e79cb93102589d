"""Whether typed rows can be told from held-out ones."""

import pytest

from dpgan_tf import errors
from tests.evaluation.column_metrics import toy


def test_real_rows_cannot_be_told_from_real_ones_but_others_can():
    assert toy.run("told_from_real", toy.TRAIN)["told_from_real"] < 0.53
    without = toy.rows(3_000, seed=3, dependent=False)
    assert toy.run("told_from_real", without)["told_from_real"] > 0.65
    with pytest.raises(errors.UserError, match="at least 50"):
        toy.run("told_from_real", toy.TEST[:20])


def test_training_rows_are_not_looked_at():
    other = toy.rows(3_000, seed=4, dependent=False)
    good = toy.rows(3_000, seed=3)
    found = toy.run("told_from_real", good, train=other)
    assert found["told_from_real"] < 0.53
