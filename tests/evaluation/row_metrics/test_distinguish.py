"""Whether real rows can be told from others."""

import pytest

from dpgan_tf import errors
from tests.evaluation.row_metrics import toy


def test_real_rows_cannot_be_told_from_real_ones_but_others_can():
    assert toy.run("distinguish", toy.rows(4000, seed=3))["told_apart"] < 0.55
    without = toy.rows(4000, seed=3, dependent=False)
    assert toy.run("distinguish", without)["told_apart"] > 0.6
    with pytest.raises(errors.UserError, match="at least 50"):
        toy.run("distinguish", toy.TEST[:20])
