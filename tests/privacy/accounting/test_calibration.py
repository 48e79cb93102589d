import math
import random

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import calibration


def epsilon(q, s, num_steps, *, delta=1e-5, accountant="rdp"):
    return accounting.EpsilonCurve(
        sampling_probability=q,
        effective_noise_multiplier=s,
        delta=delta,
        accountant=accountant,
    ).epsilon_after(num_steps)


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
                target=10 ** generator.uniform(-1, 1.2),
                delta=10 ** generator.uniform(-8, -4),
            )


def _require_tight(q, s, *, target, delta):
    num_steps = calibration.max_steps(
        target_epsilon=target,
        target_delta=delta,
        sampling_probability=q,
        effective_noise_multiplier=s,
        accountant="rdp",
    )
    assert epsilon(q, s, num_steps, delta=delta) <= target
    if num_steps < accounting.MAX_STEPS:
        assert epsilon(q, s, num_steps + 1, delta=delta) > target


def test_the_pld_budget_is_used_up_and_larger():
    arguments = {
        "target_epsilon": 1.0,
        "target_delta": 1e-5,
        "sampling_probability": 0.01,
        "effective_noise_multiplier": 1.6,
    }
    by_pld = calibration.max_steps(**arguments, accountant="pld")
    by_rdp = calibration.max_steps(**arguments, accountant="rdp")
    assert by_pld > by_rdp
    assert epsilon(0.01, 1.6, by_pld, accountant="pld") <= 1.0
    assert epsilon(0.01, 1.6, by_pld + 1, accountant="pld") > 1.0


def test_one_step_too_many_gives_no_steps():
    # One unsampled step at noise 1 costs 4.7 by RDP.
    assert (
        calibration.max_steps(
            target_epsilon=4.0,
            target_delta=1e-5,
            sampling_probability=1.0,
            effective_noise_multiplier=1.0,
            accountant="rdp",
        )
        == 0
    )


def test_steps_without_end_stop_at_what_is_priced():
    assert (
        calibration.max_steps(
            target_epsilon=8.0,
            target_delta=1e-5,
            sampling_probability=1e-6,
            effective_noise_multiplier=10.0,
            accountant="rdp",
        )
        == accounting.MAX_STEPS
    )


def test_calibrated_noise_is_on_the_safe_side_and_tight():
    generator = random.Random(5)
    for _ in range(4):
        q = 10 ** generator.uniform(-3.5, -1.5)
        num_steps = generator.randint(1, 20_000)
        target = 10 ** generator.uniform(-0.5, 1.2)
        s = calibration.calibrate_noise_multiplier(
            target_epsilon=target,
            target_delta=1e-5,
            sampling_probability=q,
            num_steps=num_steps,
            accountant="rdp",
        )
        assert epsilon(q, s, num_steps) <= target
        assert epsilon(q, 0.999 * s, num_steps) > target


def test_calibrated_noise_by_pld_is_on_the_safe_side_and_tight():
    s = calibration.calibrate_noise_multiplier(
        target_epsilon=0.7,
        target_delta=1e-5,
        sampling_probability=0.02,
        num_steps=1000,
        accountant="pld",
    )
    assert epsilon(0.02, s, 1000, accountant="pld") <= 0.7
    assert epsilon(0.02, 0.999 * s, 1000, accountant="pld") > 0.7


def test_the_papers_mnist_budget_needs_a_multiplier_of_seven_tenths():
    s = calibration.calibrate_noise_multiplier(
        target_epsilon=4.0,
        target_delta=1e-5,
        sampling_probability=256 / 49000,
        num_steps=3120,
        accountant="rdp",
    )
    assert s == pytest.approx(0.7345, abs=2e-4)


@pytest.mark.parametrize("target", [0.0, -1.0, math.inf, math.nan])
def test_impossible_targets_are_refused(target):
    arguments = {
        "target_epsilon": target,
        "target_delta": 1e-5,
        "sampling_probability": 0.01,
        "accountant": "rdp",
    }
    with pytest.raises(errors.PrivacyError, match="target_epsilon="):
        calibration.max_steps(**arguments, effective_noise_multiplier=1.0)
    with pytest.raises(errors.PrivacyError, match="target_epsilon="):
        calibration.calibrate_noise_multiplier(**arguments, num_steps=10)


def test_noise_for_no_steps_is_refused():
    with pytest.raises(errors.PrivacyError, match="num_steps=0"):
        calibration.calibrate_noise_multiplier(
            target_epsilon=1.0,
            target_delta=1e-5,
            sampling_probability=0.01,
            num_steps=0,
            accountant="rdp",
        )


def test_a_target_below_all_noise_is_refused():
    with pytest.raises(errors.PrivacyError, match="cannot be met"):
        calibration.calibrate_noise_multiplier(
            target_epsilon=1e-9,
            target_delta=1e-12,
            sampling_probability=1.0,
            num_steps=10**6,
            accountant="rdp",
        )


@pytest.mark.parametrize(
    "accountant", ["rdp", pytest.param("pld", marks=pytest.mark.slow)]
)
def test_steps_and_noise_make_room_for_a_summary(accountant):
    budget = {
        "target_epsilon": 1.0,
        "target_delta": 1e-5,
        "sampling_probability": 0.02,
        "accountant": accountant,
    }
    sigmas = [
        calibration.calibrate_noise_multiplier(
            num_steps=200, summary_noise_multiplier=summary, **budget
        )
        for summary in (None, 20.0, 6.0)
    ]
    assert sigmas == sorted(sigmas) and sigmas[0] < sigmas[-1]
    spent = accounting.EpsilonCurve(
        sampling_probability=0.02,
        effective_noise_multiplier=sigmas[-1],
        delta=1e-5,
        accountant=accountant,
        summary_noise_multiplier=6.0,
    ).epsilon_after(200)
    assert 0.99 < spent <= 1.0
    steps = calibration.max_steps(
        effective_noise_multiplier=sigmas[-1],
        summary_noise_multiplier=6.0,
        **budget,
    )
    assert 200 <= steps <= 203
    with pytest.raises(errors.PrivacyError, match="cannot be met"):
        calibration.calibrate_noise_multiplier(
            num_steps=1, summary_noise_multiplier=3.0, **budget
        )


@pytest.mark.slow
def test_a_summary_that_only_one_accountant_can_afford_leaves_room_for_steps():
    budget = {
        "target_epsilon": 1.0,
        "target_delta": 1e-5,
        "accountant": "pld",
    }
    summary = calibration.calibrate_noise_multiplier(
        **(budget | {"target_epsilon": 0.97}),
        sampling_probability=1.0,
        num_steps=1,
    )
    budget |= {"summary_noise_multiplier": summary}
    with pytest.raises(errors.PrivacyError, match="cannot be met"):
        calibration.calibrate_noise_multiplier(
            **(budget | {"accountant": "rdp"}),
            sampling_probability=0.001,
            num_steps=4,
        )
    sigma = calibration.calibrate_noise_multiplier(
        **budget, sampling_probability=0.001, num_steps=4
    )
    assert calibration.max_steps(
        **budget, sampling_probability=0.001, effective_noise_multiplier=sigma
    ) in range(4, 10)
