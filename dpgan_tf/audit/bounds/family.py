"""The least epsilon of a family of mechanisms that scores do not refute.

The family has the claim's sampling and steps, with its noise times a factor r,
the same for all. A member is refuted if the counts are too good for its
trade-off curve. The least epsilon that is left is a lower bound, if the
mechanism is of the family: this is an assumption, and it is what goes beyond
the few units of epsilon that any counts of some thousand canaries can show.
"""

import dataclasses
import math
from collections.abc import Callable

from dpgan_tf.audit.bounds import exact
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff

_LEAST, _MOST = 2.0**-5, 2.0**6
_FIRST_STEP = 1.5
_TURNS = 7


def member(plan: plans.NoisePlan, factor: float) -> plans.NoisePlan:
    """Return a plan with its noise times a factor.

    Args:
      plan: the plan that is claimed.
      factor: r, positive.
    """
    summary = plan.summary_noise_multiplier
    return dataclasses.replace(
        plan,
        effective_noise_multiplier=factor * plan.effective_noise_multiplier,
        summary_noise_multiplier=None if summary is None else factor * summary,
    )


def presence(plan: plans.NoisePlan) -> exact.Curve:
    """Return the most that a test for a record's presence can detect.

    Args:
      plan: the plan of what is released about the records.
    """
    return tradeoff.of_plan(plan).polygons[0].at


def largest_factor(
    plan: plans.NoisePlan,
    p_value: Callable[[exact.Curve], float],
    *,
    error: float,
) -> float:
    """Return the largest r that the counts do not refute.

    Args:
      plan: the plan that is claimed.
      p_value: how surprising what was found is for a curve.
      error: probability of a wrong refutation.

    Returns:
      r, rounded up, from 1/32; infinity if 64 times the noise is plausible.
    """

    def is_refuted(factor: float) -> bool:
        return p_value(presence(member(plan, factor))) < error

    low = high = 1.0
    if is_refuted(1.0):
        while is_refuted(low):
            if low < _LEAST:
                return _LEAST
            low, high = low / _FIRST_STEP, low
    else:
        while not is_refuted(high):
            if high > _MOST:
                return math.inf
            low, high = high, high * _FIRST_STEP
    for _ in range(_TURNS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if is_refuted(middle) else (middle, high)
    return high
