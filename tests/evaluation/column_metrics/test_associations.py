"""Associations of pairs of columns."""

import numpy as np
import pytest
from scipy.stats import contingency

from dpgan_tf.evaluation.column_metrics import associations
from tests.evaluation.column_metrics import toy


def test_cramers_v_of_many_rows_is_that_of_scipy():
    counts = np.array([[500, 100, 20], [100, 300, 90]]) * 1_000
    expected = contingency.association(counts, method="cramer")
    found = associations.cramers_v(counts / counts.sum(), counts.sum())
    assert found == pytest.approx(expected, abs=1e-4)


def test_one_tells_the_other_or_nothing_and_constants_have_none():
    assert associations.cramers_v(np.diag([0.2, 0.8, 0.0]), 1_000) == 1
    assert associations.cramers_v(np.outer([0.3, 0.7], [0.5, 0.5]), 1_000) == 0
    assert associations.cramers_v(np.array([[0.3, 0.7], [0, 0]]), 1_000) == 0
    assert associations.cramers_v(np.eye(2) / 2, 1) == 0


def test_chance_in_many_cells_is_no_association():
    """Without the correction, V of these would be about .3."""
    rng = np.random.default_rng(0)
    counts = np.histogram2d(*rng.random([2, 200]), bins=20)[0].astype(int)
    assert contingency.association(counts, method="cramer") > 0.25
    assert associations.cramers_v(counts / 200, 200) < 0.1


def test_independent_rows_have_the_error_of_the_pairs_that_depend():
    good = toy.run("associations", toy.rows(3_000, seed=3))
    without = toy.run("associations", toy.rows(3_000, seed=3, dependent=False))
    real = toy.run("associations", toy.TRAIN)["association_mean"]
    assert good["association_error"] < 0.02 < without["association_error"]
    assert good["association_mean"] == pytest.approx(real, abs=0.02)
    # Died and I10 still go together there.
    assert 0 < without["association_mean"] < real / 2
    assert toy.run("associations", toy.TEST)["association_error"] == 0
