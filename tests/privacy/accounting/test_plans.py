import math

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import plans

PLAN = {
    "sampling_probability": 0.01,
    "effective_noise_multiplier": 1.0,
    "num_steps": 10,
    "summary_noise_multiplier": 5.0,
}
TARGET = {"epsilon": 1.0, "delta": 1e-5, "accountant": "rdp"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("sampling_probability", value) for value in (0.0, 1.01, math.nan)],
        *[
            (name, value)
            for name in (
                "effective_noise_multiplier",
                "summary_noise_multiplier",
            )
            for value in (0.0, -1.0, math.inf, math.nan)
        ],
        *[
            ("num_steps", value)
            for value in (-1, 1.5, True, plans.MAX_STEPS + 1)
        ],
    ],
)
def test_what_has_no_price_is_no_plan(name, value):
    with pytest.raises(errors.PrivacyError, match=f"{name}={value}; expected"):
        plans.NoisePlan(**PLAN | {name: value})


@pytest.mark.parametrize("num_steps", [-1, plans.MAX_STEPS + 1])
def test_another_number_of_steps_is_checked(num_steps):
    plan = plans.NoisePlan(**PLAN)
    assert plan.after(7) == plans.NoisePlan(**PLAN | {"num_steps": 7})
    with pytest.raises(errors.PrivacyError, match="num_steps="):
        plan.after(num_steps)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epsilon", value) for value in (0.0, -1.0, math.inf, math.nan)],
        *[("delta", value) for value in (0.0, 1.0, math.nan)],
        ("accountant", "moments"),
    ],
)
def test_an_impossible_target_is_refused_by_name(name, value):
    with pytest.raises(errors.PrivacyError, match=f"{name}={value!r}"):
        plans.Target(**TARGET | {name: value})
