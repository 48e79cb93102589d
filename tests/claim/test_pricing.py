"""What a run costs, and what of a budget is left, by hand."""

import dataclasses
import json
import math

import pytest

from dpgan_tf.claim import pricing
from dpgan_tf.claim import risk as risks
from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans


def test_infinity_is_valid_json():
    text = pricing.to_json({"a": [float("inf")], "b": {"c": 1.5}})
    assert json.loads(text) == {"a": ["inf"], "b": {"c": 1.5}}


def run_of(**changes):
    values = {
        "num_examples": 50_000,
        "batch_size": 250,
        "num_groups": 4,
        "delta": 1e-5,
        "accountant": "rdp",
    }
    return pricing.Run(**values | changes)


def test_the_numbers_of_a_run_follow_from_each_other_by_hand():
    report = pricing.price(run_of(), noise_multiplier=3.0, num_steps=400)
    assert report["sampling_probability"] == 0.005
    assert report["effective_noise_multiplier"] == 1.5
    assert report["epochs"] == 2
    # 1.5 sqrt(100,000) / 250, and a twentieth of it for the mean of 400.
    assert report["noise_of_a_step"] == pytest.approx(1.897366596101028)
    assert report["noise_of_all_steps"] == pytest.approx(0.0948683298)
    assert report["target_epsilon"] is None


def test_a_price_is_the_accountants():
    report = pricing.price(run_of(), noise_multiplier=3.0, num_steps=400)
    plan = plans.NoisePlan(
        sampling_probability=0.005,
        effective_noise_multiplier=1.5,
        num_steps=400,
    )
    assert report["epsilon"] == {
        name: accounting.epsilon(plan, delta=1e-5, accountant=name)
        for name in plans.ACCOUNTANTS
    }


def test_a_price_has_the_risk_of_its_plan():
    report = pricing.price(run_of(), noise_multiplier=3.0, num_steps=400)
    plan = pricing.plan_of(report)
    assert (plan.num_steps, plan.effective_noise_multiplier) == (400, 1.5)
    assert report["risk"] == risks.of_plan(
        plan, delta=1e-5, num_examples=50_000, accountant="rdp"
    )


def test_records_of_one_person_are_priced_together():
    solved = {"noise_multiplier": 3.0, "num_steps": 400}
    group = pricing.of_group(run_of(), **solved, num_records=3)
    plan = dataclasses.replace(run_of().plan(**solved), records_per_unit=3)
    price = accounting.epsilon(plan, delta=1e-5, accountant="pld")
    assert group["records_per_unit"] == 3 and group["epsilon"] == price
    assert price > 2 * pricing.price(run_of(), **solved)["epsilon"]["pld"]
    assert group["risk"]["epsilon_at_natural_delta"] > price


def test_no_steps_have_no_noise_over_their_signal():
    report = pricing.price(run_of(), noise_multiplier=3.0, num_steps=0)
    assert report["noise_of_all_steps"] == math.inf
    assert set(report["epsilon"].values()) == {0.0}


def test_the_least_noise_and_the_most_steps_are_the_last_that_fit():
    run = run_of()

    def spent(noise_multiplier, num_steps):
        report = pricing.price(
            run, noise_multiplier=noise_multiplier, num_steps=num_steps
        )
        return report["epsilon"]["rdp"]

    sigma = run.least_noise(num_steps=400, target_epsilon=1.0)
    assert sigma == round(sigma, 6)
    assert spent(sigma, 400) <= 1 < spent(sigma - 1e-3, 400)
    most = run.most_steps(noise_multiplier=3.0, target_epsilon=1.0)
    assert spent(3.0, most) <= 1 < spent(3.0, most + 1)


def test_a_summary_leaves_fewer_steps():
    alone = run_of().most_steps(noise_multiplier=3.0, target_epsilon=1.0)
    beside = run_of(summary_noise_multiplier=6.0).most_steps(
        noise_multiplier=3.0, target_epsilon=1.0
    )
    assert 0 < beside < alone
    hopeless = run_of(summary_noise_multiplier=1.0)
    with pytest.raises(errors.PrivacyError, match="target_epsilon=1.0 cannot"):
        hopeless.most_steps(noise_multiplier=3.0, target_epsilon=1.0)


def test_where_one_step_is_too_much_none_is_found():
    run = run_of(batch_size=50_000, num_groups=1)
    assert run.most_steps(noise_multiplier=0.5, target_epsilon=1.0) == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.0, 1.0),
        (1.0000001, 1.000001),
        (1e-9, 1e-6),
        (0.0, 0.0),
        (math.inf, math.inf),
    ],
)
def test_noise_is_rounded_up_to_six_digits(value, shown):
    assert pricing.round_up(value) == shown
