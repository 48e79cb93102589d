import dataclasses
import math
import random

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration
from dpgan_tf.privacy.accounting import plans
from tests.privacy.accounting import gaussians


def plan(q, s, num_steps=0, *, summary=None):
    return plans.NoisePlan(
        sampling_probability=q,
        effective_noise_multiplier=s,
        num_steps=num_steps,
        summary_noise_multiplier=summary,
    )


def epsilon(q, s, num_steps, *, delta=1e-5, accountant="rdp", summary=None):
    released = plan(q, s, num_steps, summary=summary)
    return accounting.epsilon(released, delta=delta, accountant=accountant)


def target(epsilon, *, delta=1e-5, accountant="rdp"):
    return plans.Target(epsilon=epsilon, delta=delta, accountant=accountant)


def test_the_budget_is_used_up_and_never_exceeded():
    generator = random.Random(4)
    for _ in range(20):
        # Pricing a new (q, s) is what takes time: ten budgets for each.
        q = 10 ** generator.uniform(-4, -1)
        s = 10 ** generator.uniform(-0.4, 0.7)
        for _ in range(10):
            _require_tight(
                q,
                s,
                most=10 ** generator.uniform(-1, 1.2),
                delta=10 ** generator.uniform(-8, -4),
            )


def _require_tight(q, s, *, most, delta):
    num_steps = calibration.max_steps(plan(q, s), target(most, delta=delta))
    assert epsilon(q, s, num_steps, delta=delta) <= most
    if num_steps < plans.MAX_STEPS:
        assert epsilon(q, s, num_steps + 1, delta=delta) > most


def test_the_pld_budget_is_used_up_and_larger():
    by_pld, by_rdp = (
        calibration.max_steps(plan(0.01, 1.6), target(1.0, accountant=name))
        for name in ("pld", "rdp")
    )
    assert by_pld > by_rdp
    assert epsilon(0.01, 1.6, by_pld, accountant="pld") <= 1.0
    assert epsilon(0.01, 1.6, by_pld + 1, accountant="pld") > 1.0


def test_one_step_too_many_gives_no_steps():
    # One unsampled step at noise 1 costs 4.7 by RDP.
    assert calibration.max_steps(plan(1.0, 1.0), target(4.0)) == 0


def test_steps_without_end_stop_at_what_is_priced():
    found = calibration.max_steps(plan(1e-6, 10.0), target(8.0))
    assert found == plans.MAX_STEPS


def test_calibrated_noise_is_on_the_safe_side_and_tight():
    generator = random.Random(5)
    for _ in range(4):
        q = 10 ** generator.uniform(-3.5, -1.5)
        num_steps = generator.randint(1, 20_000)
        most = 10 ** generator.uniform(-0.5, 1.2)
        s = calibration.calibrate_noise_multiplier(
            target(most), sampling_probability=q, num_steps=num_steps
        )
        assert epsilon(q, s, num_steps) <= most
        assert epsilon(q, 0.999 * s, num_steps) > most


def test_calibrated_noise_by_pld_is_on_the_safe_side_and_tight():
    s = calibration.calibrate_noise_multiplier(
        target(0.7, accountant="pld"),
        sampling_probability=0.02,
        num_steps=1000,
    )
    assert epsilon(0.02, s, 1000, accountant="pld") <= 0.7
    assert epsilon(0.02, 0.999 * s, 1000, accountant="pld") > 0.7


def test_the_papers_mnist_budget_needs_a_multiplier_of_seven_tenths():
    s = calibration.calibrate_noise_multiplier(
        target(4.0), sampling_probability=256 / 49000, num_steps=3120
    )
    assert s == pytest.approx(0.7345, abs=2e-4)


def test_noise_for_no_steps_is_refused():
    with pytest.raises(errors.PrivacyError, match="num_steps=0"):
        calibration.calibrate_noise_multiplier(
            target(1.0), sampling_probability=0.01, num_steps=0
        )


def test_a_target_below_all_noise_is_refused():
    with pytest.raises(errors.PrivacyError, match="cannot be met"):
        calibration.calibrate_noise_multiplier(
            target(1e-9, delta=1e-12),
            sampling_probability=1.0,
            num_steps=10**6,
        )


@pytest.mark.parametrize(
    "accountant", ["rdp", pytest.param("pld", marks=pytest.mark.slow)]
)
def test_steps_and_noise_make_room_for_a_summary(accountant):
    most = target(1.0, accountant=accountant)
    sigmas = [
        calibration.calibrate_noise_multiplier(
            most,
            sampling_probability=0.02,
            num_steps=200,
            summary_noise_multiplier=summary,
        )
        for summary in (None, 20.0, 6.0)
    ]
    assert sigmas == sorted(sigmas) and sigmas[0] < sigmas[-1]
    spent = epsilon(0.02, sigmas[-1], 200, accountant=accountant, summary=6.0)
    assert 0.99 < spent <= 1.0
    steps = calibration.max_steps(plan(0.02, sigmas[-1], summary=6.0), most)
    assert 200 <= steps <= 203
    with pytest.raises(errors.PrivacyError, match="cannot be met"):
        calibration.calibrate_noise_multiplier(
            most,
            sampling_probability=0.02,
            num_steps=1,
            summary_noise_multiplier=3.0,
        )


@pytest.mark.slow
def test_a_summary_that_only_one_accountant_can_afford_leaves_room_for_steps():
    summary = calibration.calibrate_noise_multiplier(
        target(0.97, accountant="pld"), sampling_probability=1.0, num_steps=1
    )
    known = {
        "sampling_probability": 0.001,
        "num_steps": 4,
        "summary_noise_multiplier": summary,
    }
    with pytest.raises(errors.PrivacyError, match="cannot be met"):
        calibration.calibrate_noise_multiplier(target(1.0), **known)
    most = target(1.0, accountant="pld")
    sigma = calibration.calibrate_noise_multiplier(most, **known)
    found = calibration.max_steps(plan(0.001, sigma, summary=summary), most)
    assert found in range(4, 10)


TINY = plans.Target(epsilon=1.0, delta=1e-15, accountant="pld")


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
        calibration.max_steps(plan(0.01, 2.0), TINY)


def test_the_same_budget_by_rdp_is_met_and_used_up():
    s = calibration.calibrate_noise_multiplier(
        dataclasses.replace(TINY, accountant="rdp"),
        sampling_probability=0.01,
        num_steps=5_000,
    )
    released = plan(0.01, s, 5_000)
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
    assert gaussians.exact_delta(target, joint) < 1e-5
    assert gaussians.exact_delta(target, 0.95 * joint) > 1e-5
