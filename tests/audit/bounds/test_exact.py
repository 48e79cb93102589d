"""Counts against exact binomials, by sums that are not the code's."""

import functools
import itertools

import numpy as np
import pytest
from scipy import stats

from dpgan_tf.audit.bounds import exact


def counts(false_alarms, detections, num=50, threshold=0.0):
    return exact.Counts(
        threshold=threshold,
        false_alarms=false_alarms,
        num_out=num,
        detections=detections,
        num_in=num,
    )


def gaussian(mu):
    return lambda alarms: stats.norm.sf(stats.norm.isf(alarms) - mu)


@pytest.mark.parametrize("number, total", [(0, 9), (3, 9), (9, 9), (40, 2000)])
def test_intervals_are_those_of_clopper_and_pearson(number, total):
    left, right = exact.interval(number, total, error=0.05)
    if number:
        assert stats.binom.sf(number - 1, total, left) == pytest.approx(0.025)
    else:
        assert left == 0
    if number < total:
        assert stats.binom.cdf(number, total, right) == pytest.approx(0.025)
    else:
        assert right == 1


def test_scores_at_the_threshold_are_not_above_it():
    found = exact.count(
        [0, 1, 1, 2, np.inf], [True, True, False, False, True], threshold=1
    )
    assert (found.detections, found.num_in) == (1, 3)
    assert (found.false_alarms, found.num_out) == (1, 2)


def _surely(alarms, detections, found):
    """Return the probability of such a gain, by summing over all outcomes."""
    total = 0.0
    for a, d in itertools.product(range(found.num_out + 1), repeat=2):
        gain = d / found.num_in - found.slope * a / found.num_out
        if gain >= found.gain - 1e-12:
            total += stats.binom.pmf(
                a, found.num_out, alarms
            ) * stats.binom.pmf(d, found.num_in, detections)
    return total


@pytest.mark.parametrize("threshold", [-0.5, 0.0, 1.0])
def test_a_p_value_is_the_largest_over_all_rates_and_little_more(threshold):
    curve = gaussian(0.8)
    found = counts(4, 14, num=20, threshold=threshold)
    left, right = exact.interval(4, 20, error=1e-4)
    largest = max(
        _surely(a, curve(a), found) for a in np.linspace(left, right, 25)
    )
    p = exact.p_value(found, curve)
    assert largest <= p <= 1.1 * largest + 2e-4


def test_a_curve_that_jumps_within_a_cell_is_not_underestimated():
    found = counts(4, 14, num=20)
    left, right = exact.interval(4, 20, error=1e-4)
    jump = left + (right - left) * (20 / 128 + 1e-6)

    def curve(alarms):
        return np.where(np.asarray(alarms) < jump, 0.1, 0.6)

    assert _surely(jump, 0.6, found) <= exact.p_value(found, curve)


def test_perfect_detection_refutes_and_none_does_not():
    assert exact.p_value(counts(0, 50), gaussian(1.0)) < 1e-3
    assert exact.p_value(counts(25, 25), gaussian(0.0)) > 0.4
    assert exact.p_value(counts(0, 0), gaussian(0.0)) == 1


def test_a_true_curve_is_refuted_no_more_often_than_stated():
    """1,000 repeats at the curve itself, where the probability is largest."""
    rng = np.random.default_rng(3)
    mu, num = 0.9, 50
    curve = gaussian(mu)
    p_value = functools.lru_cache(lambda found: exact.p_value(found, curve))
    refuted = 0
    for _ in range(1_000):
        out, there = rng.normal(size=num), rng.normal(mu, size=num)
        scores = mu * np.concatenate([out, there]) - mu**2 / 2
        is_in = np.arange(2 * num) >= num
        found = exact.count(scores, is_in, threshold=0.0)
        refuted += p_value(found) < 0.05
    assert 10 <= refuted <= stats.binom.ppf(0.999, 1_000, 0.05)
