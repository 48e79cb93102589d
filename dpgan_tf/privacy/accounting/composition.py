"""What several runs on the same records cost together.

Runs are unlike: each has a sampling probability, noise and steps of its own,
and perhaps a summary. Their privacy loss distributions are composed on one grid
(Zhu, Dong, Wang 2022: dominating pairs compose, even where a later mechanism
looks at the output of an earlier one), and their Renyi divergences are added
order by order. Both are upper bounds, and the lower one is the price.

This holds for plans that are fixed before the first output is seen. Where a
plan may be chosen by what earlier runs showed, the sum at one Renyi order that
was fixed before still bounds the whole (a privacy filter: Feldman, Zrnic 2021);
`epsilon_at_order` is its price.
"""

import collections
import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator

import dp_accounting
from dp_accounting.pld import privacy_loss_distribution

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import grids
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices
from dpgan_tf.privacy.accounting import rounding

_SLACK = 1 - 2.0**-40
"""Factor of a noise multiplier that pays for rounding where Gaussians meet."""

_USUAL_DELTA = 1e-5
_NOTHING = plans.NoisePlan(
    sampling_probability=1.0, effective_noise_multiplier=1.0, num_steps=0
)


def epsilon(released: Iterable[plans.NoisePlan], *, delta: float) -> float:
    """Return the epsilon of several plans together, in any order.

    Args:
      released: the plans of all that is released about the same records.
      delta: a number in (0, 1).

    Returns:
      An upper bound, at least 0, infinite if none is known; for one plan the
      lower one of its two prices in `accounting`.

    Raises:
      PrivacyError: for a value out of range, or a price that is not a number.
    """
    ranges.require_delta(delta)
    return _epsilon(_merged(released), float(delta))


def epsilon_at_order(
    released: Iterable[plans.NoisePlan], *, delta: float, order: float
) -> float:
    """Return the epsilon of several plans at one Renyi order.

    Args:
      released: the plans, each of which may depend on what earlier ones showed.
      delta: a number in (0, 1).
      order: one of `orders`, fixed before the first plan.

    Returns:
      An upper bound, at least 0, infinite if none is known.

    Raises:
      PrivacyError: for a delta out of range.
      ValueError: for an unknown order.
    """
    ranges.require_delta(delta)
    number = orders().index(order)
    merged = _merged(released)
    if not merged:
        return 0.0
    return max(0.0, _converted((order,), (_rdp(merged)[number],), delta))


def orders() -> tuple[float, ...]:
    """Return the Renyi orders that have a price."""
    return prices.rdp(_NOTHING)[0]


def best_order(*, epsilon: float, delta: float) -> float:
    """Return the order at which an (epsilon, delta) holds most Gaussians.

    At order a the policy holds a Renyi divergence of B(a), the largest with
    that price, and Gaussians of total 1 / s^2 = 2 B(a) / a.

    Args:
      epsilon: positive and finite.
      delta: a number in (0, 1).
    """
    ranges.require_positive("epsilon", epsilon)
    ranges.require_delta(delta)

    def held(order: float) -> float:
        conversion = _converted((order,), (epsilon,), delta) - epsilon
        return (epsilon - conversion) / order

    return max(orders(), key=held)


@functools.lru_cache(maxsize=64)
def _epsilon(released: tuple[plans.NoisePlan, ...], delta: float) -> float:
    if not released:
        return 0.0
    if len(released) == 1:
        return min(
            accounting.epsilon(released[0], delta=delta, accountant=accountant)
            for accountant in plans.ACCOUNTANTS
        )
    by_orders = _converted(orders(), _rdp(released), delta)
    return max(0.0, min(by_orders, _pld_epsilon(released, delta)))


