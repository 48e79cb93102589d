"""Normals before they are cut, against draws that are."""

import numpy as np
import pytest

from dpgan_tf.run.summary import censoring

DRAWS = np.random.default_rng(0).standard_normal(400_000)


@pytest.mark.parametrize("mean", [0.004, 0.1, 0.5, 0.8, 0.99])
@pytest.mark.parametrize("share", [1e-4, 0.01, 0.2, 0.6, 0.9])
def test_cut_normals_have_the_moments_that_were_asked_for(mean, share):
    variance = share * mean * (1 - mean)
    center, deviation = censoring.before_cut(
        np.array([mean]), np.array([variance])
    )
    cut = np.clip(center + deviation * DRAWS, 0, 1)
    assert cut.mean() == pytest.approx(mean, rel=0.02, abs=2e-4)
    assert cut.var() == pytest.approx(variance, rel=0.04)


def test_what_is_not_cut_is_left_as_it_is():
    center, deviation = censoring.before_cut(
        np.full([2, 3], 0.4), np.full([2, 3], 0.05**2)
    )
    np.testing.assert_allclose(center, 0.4, rtol=1e-6)
    np.testing.assert_allclose(deviation, 0.05, rtol=1e-6)


def test_a_pixel_that_is_mostly_black_is_black_and_not_grey():
    center, deviation = censoring.before_cut(np.array([0.02]), np.array([0.01]))
    assert np.mean(center + deviation * DRAWS <= 0) > 0.9


@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("variance", [0.0, 0.21, 5.0])
def test_what_no_pixel_has_gives_one_that_is_near(mean, variance):
    center, deviation = censoring.before_cut(
        np.array([mean]), np.array([variance])
    )
    assert np.isfinite(center).all() and np.all(deviation > 0)
    cut = np.clip(center + deviation * DRAWS, 0, 1)
    assert cut.mean() == pytest.approx(mean, abs=0.01)
    if not variance:
        assert cut.std() < 1e-3
