"""Numbers that have no price are refused by the flag that gave them."""

import pytest

from dpgan_tf import errors
from dpgan_tf.commands import account_checks

VALUES = {
    "num_examples": 1_000,
    "batch_size": 50.0,
    "delta": 1e-5,
    "noise_multiplier": 1.0,
    "num_groups": 1,
    "num_steps": 10,
    "records_per_unit": 1,
    "summary_noise_multiplier": None,
    "target_epsilon": None,
}


def test_numbers_in_range_are_accepted():
    account_checks.require_possible(VALUES)
    account_checks.require_possible(VALUES | {"records_per_unit": 100})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_examples", 0),
        ("num_examples", 10**16),
        ("batch_size", 1_001.0),
        ("delta", 0.001),
        ("noise_multiplier", 0.0),
        ("num_groups", 0),
        ("num_steps", 10**7),
        ("records_per_unit", 0),
        ("records_per_unit", -1),
        ("records_per_unit", 101),
        ("summary_noise_multiplier", -1.0),
        ("target_epsilon", float("inf")),
    ],
)
def test_a_number_out_of_range_names_its_flag(name, value):
    with pytest.raises(errors.UserError, match=f"^--{name}="):
        account_checks.require_possible(VALUES | {name: value})


def test_a_unit_has_at_most_all_records():
    few = VALUES | {"num_examples": 60, "records_per_unit": 61}
    with pytest.raises(errors.UserError, match="--records_per_unit=61"):
        account_checks.require_possible(few)
