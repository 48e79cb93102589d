"""The library's accountants, for T Poisson-sampled Gaussians.

Arguments are checked by `accounting`, which is what the others use: q in
(0, 1], s > 0, T >= 1, delta in (0, 1), epsilon >= 0. This is the one module
that imports TensorFlow Privacy, and it does so without TensorFlow.
"""

import functools
import math
import sys

# The package alone would import TensorFlow, and fail on tf.estimator.
sys.skip_tf_privacy_import = True  # type: ignore[attr-defined]

# ruff: noqa: E402
import dp_accounting
import numpy as np
from dp_accounting.pld import privacy_loss_distribution
from dp_accounting.rdp import rdp_privacy_accountant
from tensorflow_privacy.privacy.analysis import compute_dp_sgd_privacy_lib

from dpgan_tf.privacy import errors

_SMALLEST_MULTIPLIER = 1e-3
_LOG_MOMENT_FLOOR = 1e-10
_LARGEST_GRID = 2e5
_INTERVALS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


def rdp_epsilon(q: float, s: float, num_steps: int, delta: float) -> float:
    """Return epsilon by the best Renyi order."""
    orders, rdp = _rdp_of_one_step(q, s)
    total = [num_steps * value for value in rdp]
    return dp_accounting.rdp.compute_epsilon(orders, total, delta)[0]


def rdp_delta(q: float, s: float, num_steps: int, epsilon: float) -> float:
    """Return delta by the best Renyi order."""
    orders, rdp = _rdp_of_one_step(q, s)
    total = [num_steps * value for value in rdp]
    return rdp_privacy_accountant.compute_delta(orders, total, epsilon)[0]


@functools.lru_cache(maxsize=1024)
def _rdp_of_one_step(
    q: float, s: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the orders and the RDP of one step, raised where it is noise.

    The library sums series to an absolute error near 1e-13 of the log
    moment (order - 1) * rdp. What it returns below 1e-10 is raised to that:
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


@functools.lru_cache(maxsize=1024)
def pld_epsilon(q: float, s: float, num_steps: int, delta: float) -> float:
    """Return epsilon by the privacy loss distribution."""
    if s < _SMALLEST_MULTIPLIER:
        return math.inf
    return _composed_pld(q, s, num_steps).get_epsilon_for_delta(delta)


@functools.lru_cache(maxsize=1024)
def pld_delta(q: float, s: float, num_steps: int, epsilon: float) -> float:
    """Return delta by the privacy loss distribution."""
    if s < _SMALLEST_MULTIPLIER:
        return 1.0
    return _composed_pld(q, s, num_steps).get_delta_for_epsilon(epsilon)


def _composed_pld(
    q: float, s: float, num_steps: int
) -> privacy_loss_distribution.PrivacyLossDistribution:
    """Compose a step's PLD as the library's accountant does."""
    one_step = _pld_of_one_step(q, s, pld_interval(q, s, num_steps))
    return one_step.self_compose(num_steps)


@functools.lru_cache(maxsize=4)
def _pld_of_one_step(
    q: float, s: float, interval: float
) -> privacy_loss_distribution.PrivacyLossDistribution:
    return privacy_loss_distribution.from_gaussian_mechanism(
        standard_deviation=s,
        value_discretization_interval=interval,
        sampling_prob=q,
    )


def pld_interval(
    sampling_probability: float,
    effective_noise_multiplier: float,
    num_steps: int,
) -> float:
    """Return the discretisation of losses that "pld" uses for a run.

    The default of the library, unless losses spread so widely (measured by
    the run's RDP at delta 1e-5) that the grid would not fit in memory.

    Args:
      sampling_probability: q.
      effective_noise_multiplier: sigma / sqrt(k).
      num_steps: T.

    Returns:
      The interval; a larger one makes the price higher, never lower.
    """
    spread = max(
        1 / (2 * effective_noise_multiplier**2),
        rdp_epsilon(
            sampling_probability, effective_noise_multiplier, num_steps, 1e-5
        ),
    )
    for interval in _INTERVALS:
        if spread / interval <= _LARGEST_GRID:
            return interval
    return _INTERVALS[-1]
