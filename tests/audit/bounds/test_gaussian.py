import numpy as np
import pytest
from scipy import stats

from dpgan_tf.audit.bounds import gaussian
from tests.privacy.accounting import gaussians


def test_mu_is_the_gap_over_the_pooled_deviation():
    scores = np.array([1.0, 3.0, 6.0, 10.0])
    found = gaussian.mu(scores, np.array([False, False, True, True]))
    assert found == pytest.approx((8 - 2) / np.sqrt((2 + 8) / 2))


def test_the_bound_is_exact_for_a_noncentral_t():
    least = gaussian.lower_mu(0.9, num_in=300, num_out=200, error=0.05)
    unit = np.sqrt(1 / 300 + 1 / 200)
    tail = stats.nct.sf(0.9 / unit, 498, least / unit)
    assert tail == pytest.approx(0.05, abs=1e-6)


def test_the_bound_is_wrong_as_often_as_stated():
    """1,000 repeats with known means and an unknown deviation."""
    rng = np.random.default_rng(2)
    is_in, over = np.arange(120) < 50, 0
    for _ in range(1_000):
        scores = 3 * (rng.normal(size=120) + 0.8 * is_in)
        mu = gaussian.mu(scores, is_in)
        least = gaussian.lower_mu(mu, num_in=50, num_out=70, error=0.05)
        over += least > 0.8
    assert 30 <= over <= stats.binom.ppf(0.999, 1_000, 0.05)


def test_no_signal_gives_zero():
    assert gaussian.lower_mu(-0.1, num_in=50, num_out=50, error=0.05) == 0
    assert gaussian.lower_mu(0.01, num_in=50, num_out=50, error=0.05) == 0


@pytest.mark.parametrize("mu, delta", [(0.2, 1e-5), (0.85, 1e-5), (3.0, 1e-6)])
def test_epsilon_has_the_exact_delta(mu, delta):
    found = gaussian.epsilon(mu, delta=delta)
    exactly = gaussians.exact_delta(found, 1 / mu)
    assert float(exactly) == pytest.approx(delta, rel=1e-6)


def test_a_mu_that_delta_covers_costs_nothing():
    assert gaussian.epsilon(0.0, delta=1e-5) == 0
    assert gaussian.epsilon(1e-6, delta=1e-5) == 0
