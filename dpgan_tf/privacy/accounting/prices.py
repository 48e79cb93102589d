"""The library's accountants, for a Gaussian and T Poisson-sampled ones.

Use `accounting` instead: it checks delta, in (0, 1), and epsilon, at least 0.
Only this module imports TensorFlow Privacy, and it does so without TensorFlow.
"""

import dataclasses
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
from dpgan_tf.privacy.accounting import grids
from dpgan_tf.privacy.accounting import groups
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import rounding

_SMALLEST_MULTIPLIER = 1e-3
_LOG_MOMENT_FLOOR = 1e-10


def rdp_epsilon(plan: plans.NoisePlan, delta: float) -> float:
    """Return epsilon by the best Renyi order."""
    orders, total = rdp(plan)
    return dp_accounting.rdp.compute_epsilon(orders, total, delta)[0]


def rdp_delta(plan: plans.NoisePlan, epsilon: float) -> float:
    """Return delta by the best Renyi order."""
    orders, total = rdp(plan)
    return rdp_privacy_accountant.compute_delta(orders, total, epsilon)[0]


def rdp(plan: plans.NoisePlan) -> tuple[tuple[float, ...], list[float]]:
    """Return the Renyi divergences of a plan; those of several plans add up.

    Args:
      plan: the plan to price; a summary costs order / (2 s^2).

    Returns:
      The orders, and an upper bound at each order: infinite for several
      records of a unit.
    """
    orders, of_step = _rdp_of_one_step(
        float(plan.sampling_probability), float(plan.effective_noise_multiplier)
    )
    if _is_hopeless(plan) or plan.records_per_unit > 1:
        return orders, [math.inf] * len(orders)
    summary = _summary(plan)
    return orders, [
        plan.num_steps * value + 0.5 * order / summary / summary
        for order, value in zip(orders, of_step, strict=True)
    ]


def _summary(plan: plans.NoisePlan) -> float:
    """Return the noise multiplier of a unit in the summary, or infinity."""
    multiplier = plan.summary_noise_multiplier or math.inf
    return float(multiplier) / plan.records_per_unit


def _is_hopeless(plan: plans.NoisePlan) -> bool:
    """Return whether there is too little noise to ask an accountant."""
    of_steps = plan.effective_noise_multiplier / plan.records_per_unit
    return min(of_steps, _summary(plan)) < _SMALLEST_MULTIPLIER


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
        summary = pld_of_gaussian(_summary(plan), interval)
    if not num_steps:
        return Composed(summary, 0.0)
    steps = pld_of_one_step(
        float(plan.sampling_probability),
        float(plan.effective_noise_multiplier),
        interval,
        plan.records_per_unit,
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
def pld_of_gaussian(
    s: float, interval: float
) -> privacy_loss_distribution.PrivacyLossDistribution:
    """Return the losses of a Gaussian sum of all records, such as a summary.

    Args:
      s: noise multiplier.
      interval: discretization of the losses.
    """
    return privacy_loss_distribution.from_gaussian_mechanism(
        standard_deviation=s, value_discretization_interval=interval
    )


@functools.lru_cache(maxsize=4)
def pld_of_one_step(
    q: float, s: float, interval: float, num_records: int = 1
) -> privacy_loss_distribution.PrivacyLossDistribution:
    """Return the losses of a Gaussian sum of a Poisson sample.

    Args:
      q: sampling probability.
      s: effective noise multiplier.
      interval: discretization of the losses.
      num_records: number of records of a unit, each drawn on its own.
    """
    if num_records > 1:
        return groups.SampledGroup(q, s, num_records=num_records).pld(interval)
    return privacy_loss_distribution.from_gaussian_mechanism(
        standard_deviation=s,
        value_discretization_interval=interval,
        sampling_prob=q,
    )


def pld_interval(plan: plans.NoisePlan) -> float:
    """Return the discretization of losses that "pld" uses for a run.

    Losses are small where a step's deviation, near q / s, is; their spread is
    measured by the run's RDP at delta 1e-5.

    Args:
      plan: the plan to price.

    Returns:
      The interval; a larger one makes the price higher, never lower.
    """
    return grids.interval(_spread(plan), smallest_loss=smallest_loss(plan))


def smallest_loss(plan: plans.NoisePlan) -> float:
    """Return about how small the smallest loss of a plan is, at most 1.

    Args:
      plan: the plan to price.
    """
    losses = [1.0]
    if plan.summary_noise_multiplier is not None:
        losses.append(1 / plan.summary_noise_multiplier)
    if plan.num_steps:
        of_step = plan.sampling_probability / plan.effective_noise_multiplier
        losses.append(of_step)
    return min(losses)


def _is_beyond_memory(plan: plans.NoisePlan) -> bool:
    """Return whether losses spread so widely that no grid of them would fit.

    An epsilon of a hundred thousand protects nobody, but checking a claim of it
    must not run out of memory.
    """
    if _is_hopeless(plan):
        return True
    return not grids.fits(_spread(plan))


def _spread(plan: plans.NoisePlan) -> float:
    """Return about how widely the losses of a run spread."""
    most = plan.records_per_unit
    q = min(1.0, most * plan.sampling_probability)  # That any is drawn.
    one = dataclasses.replace(plan, sampling_probability=q, records_per_unit=1)
    return max(widest_loss(plan), most * rdp_epsilon(one, 1e-5))


def widest_loss(plan: plans.NoisePlan) -> float:
    """Return about how widely the losses of the dearest release spread.

    Args:
      plan: the plan to price.
    """
    of_step = plan.effective_noise_multiplier / plan.records_per_unit
    least = min(of_step, _summary(plan))
    return 0.5 / float(least) / float(least)
