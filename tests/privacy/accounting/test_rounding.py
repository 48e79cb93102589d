"""How far rounding moves a small delta: never below what it is."""

import math

import numpy as np
import pytest
from dp_accounting.pld import common
from scipy import fft

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices
from dpgan_tf.privacy.accounting import rounding
from tests.privacy.accounting import gaussians


def plan(s, num_steps, *, q=1.0, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def price(released, delta):
    return accounting.epsilon(released, delta=delta, accountant="pld")


@pytest.mark.parametrize(
    ("num_steps", "joint", "delta"),
    [
        (618, 0.570416962, 1e-10),
        (1_774, 1.201420113, 1e-10),
        (24_659, 5.312184521, 1e-9),
        (40_935, 4.847175437, 1e-9),
        pytest.param(285_471, 0.513862998, 1e-8, marks=pytest.mark.slow),
    ],
)
def test_rounding_never_makes_a_small_delta_cheap(num_steps, joint, delta):
    """T Gaussians of noise s sqrt(T) are one of noise s."""
    released = plan(joint * math.sqrt(num_steps), num_steps)
    epsilon = price(released, delta)
    assert gaussians.exact_delta(epsilon, joint) <= delta
    assert gaussians.exact_delta(epsilon / 1.15, joint) > delta
    for epsilon in (4 / joint, 6 / joint, 9 / joint):
        found = accounting.delta(released, epsilon=epsilon, accountant="pld")
        assert found >= gaussians.exact_delta(epsilon, joint)


@pytest.mark.parametrize(
    ("q", "s", "num_steps"), [(1.0, 186.0, 22), (0.0037, 0.44, 598)]
)
def test_the_bound_holds_for_what_longer_numbers_find(q, s, num_steps):
    spent = plan(s, num_steps, q=q)
    one = prices.pld_of_one_step(q, s, prices.pld_interval(spent))
    step = one._pmf_remove.to_dense_pmf()._probs
    low, high = common.compute_self_convolve_bounds(step, num_steps, 1e-15)
    _, found = common.self_convolve(step, num_steps, 1e-15)
    size = fft.next_fast_len(max(high - low + 1, len(step)))
    exactly = fft.ifft(fft.fft(step.astype(np.longdouble), size) ** num_steps)
    exactly = np.roll(np.real(exactly), -low)[: len(found)]
    error = float(np.abs(found - exactly).sum())
    assert error < prices.pld_rounding(spent) < 100 * error


def composed_by_hand(num_steps):
    """Return a Gaussian's losses, and the bound by its formula."""
    step = prices.pld_of_one_step(1.0, 20.0, 1e-3)
    whole = step.self_compose(num_steps)
    probabilities = [
        np.asarray(part.to_dense_pmf()._probs)
        for part in (whole._pmf_remove, whole._pmf_add)
    ]
    size = max(map(len, probabilities))
    norm = max(math.sqrt(sum(p * p)) for p in probabilities)
    expected = (
        2.0**-53 * (num_steps + 3) * math.log2(size) * math.sqrt(size) * norm
    )
    return whole, expected


@pytest.mark.parametrize("num_steps", [2, 100])
def test_the_bound_is_the_formula_of_its_derivation(num_steps):
    whole, expected = composed_by_hand(num_steps)
    found = rounding.bound(whole, whole, num_steps=num_steps)
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_summary_makes_the_grid_longer_and_the_bound_larger():
    steps, alone = composed_by_hand(10)
    summary = prices.pld_of_gaussian(2.0, 1e-3)
    both = summary.compose(steps)
    found = rounding.bound(steps, both, num_steps=10)
    # The probabilities are those of the steps: a transform of theirs rounds.
    assert alone < found < 10 * alone


def test_nothing_is_given_up_where_nothing_is_composed():
    assert prices.pld_rounding(plan(5.0, 1)) == 0
    assert prices.pld_rounding(plan(5.0, 0, summary=5.0)) == 0
    assert prices.pld_rounding(plan(5.0, 2)) > 0
