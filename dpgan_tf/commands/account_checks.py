"""The numbers that `account` can price; others are refused by their flag."""

import math
from typing import Any

from dpgan_tf import errors
from dpgan_tf.privacy.accounting import plans

_AT_MOST = {
    "num_examples": 10**15,
    "num_groups": 10**6,
    "noise_multiplier": 1e6,
    "summary_noise_multiplier": 1e6,
    "target_epsilon": 1e6,
}
"""Larger than any run needs, and within the accountants' range."""


def require_possible(values: dict[str, Any]) -> None:
    """Refuse a number that is out of range.

    Args:
      values: the values of the flags by their names, None for those that are
        not given.

    Raises:
      UserError: naming the flag, its value and the range.
    """
    for name, most in _AT_MOST.items():
        value = values[name]
        if value is not None and value > most:
            shown = errors.printable(value, largest=40)
            raise errors.UserError(
                f"--{name}={shown}; expected at most {most:g}."
            )
    n, groups, steps = (
        values["num_examples"],
        values["num_groups"],
        values["num_steps"],
    )
    _require("num_examples", n, n >= 1, ">= 1")
    _require("num_groups", groups, groups >= 1, ">= 1")
    _require(
        "batch_size",
        values["batch_size"],
        0 < values["batch_size"] <= n,
        f"> 0 and at most --num_examples={n}, so that the sampling "
        "probability is at most 1",
    )
    _require(
        "delta",
        values["delta"],
        0 < values["delta"] < 1 / n,
        f"> 0 and below 1 / num_examples = {1 / n:.3g}; a larger delta would "
        "allow publishing records at random",
    )
    for name in (
        *("noise_multiplier", "target_epsilon"),
        "summary_noise_multiplier",
    ):
        value = values[name]
        holds = value is None or 0 < value < math.inf
        _require(name, value, holds, "> 0 and finite")
    most = values["records_per_unit"]
    _require(
        "records_per_unit",
        most,
        1 <= most <= min(n, plans.MAX_RECORDS_PER_UNIT),
        f"between 1 and {plans.MAX_RECORDS_PER_UNIT}, and at most "
        "--num_examples",
    )
    _require(
        "num_steps",
        steps,
        steps is None or 1 <= steps <= plans.MAX_STEPS,
        f"between 1 and {plans.MAX_STEPS}",
    )


def _require(name: str, value: Any, holds: bool, expected: str) -> None:
    if not holds:
        raise errors.UserError(f"--{name}={value}; expected {expected}.")