def _merged(
    released: Iterable[plans.NoisePlan],
) -> tuple[plans.NoisePlan, ...]:
    """Return plans that cost the same: sorted, with like steps together.

    Only the first one has a summary, which stands for all summaries.
    """
    steps: collections.Counter[tuple[float, float]] = collections.Counter()
    summaries = []
    for plan in released:
        if plan.records_per_unit > 1:
            raise errors.PrivacyError(
                f"records_per_unit={plan.records_per_unit}; expected 1: plans "
                "are composed for one unit each."
            )
        q, s = plan.sampling_probability, plan.effective_noise_multiplier
        steps[float(q), float(s)] += int(plan.num_steps)
        if plan.summary_noise_multiplier is not None:
            summaries.append(float(plan.summary_noise_multiplier))
    found = [
        plans.NoisePlan(
            sampling_probability=q,
            effective_noise_multiplier=s,
            num_steps=portion,
        )
        for (q, s), num_steps in sorted(steps.items())
        for portion in _portions(num_steps)
    ]
    if summaries:
        first, *others = found or [_NOTHING]
        found = [_with_summary(first, _together(summaries)), *others]
    return tuple(found)


def _portions(num_steps: int) -> list[int]:
    """Return numbers of steps that a plan may have, with that sum."""
    whole, rest = divmod(num_steps, plans.MAX_STEPS)
    return [plans.MAX_STEPS] * whole + [rest] * bool(rest)


def _together(multipliers: list[float]) -> float:
    """Return the noise multiplier of Gaussian sums taken as one."""
    if len(multipliers) == 1:
        return multipliers[0]
    return _SLACK / math.hypot(*(1 / value for value in sorted(multipliers)))


def _with_summary(plan: plans.NoisePlan, summary: float) -> plans.NoisePlan:
    return dataclasses.replace(plan, summary_noise_multiplier=summary)


def _rdp(released: tuple[plans.NoisePlan, ...]) -> tuple[float, ...]:
    """Return the Renyi divergence of all plans at each order."""
    each = [prices.rdp(plan)[1] for plan in released]
    return tuple(map(math.fsum, zip(*each, strict=True)))


def _converted(
    orders: tuple[float, ...], rdp: tuple[float, ...], delta: float
) -> float:
    return float(dp_accounting.rdp.compute_epsilon(orders, rdp, delta)[0])


def _pld_epsilon(released: tuple[plans.NoisePlan, ...], delta: float) -> float:
    """Return epsilon by composed losses; infinity where there is no price."""
    spread = max(
        _converted(orders(), _rdp(released), _USUAL_DELTA),
        *map(prices.widest_loss, released),
    )
    if not grids.fits(spread):
        return math.inf
    interval = grids.interval(
        spread, smallest_loss=min(map(prices.smallest_loss, released))
    )
    try:
        composed, error = _composed(released, interval)
        if delta <= error:
            return math.inf
        return float(composed.get_epsilon_for_delta(delta - error))
    except ValueError:  # The library finds some losses out of order.
        return math.inf


def _composed(
    released: tuple[plans.NoisePlan, ...], interval: float
) -> tuple[privacy_loss_distribution.PrivacyLossDistribution, float]:
    """Return the composed losses, and a bound on the rounding of a delta.

    The errors of the parts add up, since no part has a total above 1. Each part
    pays for one transform more than in `rounding`: those of the part that it is
    composed with.
    """
    parts = [part for plan in released for part in _parts(plan, interval)]
    composed = functools.reduce(
        lambda one, other: one.compose(other), [losses for losses, _ in parts]
    )
    return composed, math.fsum(
        rounding.bound(losses, composed, num_steps=num_steps + 1)
        for losses, num_steps in parts
    )


def _parts(
    plan: plans.NoisePlan, interval: float
) -> Iterator[tuple[privacy_loss_distribution.PrivacyLossDistribution, int]]:
    """Yield the losses of a summary and of steps, with the number of steps."""
    if plan.summary_noise_multiplier is not None:
        yield prices.pld_of_gaussian(plan.summary_noise_multiplier, interval), 1
    if plan.num_steps:
        losses = prices.pld_of_one_step(
            plan.sampling_probability, plan.effective_noise_multiplier, interval
        )
        if plan.num_steps > 1:
            losses = losses.self_compose(plan.num_steps)
        yield losses, plan.num_steps
