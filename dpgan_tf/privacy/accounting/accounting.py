"""What private training costs: (epsilon, delta) of its noisy steps.

The accountants are those of TensorFlow Privacy. They price a
`plans.NoisePlan`, and assume:

- adjacency: add or remove one record;
- sampling: each record enters each step's batch independently, with
  probability q, and no batch is truncated or reused;
- k groups that are clipped and noised separately are one release with the
  effective noise multiplier sigma / sqrt(k), because one record moves them all;
- the sums of a summary are also one release, even if a later one is chosen by
  what an earlier one showed: multipliers s_1, s_2 .. give s with
  1 / s^2 = 1 / s_1^2 + 1 / s_2^2 + .. (Dong, Roth, Su 2022, corollary 3.3); a
  choice by the exponential mechanism costs no more than such a sum
  (`summary/exponential.py`);
- "rdp" (Mironov 2017; Mironov, Talwar, Zhang 2019) takes the best of the
  orders 1.1, 1.2 .. 10.9, 11 .. 63, 128, 256, 512 and 1024 and converts with
  Proposition 12 of Canonne, Kamath, Steinke 2020;
- "pld" (privacy loss distributions) discretizes losses pessimistically at
  1e-4, more finely where a step's losses are smaller, and more coarsely, hence
  at a higher price, for epsilon above 20. The possible rounding error is
  subtracted from delta first: the library's composition is off by some 1e-13
  after 1,000 steps, in either direction.

Both return upper bounds. What cannot be priced costs infinity or raises.
"""

import functools
import math
from collections.abc import Callable, Mapping

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices


def epsilon(plan: plans.NoisePlan, *, delta: float, accountant: str) -> float:
    """Return a plan's epsilon, computed once and kept.

    With "rdp" the first price of a noise multiplier takes some 50 ms, and that
    of another number of steps some 0.1 ms, cheap enough for every step of
    training; with "pld" each takes a tenth of a second or more.

    Args:
      plan: the plan of what is released about the records.
      delta: a number in (0, 1).
      accountant: "rdp" or "pld".

    Returns:
      An upper bound, at least 0, infinite if none is known.

    Raises:
      PrivacyError: for a value out of range, or a price that is not a number.
    """
    ranges.require_delta(delta)
    plans.require_accountant(accountant)
    return _epsilon(plan, delta, accountant)


@functools.lru_cache(maxsize=1024)
def _epsilon(plan: plans.NoisePlan, delta: float, accountant: str) -> float:
    if releases_nothing(plan):
        return 0.0
    return _checked("epsilon", _EPSILONS[accountant](plan, float(delta)))


def delta(plan: plans.NoisePlan, *, epsilon: float, accountant: str) -> float:
    """Return a plan's delta at a fixed epsilon.

    Args:
      plan: the plan of what is released about the records.
      epsilon: at least 0 and finite.
      accountant: "rdp" or "pld".

    Returns:
      An upper bound in [0, 1].

    Raises:
      PrivacyError: for a value out of range, or a price that is not a number.
    """
    ranges.require_not_negative("epsilon", epsilon)
    plans.require_accountant(accountant)
    if releases_nothing(plan):
        return 0.0
    value = _DELTAS[accountant](plan, float(epsilon))
    return min(1.0, _checked("delta", value))


def smallest_delta(plan: plans.NoisePlan, *, accountant: str) -> float:
    """Return the least delta that an accountant can tell from rounding.

    Args:
      plan: the plan of what is released about the records.
      accountant: "rdp" or "pld".

    Returns:
      0 for "rdp"; for "pld" twice the possible rounding error.
    """
    return 2 * prices.pld_rounding(plan) if accountant == "pld" else 0.0


_Price = Callable[[plans.NoisePlan, float], float]
_EPSILONS: Mapping[str, _Price] = {
    "rdp": prices.rdp_epsilon,
    "pld": prices.pld_epsilon,
}
_DELTAS: Mapping[str, _Price] = {
    "rdp": prices.rdp_delta,
    "pld": prices.pld_delta,
}


def releases_nothing(plan: plans.NoisePlan) -> bool:
    """Return whether a plan has no step and no summary.

    Args:
      plan: the plan of what is released about the records.
    """
    return not plan.num_steps and plan.summary_noise_multiplier is None


def _checked(name: str, value: float) -> float:
    """Return a price as a float, or raise: NaN compares as within budget."""
    if math.isnan(value) or value < 0:
        raise errors.PrivacyError(
            f"{name}={value}; expected >= 0, no claim can be made of it."
        )
    return float(value)
