"""The PLD accountant at a small delta: never too cheap, refused when blind."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from dp_accounting.pld import common
from scipy import fft

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices

TINY = plans.Target(epsilon=1.0, delta=1e-15, accountant="pld")


def plan(s, num_steps, *, q=1.0, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def price(released, delta):
    return accounting.epsilon(released, delta=delta, accountant="pld")


def exact_delta(epsilon, s):
    """Return delta of one Gaussian (Balle, Wang 2018), to 40 digits."""
    with mpmath.workdps(40):
        s, epsilon = mpmath.mpf(s), mpmath.mpf(epsilon)
        return mpmath.ncdf(1 / (2 * s) - epsilon * s) - mpmath.exp(
            epsilon
        ) * mpmath.ncdf(-1 / (2 * s) - epsilon * s)


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
    assert exact_delta(epsilon, joint) <= delta
    assert exact_delta(epsilon / 1.15, joint) > delta
    for epsilon in (4 / joint, 6 / joint, 9 / joint):
        found = accounting.delta(released, epsilon=epsilon, accountant="pld")
        assert found >= exact_delta(epsilon, joint)


@pytest.mark.parametrize(
    ("q", "s", "num_steps"), [(1.0, 186.0, 22), (0.0037, 0.44, 598)]
)
def test_the_bound_holds_for_what_longer_numbers_find(q, s, num_steps):
    spent = plan(s, num_steps, q=q)
    one = prices._pld_of_one_step(q, s, prices.pld_interval(spent))
    step = one._pmf_remove.to_dense_pmf()._probs
    low, high = common.compute_self_convolve_bounds(step, num_steps, 1e-15)
    _, found = common.self_convolve(step, num_steps, 1e-15)
    size = fft.next_fast_len(max(high - low + 1, len(step)))
    exactly = fft.ifft(fft.fft(step.astype(np.longdouble), size) ** num_steps)
    exactly = np.roll(np.real(exactly), -low)[: len(found)]
    error = float(np.abs(found - exactly).sum())
    assert error < prices.pld_rounding(spent) < 100 * error


@pytest.mark.parametrize("delta", [1e-12, 1e-15, 1e-18])
def test_one_gaussian_is_priced_at_any_delta(delta):
    epsilon = price(plan(5.0, 1), delta)
    assert exact_delta(epsilon, 5.0) <= delta
    assert exact_delta(0.999 * epsilon, 5.0) > delta
    alone = price(plan(1.0, 0, q=0.1, summary=5.0), delta)
    assert alone == pytest.approx(epsilon, rel=1e-9)


@pytest.mark.parametrize("delta", [1e-12, 1e-15, 1e-25])
def test_noise_for_a_delta_that_pld_is_blind_to_is_refused(delta):
    with pytest.raises(errors.PrivacyError, match="accountant=rdp") as caught:
        calibration.calibrate_noise_multiplier(
            dataclasses.replace(TINY, delta=delta),
            sampling_probability=0.01,
            num_steps=5_000,
        )
    assert f"delta={delta}" in str(caught.value)
    assert "1e-10" in str(caught.value)


def test_steps_for_a_delta_that_pld_is_blind_to_are_refused():
    with pytest.raises(errors.PrivacyError, match="accountant=rdp"):
        calibration.max_steps(plan(2.0, 0, q=0.01), TINY)


def test_the_same_budget_by_rdp_is_met_and_used_up():
    s = calibration.calibrate_noise_multiplier(
        dataclasses.replace(TINY, accountant="rdp"),
        sampling_probability=0.01,
        num_steps=5_000,
    )
    released = plan(s, 5_000, q=0.01)
    spent = accounting.epsilon(released, delta=1e-15, accountant="rdp")
    assert 0.999 < spent <= 1.0


@pytest.mark.parametrize(
    ("target", "num_steps"),
    [
        (0.01, 5_000),
        pytest.param(0.003, 5_000, marks=pytest.mark.slow),
        pytest.param(0.001, 300, marks=pytest.mark.slow),
    ],
)
def test_a_small_epsilon_is_not_spent_on_the_grid(target, num_steps):
    """A grid of 1e-4 is coarser than the losses of so noisy a step."""
    q = 0.0087
    s = calibration.calibrate_noise_multiplier(
        plans.Target(epsilon=target, delta=1e-5, accountant="pld"),
        sampling_probability=q,
        num_steps=num_steps,
    )
    # So noisy steps are nearly one Gaussian of noise s / (q sqrt(T)).
    joint = s / (q * math.sqrt(num_steps))
    assert exact_delta(target, joint) < 1e-5
    assert exact_delta(target, 0.95 * joint) > 1e-5


def test_a_finer_grid_is_never_cheaper_than_the_truth():
    for s in (3e3, 3e4, 3e5):
        epsilon = price(plan(s, 100), 1e-5)
        assert exact_delta(epsilon, s / 10) <= 1e-5
