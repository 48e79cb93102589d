"""What a data owner may ask for, and what it says about runs."""

import math

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import composition
from dpgan_tf.privacy.register import policy as policies
from tests.privacy.register import examples


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"epsilon": 0.0}, "epsilon"),
        ({"epsilon": math.inf}, "epsilon"),
        ({"epsilon": math.nan}, "epsilon"),
        ({"delta": 0.0}, "delta"),
        ({"delta": 1.0}, "delta"),
        ({"order": 1.0}, "order=1.0"),
        ({"order": 6.05}, "order=6.05"),
        ({"most_records_per_unit": 0}, "most_records_per_unit=0"),
    ],
)
def test_an_impossible_policy_is_refused(wrong, named):
    known = {"epsilon": 2.0, "delta": 1e-5}
    with pytest.raises(errors.PrivacyError, match=named):
        policies.Policy(**known | wrong)


@pytest.mark.parametrize("unit", [1, 3])
def test_a_policy_is_read_as_it_was_written(unit):
    known = {"epsilon": 2.0, "delta": 1e-5, "most_records_per_unit": unit}
    for made in (policies.Policy(**known), policies.adaptive(**known)):
        assert policies.of(made.parameters) == made
        assert not policies.KIND.problem_of(made.parameters)
    usual = policies.Policy(epsilon=2.0, delta=1e-5)
    assert set(usual.parameters) == {"epsilon", "delta"}


def test_fixed_plans_cost_their_composition_and_chosen_ones_their_order():
    released = [examples.plan(), examples.plan(50, q=0.1, s=3.0)]
    usual = policies.Policy(epsilon=2.0, delta=1e-5)
    filtered = policies.adaptive(epsilon=2.0, delta=1e-5)
    assert usual.spent(released) == composition.epsilon(released, delta=1e-5)
    assert filtered.spent(released) == composition.epsilon_at_order(
        released,
        delta=1e-5,
        order=composition.best_order(epsilon=2.0, delta=1e-5),
    )
    assert filtered.spent(released) > usual.spent(released)
