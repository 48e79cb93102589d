import math

import numpy as np
import pytest
from scipy import stats

from dpgan_tf.audit.bounds import free


def test_perfect_scores_give_the_ceiling_of_their_number():
    """1,000 canaries of each kind, of which half are the test: .025^(1/500)."""
    is_in = np.tile([True, True, False, False], 500)
    found = free.epsilon(
        np.where(is_in, 1.0, -1.0), is_in, delta=1e-5, error=0.05
    )
    rate = 0.025 ** (1 / 500)
    assert found == pytest.approx(math.log((rate - 1e-5) / (1 - rate)), abs=0.1)


def test_scores_without_signal_give_zero_but_as_often_as_stated():
    """Many thresholds are tried: those that choose must not be the test."""
    rng = np.random.default_rng(0)
    found = [
        free.epsilon(
            rng.normal(size=200),
            rng.integers(0, 2, 200).astype(bool),
            delta=1e-5,
            error=0.05,
        )
        for _ in range(150)
    ]
    assert np.sum(np.array(found) > 0) <= stats.binom.ppf(0.999, 150, 0.05)


def test_the_half_that_chooses_is_not_the_test():
    """Every other canary is told perfectly, the rest not at all."""
    rng = np.random.default_rng(4)
    is_in, other = rng.integers(0, 2, (2, 1_000)).astype(bool)
    told = np.where(np.arange(1_000) % 2 == 0, is_in, other)
    found = free.epsilon(told.astype(float), is_in, delta=1e-5, error=0.05)
    assert found < 0.1


def test_randomized_response_is_rarely_overstated():
    """Its epsilon is exact: a coin that tells the truth with e^eps odds."""
    rng = np.random.default_rng(1)
    epsilon, over = 1.0, 0
    truthful = math.exp(epsilon) / (1 + math.exp(epsilon))
    for _ in range(200):
        is_in = rng.integers(0, 2, 500).astype(bool)
        told = is_in == (rng.random(500) < truthful)
        found = free.epsilon(told.astype(float), is_in, delta=1e-6, error=0.05)
        over += found > epsilon
    assert over <= 20


def test_canaries_that_are_all_in_show_nothing():
    found = free.epsilon(
        np.arange(8.0), np.ones(8, bool), delta=1e-5, error=0.05
    )
    assert found == 0
