"""What is left of a register's policy, for runs like the last one."""

import dataclasses
import math
from collections.abc import Callable

from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.register import entries as register_entries

_MOST_REPEATS = 99
_PER_OCTAVE = 16
"""Factors of the noise that are tried between 1 and 2."""

_OCTAVES = (-3, 8)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Room:
    """What still fits.

    Attributes:
      spent: epsilon of all runs together, at the policy's delta.
      left: epsilon, alone, of the dearest run with the last one's batches and
        steps that fits; 0 if none does.
      noise_factor: that run's noise over the last one's; None if no run fits,
        or there was none before.
      repeats: how many runs exactly like the last one fit, at most 99; None if
        there was none.
    """

    spent: float
    left: float
    noise_factor: float | None = None
    repeats: int | None = None


def of(chain: register_entries.Entries) -> Room:
    """Return what still fits; it takes some seconds, as prices do.

    Args:
      chain: the register's chain.
    """
    policy, charged = chain.policy, chain.charged
    spent = policy.spent(charged)
    if not charged:
        return Room(spent=spent, left=policy.epsilon)
    last = list(chain.runs.values())[-1].reserved

    def fits(*more: plans.NoisePlan) -> bool:
        return policy.spent([*charged, *more]) <= policy.epsilon

    if not spent <= policy.epsilon:
        return Room(spent=spent, left=0.0, repeats=0)
    position = _first(
        lambda position: fits(_noisier(last, _factor(position))),
        low=_OCTAVES[0] * _PER_OCTAVE,
        high=_OCTAVES[1] * _PER_OCTAVE,
    )
    if position is None:
        return Room(spent=spent, left=0.0, repeats=0)
    factor = _factor(position)
    return Room(
        spent=spent,
        left=policy.spent([_noisier(last, factor)]),
        noise_factor=factor,
        repeats=_repeats(lambda num: fits(*[last] * num)) if factor <= 1 else 0,
    )


def _repeats(fits: Callable[[int], bool]) -> int:
    """Return the largest number that fits, at most 99."""
    over = _first(lambda num: not fits(num), low=1, high=_MOST_REPEATS + 1)
    return _MOST_REPEATS if over is None else over - 1


def _first(holds: Callable[[int], bool], *, low: int, high: int) -> int | None:
    """Return the first number from `low` to `high` that holds, if one does.

    If a number holds, so do all larger ones.
    """
    if not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _factor(position: int) -> float:
    return math.exp2(position / _PER_OCTAVE)


def _noisier(plan: plans.NoisePlan, factor: float) -> plans.NoisePlan:
    """Return a plan all of whose noise is multiplied."""
    summary = plan.summary_noise_multiplier
    return dataclasses.replace(
        plan,
        effective_noise_multiplier=factor * plan.effective_noise_multiplier,
        summary_noise_multiplier=None if summary is None else factor * summary,
    )
