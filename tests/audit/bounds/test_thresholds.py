import numpy as np
import pytest
from scipy import stats

from dpgan_tf.audit.bounds import thresholds


def gaussian(mu):
    return lambda alarms: stats.norm.sf(stats.norm.isf(alarms) - mu)


@pytest.mark.parametrize("mu", [0.7, 2.0])
def test_a_threshold_is_the_loss_where_the_curve_has_those_false_alarms(mu):
    """A Gaussian's loss above l has false alarms Phi(-l / mu - mu / 2)."""
    _, *beside = thresholds.choose(gaussian(mu), num_in=1000, num_out=1000)
    found = stats.norm.cdf(-np.array(beside) / mu - mu / 2)
    np.testing.assert_allclose(found, thresholds.BESIDE, rtol=1e-3)


def test_the_best_test_of_a_gaussian_is_near_its_middle():
    best, *_ = thresholds.choose(gaussian(1.0), num_in=2000, num_out=2000)
    assert abs(best) < 0.15


def test_a_mixture_that_is_rarely_sampled_has_few_false_alarms():
    def curve(alarms):
        return 0.9 * alarms + 0.1 * gaussian(4.0)(alarms)

    best, *_ = thresholds.choose(curve, num_in=2000, num_out=2000)
    assert best > 0.5
