import numpy as np
import pytest

from dpgan_tf.audit import canaries
from dpgan_tf.audit import keys
from dpgan_tf.audit import summaries
from dpgan_tf.privacy.summary import summary
from tests.audit import normal
from tests.audit import tiny

MULTIPLIERS = (1.0, 2.0)


@pytest.mark.parametrize("most", [1, 3])
def test_scores_are_those_of_all_releases_together(most):
    made_keys = keys.make(2)
    made = canaries.toss(3_000, num_spoiled=500, generator=made_keys.coins)
    mu = 1 / summary.combined(MULTIPLIERS)
    case = tiny.case(summary=MULTIPLIERS, most_records_per_unit=most)
    scores = summaries.take(case, made, made_keys)
    there = made.is_in & ~made.is_spoiled
    for chosen, mean in ((there, mu**2 / 2), (~there, -(mu**2) / 2)):
        normal.require((scores[chosen] - mean) / mu)


def test_without_a_summary_scores_are_zero():
    made_keys = keys.make(2)
    made = canaries.toss(30, num_spoiled=5, generator=made_keys.coins)
    assert not summaries.take(tiny.case(), made, made_keys).any()


def test_a_statistic_is_longer_than_the_bound_or_not_a_number():
    statistic = summaries.Directions(np.array([False, True, False]))
    norms = statistic.norms(np.array([0, 1, 2]))
    assert norms[0] == norms[2] > 1 and np.isnan(norms[1])
    total = statistic.weighted_sum(np.array([2, 2]), np.array([1.0, 0.5]))
    assert total.tolist() == [0, 0, 1.5 * norms[2]]


@pytest.mark.parametrize("num", [0, 1])
def test_a_sum_of_few_records_has_the_form_of_many(num):
    statistic = summaries.Directions(np.zeros(3, bool))
    found = statistic.weighted_sum(np.arange(num), np.ones(num))
    assert found.shape == (3,) and found.dtype == np.float64


def test_a_choice_that_is_left_out_adds_nothing_to_a_score():
    made_keys = keys.make(2)
    made = canaries.toss(50, num_spoiled=5, generator=made_keys.coins)
    case = tiny.case(summary=MULTIPLIERS)
    without = summaries.take(case, made, made_keys)
    chosen = tiny.case(summary=MULTIPLIERS, choice_noise_multipliers=(0.1, 0.1))
    np.testing.assert_array_equal(
        summaries.take(chosen, made, made_keys), without
    )
