"""The library's accountants, for a Gaussian and T Poisson-sampled ones.

Use `accounting` instead: it checks delta, in (0, 1), and epsilon, at least 0.
Only this module imports TensorFlow Privacy, and it does so without TensorFlow.
"""

import functools
import math
import sys
from typing import NamedTuple

# The package alone would import TensorFlow, and fail on tf.estimator.
sys.skip_tf_privacy_import = True  # type: ignore[attr-defined]

# ruff: noqa: E402
import dp_accounting
import numpy as np
from dp_accounting.pld import privacy_loss_distribution
from dp_accounting.rdp import rdp_privacy_accountant
from tensorflow_privacy.privacy.analysis import compute_dp_sgd_privacy_lib

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import rounding

_SMALLEST_MULTIPLIER = 1e-3
_LOG_MOMENT_FLOOR = 1e-10
_LARGEST_GRID = 2e5
_LARGEST_FINE_GRID = 5e4
"""Largest grid of intervals below the usual one, which losses of few records
need: a wider grid takes seconds, and its price is hardly lower."""

_INTERVALS = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_USUAL_INTERVAL = 1e-4


def rdp_epsilon(plan: plans.NoisePlan, delta: float) -> float:
    """Return epsilon by the best Renyi order."""
    orders, total = _rdp(plan)
    return dp_accounting.rdp.compute_epsilon(orders, total, delta)[0]


def rdp_delta(plan: plans.NoisePlan, epsilon: float) -> float:
    """Return delta by the best Renyi order."""
    orders, total = _rdp(plan)
    return rdp_privacy_accountant.compute_delta(orders, total, epsilon)[0]


def _rdp(plan: plans.NoisePlan) -> tuple[tuple[float, ...], list[float]]:
    """Return orders and RDP; a Gaussian's is order / (2 s^2)."""
    orders, rdp = _rdp_of_one_step(
        float(plan.sampling_probability), float(plan.effective_noise_multiplier)
    )
    if _is_hopeless(plan):
        return orders, [math.inf] * len(orders)
    summary = _summary(plan)
    return orders, [
        plan.num_steps * value + 0.5 * order / summary / summary
        for order, value in zip(orders, rdp, strict=True)
    ]


def _summary(plan: plans.NoisePlan) -> float:
    """Return the noise multiplier of the summary, infinite for none."""
    multiplier = plan.summary_noise_multiplier
    return math.inf if multiplier is None else float(multiplier)


def _is_hopeless(plan: plans.NoisePlan) -> bool:
    """Return whether there is too little noise to ask an accountant."""
    least = min(plan.effective_noise_multiplier, _summary(plan))
    return least < _SMALLEST_MULTIPLIER


