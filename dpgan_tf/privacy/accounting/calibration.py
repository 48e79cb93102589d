"""Solve for the least noise or the most steps within the budget.

Both answers are re-evaluated by the accountant and lie on the safe side:
their epsilon is at most the target, and the next candidate's is over it.
"""

import functools
import math
from collections.abc import Callable

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans

_RESOLUTION = 1e-4
_OCTAVE = round(math.log(2) / _RESOLUTION)
_LARGEST_MULTIPLIER = 1e5


def calibrate_noise_multiplier(
    target: plans.Target,
    *,
    sampling_probability: float,
    num_steps: int,
    summary_noise_multiplier: float | None = None,
) -> float:
    """Return the least effective noise multiplier that meets a target.

    Args:
      target: the budget.
      sampling_probability: probability q of each record in each step.
      num_steps: number T of steps, at least 1.
      summary_noise_multiplier: noise multiplier of a summary that is charged
        first, if any.

    Returns:
      sigma / sqrt(k), at most 1e-4 (relative) above the least possible, whose
      plan costs at most the target.

    Raises:
      PrivacyError: if a value is out of range or no noise is enough.
    """
    if num_steps < 1:
        raise errors.PrivacyError(f"num_steps={num_steps}; expected >= 1.")

    def plan(position: int) -> plans.NoisePlan:
        return plans.NoisePlan(
            sampling_probability=sampling_probability,
            effective_noise_multiplier=_multiplier(position),
            num_steps=num_steps,
            summary_noise_multiplier=summary_noise_multiplier,
        )

    return _multiplier(
        _solve(
            plan,
            target,
            lowest=-round(math.log(_LARGEST_MULTIPLIER) / _RESOLUTION),
            step=_OCTAVE,
            step_near=lambda position: _OCTAVE // 16,
        )
    )


def max_steps(plan: plans.NoisePlan, target: plans.Target) -> int:
    """Return the largest number of steps that stays within a target.

    Args:
      plan: noise and sampling of a step, and the summary before them; its
        number of steps is ignored.
      target: the budget.

    Returns:
      T, 0 if one step is too much, at most `plans.MAX_STEPS`.

    Raises:
      PrivacyError: if the summary alone costs more.
    """
    return _solve(
        plan.after,
        target,
        lowest=0,
        step=1,
        step_near=lambda num_steps: 1 + num_steps // 8,
        highest=plans.MAX_STEPS,
    )


def _solve(
    plan_at: Callable[[int], plans.NoisePlan],
    target: plans.Target,
    *,
    lowest: int,
    step: int,
    step_near: Callable[[int], int],
    highest: float = math.inf,
) -> int:
    """Return the last position whose plan costs at most the target.

    Plans cost more from position to position. An accountant that is slow
    searches near the position that "rdp" finds, with a first step of
    `step_near`.
    """

    def prices(accountant: str) -> Callable[[int], float]:
        return lambda position: (
            accounting.epsilon(
                plan_at(position), delta=target.delta, accountant=accountant
            )
            if position <= highest
            else math.inf
        )

    search = functools.partial(
        _last_within, target=target.epsilon, lowest=lowest
    )
    if target.accountant == "rdp":
        return search(prices("rdp"), start=0, step=step)
    near = _near(search, prices("rdp"), step=step)
    _require_resolved(plan_at(near), target)
    return search(prices(target.accountant), start=near, step=step_near(near))


def _require_resolved(plan: plans.NoisePlan, target: plans.Target) -> None:
    """Refuse a delta that the accountant cannot tell from rounding."""
    smallest = accounting.smallest_delta(plan, accountant=target.accountant)
    if target.delta >= smallest:
        return
    enough = 10.0 ** math.ceil(math.log10(smallest))
    raise errors.PrivacyError(
        f"delta={target.delta}: too small for accountant={target.accountant}, "
        f"which rounds it after {plan.num_steps} steps; use accountant=rdp, or "
        f"a delta of at least {enough:.0e}."
    )


def _near(search: Callable[..., int], price: Callable, *, step: int) -> int:
    """Return the start that a quick accountant finds, 0 if it finds none."""
    try:
        return search(price, start=0, step=step)
    except errors.PrivacyError:
        return 0


def _last_within(
    epsilon_at: Callable[[int], float],
    *,
    target: float,
    start: int,
    step: int,
    lowest: int,
) -> int:
    """Return the last position whose epsilon is at most the target.

    Epsilon grows with the position; the search begins at `start`.
    """
    within, over = _bracket(
        epsilon_at, target, start=start, step=step, lowest=lowest
    )
    return _narrow(epsilon_at, target, within, over)


def _bracket(
    epsilon_at: Callable[[int], float],
    target: float,
    *,
    start: int,
    step: int,
    lowest: int,
) -> tuple[int, int]:
    """Return positions (within, over), found by doubling steps."""
    position, direction = start, 1 if epsilon_at(start) <= target else -1
    while True:
        previous, position = position, max(position + direction * step, lowest)
        if direction > 0 and epsilon_at(position) > target:
            return previous, position
        if direction < 0 and epsilon_at(position) <= target:
            return position, previous
        if position == lowest:
            raise errors.PrivacyError(
                f"target_epsilon={target} cannot be met, whatever the noise; "
                "use fewer steps or a larger target, or, below about 0.01, "
                "accountant=pld."
            )
        step *= 2


def _narrow(
    epsilon_at: Callable[[int], float], target: float, within: int, over: int
) -> int:
    """Return a bracket's last position within budget.

    Interpolates log epsilon and halves the bracket in every third turn.
    """
    low, high = epsilon_at(within), epsilon_at(over)
    turn = 0
    while over - within > 1:
        turn += 1
        share = 0.5
        if turn % 3 and 0 < low < high < math.inf:
            share = math.log(target / low) / math.log(high / low)
        guess = within + round(share * (over - within))
        guess = min(max(guess, within + 1), over - 1)
        value = epsilon_at(guess)
        if value <= target:
            within, low = guess, value
        else:
            over, high = guess, value
    return within


def _multiplier(position: int) -> float:
    return math.exp(-_RESOLUTION * position)
