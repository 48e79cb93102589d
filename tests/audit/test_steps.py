"""Scores of canaries through the real steps, where their law is known."""

import numpy as np
import pytest

from dpgan_tf.audit import canaries
from dpgan_tf.audit import keys
from dpgan_tf.audit import steps
from tests.audit import normal
from tests.audit import tiny


def scores_of(case, num=1_500, num_spoiled=40, seed=5):
    made_keys = keys.make(seed)
    made = canaries.toss(
        num, num_spoiled=num_spoiled, generator=made_keys.coins
    )
    return made, steps.take(case, made, made_keys)


@pytest.fixture(scope="module")
def whole():
    """Four steps without subsampling: mu is 2 / sigma_eff = 2 sqrt(2) / 2."""
    return scores_of(tiny.case(sigma=2.0, num_groups=2, q=1.0))


def test_without_subsampling_scores_are_the_gaussian_mechanisms(whole):
    made, scores = whole
    mu = np.sqrt(4) / (2 / np.sqrt(2))
    usual = ~made.is_spoiled
    for is_in, mean in ((True, mu**2 / 2), (False, -(mu**2) / 2)):
        found = scores[usual & (made.is_in == is_in)]
        normal.require((found - mean) / mu)


def test_a_spoiled_canary_shows_nothing(whole):
    made, scores = whole
    mu = np.sqrt(4) / (2 / np.sqrt(2))
    normal.require((scores[made.is_spoiled] + mu**2 / 2) / mu)


def test_with_subsampling_a_score_is_the_log_likelihood_ratio():
    """E exp(score) is 1 for those that are out: densities integrate to 1."""
    made, scores = scores_of(tiny.case(sigma=1.5, q=0.3))
    usual = ~made.is_spoiled
    ratios = np.exp(scores[usual & ~made.is_in])
    error = ratios.std() / np.sqrt(len(ratios))
    assert abs(ratios.mean() - 1) < 4 * error
    inverse = np.exp(-scores[usual & made.is_in])
    error = inverse.std() / np.sqrt(len(inverse))
    assert abs(inverse.mean() - 1) < 4 * error
    gap = scores[usual & made.is_in].mean() - scores[usual & ~made.is_in].mean()
    assert gap > 0.1


def test_several_steps_in_a_round_are_all_taken():
    case = tiny.case(sigma=50.0, q=1.0, num_steps=4, steps_per_round=2)
    _, scores = scores_of(case, num=400, num_spoiled=0)
    assert scores.std() == pytest.approx(2 / 50, rel=0.15)


@pytest.mark.parametrize("most", [2, 3, 7])
def test_a_person_with_several_records_is_one_canary(most):
    """Chunks of 64 hold no whole number of persons of 3 or 7 records."""
    case = tiny.case(sigma=2.0, num_groups=2, q=1.0, most_records_per_unit=most)
    made, scores = scores_of(case, num=600)
    mu = np.sqrt(4) / (2 / np.sqrt(2))
    for is_in, mean in ((True, mu**2 / 2), (False, -(mu**2) / 2)):
        chosen = ~made.is_spoiled & (made.is_in == is_in)
        normal.require((scores[chosen] - mean) / mu)
    normal.require((scores[made.is_spoiled] + mu**2 / 2) / mu)