@functools.lru_cache(maxsize=1024)
def _rdp_of_one_step(
    q: float, s: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the orders and the RDP of one step, raised where it is rounding.

    The library sums series to an absolute error near 1e-13 of the log
    moment (order - 1) * rdp. Log moments below 1e-10 are raised to 1e-10:
    an order that rounded to zero would otherwise price any run at nothing.
    """
    kinds = compute_dp_sgd_privacy_lib.AccountantType
    accountant = kinds.RDP.get_accountant()
    orders = accountant.orders
    if s < _SMALLEST_MULTIPLIER:
        return tuple(orders.tolist()), (math.inf,) * len(orders)
    step = dp_accounting.PoissonSampledDpEvent(
        q, dp_accounting.GaussianDpEvent(s)
    )
    rdp = accountant.compose(step).rdp
    if np.isnan(rdp).any():
        raise errors.PrivacyError(
            f"the RDP of sampling_probability={q} and noise multiplier {s} "
            "is not a number; no claim can be made of it."
        )
    rdp = np.maximum(rdp, _LOG_MOMENT_FLOOR / (orders - 1))
    return tuple(orders.tolist()), tuple(rdp.tolist())


class Composed(NamedTuple):
    """A privacy loss distribution, and how far rounding moves its delta.

    Attributes:
      pld: the library's upper bound of the losses, for both directions.
      rounding: a bound on the rounding error of every delta.
    """

    pld: privacy_loss_distribution.PrivacyLossDistribution
    rounding: float


def pld_epsilon(plan: plans.NoisePlan, delta: float) -> float:
    """Return epsilon by the privacy loss distribution.

    Infinity where delta is lost in rounding; see `pld_rounding`.
    """
    composed = composed_pld(plan)
    if composed is None or delta <= composed.rounding:
        return math.inf
    return composed.pld.get_epsilon_for_delta(delta - composed.rounding)


def pld_delta(plan: plans.NoisePlan, epsilon: float) -> float:
    """Return delta by the privacy loss distribution."""
    composed = composed_pld(plan)
    if composed is None:
        return 1.0
    found = composed.pld.get_delta_for_epsilon(epsilon)
    return max(0.0, found) + composed.rounding


def pld_rounding(plan: plans.NoisePlan) -> float:
    """Return how much of delta "pld" sets aside for rounding.

    Args:
      plan: the plan to price.

    Returns:
      A bound on the error of every delta, 0 where nothing is composed.
    """
    composed = composed_pld(plan)
    return 0.0 if composed is None else composed.rounding


def composed_pld(plan: plans.NoisePlan) -> Composed | None:
    """Return the privacy loss distribution of a plan.

    Args:
      plan: the plan to price, which releases something.

    Returns:
      The distribution, None where "pld" has no price.
    """
    if _is_beyond_memory(plan):
        return None
    try:
        return _composed_pld(plan)
    except ValueError:  # See `_composed_pld`.
        return None


@functools.lru_cache(maxsize=1)
def _composed_pld(plan: plans.NoisePlan) -> Composed:
    """Compose PLDs as the library's accountant does.

    The last one is kept: a request for delta often follows one for epsilon.

    Raises:
      ValueError: for some runs with little noise, whose losses the library's
        own rounding puts out of order; it has no price for them.
    """
    interval, num_steps = pld_interval(plan), int(plan.num_steps)
    summary = None
    if plan.summary_noise_multiplier is not None:
        summary = _pld_of_summary(_summary(plan), interval)
    if not num_steps:
        return Composed(summary, 0.0)
    steps = _pld_of_one_step(
        float(plan.sampling_probability),
        float(plan.effective_noise_multiplier),
        interval,
    )
    if num_steps > 1:
        steps = steps.self_compose(num_steps)
    elif summary is None:
        return Composed(steps, 0.0)
    composed = steps if summary is None else summary.compose(steps)
    return Composed(
        composed, rounding.bound(steps, composed, num_steps=num_steps)
    )


@functools.lru_cache(maxsize=4)
def _pld_of_summary(
    summary: float, interval: float
) -> privacy_loss_distribution.PrivacyLossDistribution:
    return privacy_loss_distribution.from_gaussian_mechanism(
        standard_deviation=summary, value_discretization_interval=interval
    )


@functools.lru_cache(maxsize=4)
def _pld_of_one_step(
    q: float, s: float, interval: float
) -> privacy_loss_distribution.PrivacyLossDistribution:
    return privacy_loss_distribution.from_gaussian_mechanism(
        standard_deviation=s,
        value_discretization_interval=interval,
        sampling_prob=q,
    )


def pld_interval(plan: plans.NoisePlan) -> float:
    """Return the discretization of losses that "pld" uses for a run.

    It is the library's default, 1e-4, unless a step's losses are smaller (their
    deviation is near q / s), so that rounding them up would be most of the
    price; or unless losses spread so widely (measured by the run's RDP at delta
    1e-5) that the grid would not fit in memory.

    Args:
      plan: the plan to price.

    Returns:
      The interval; a larger one makes the price higher, never lower.
    """
    spread = _spread(plan)
    smallest_loss = 1.0
    if plan.summary_noise_multiplier is not None:
        smallest_loss = 1 / _summary(plan)
    if plan.num_steps:
        of_step = plan.sampling_probability / plan.effective_noise_multiplier
        smallest_loss = min(smallest_loss, of_step)
    wanted = min(smallest_loss / 2, _USUAL_INTERVAL)
    fine = max(
        (interval for interval in _INTERVALS if interval <= wanted),
        default=_INTERVALS[0],
    )
    for interval in _INTERVALS:
        largest = _LARGEST_GRID
        if interval < _USUAL_INTERVAL:
            largest = _LARGEST_FINE_GRID
        if interval >= fine and spread / interval <= largest:
            return interval
    return _INTERVALS[-1]


def _is_beyond_memory(plan: plans.NoisePlan) -> bool:
    """Return whether losses spread so widely that no grid of them would fit.

    An epsilon of a hundred thousand protects nobody, but checking a claim of it
    must not run out of memory.
    """
    if _is_hopeless(plan):
        return True
    return not _spread(plan) <= _LARGEST_GRID * _INTERVALS[-1]


def _spread(plan: plans.NoisePlan) -> float:
    """Return about how widely the losses of a run spread."""
    summary = _summary(plan)
    return max(
        1 / (2 * float(plan.effective_noise_multiplier) ** 2),
        0.5 / summary / summary,
        rdp_epsilon(plan, 1e-5),
    )
