"""Solve for noise or steps: the best that stays within the budget.

Both answers are re-evaluated by the accountant and lie on the safe side:
their epsilon is at most the target, and the next candidate's is over it.
"""

import functools
import math
from collections.abc import Callable

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy.accounting import accounting

_RESOLUTION = 1e-4
_OCTAVE = round(math.log(2) / _RESOLUTION)
_LARGEST_MULTIPLIER = 1e5


def calibrate_noise_multiplier(
    *,
    target_epsilon: float,
    target_delta: float,
    sampling_probability: float,
    num_steps: int,
    accountant: str,
    summary_noise_multiplier: float | None = None,
) -> float:
    """Return the least effective noise multiplier that meets a budget.

    Args:
      target_epsilon: positive and finite.
      target_delta: in (0, 1).
      sampling_probability: q, of each record in each step.
      num_steps: T, at least 1.
      accountant: "rdp" or "pld".
      summary_noise_multiplier: of a summary that is charged first, if any.

    Returns:
      sigma / sqrt(k), at most 1e-4 (relative) above the least possible, of
      which `accounting.epsilon` is at most the target.

    Raises:
      PrivacyError: if a value is out of range or no noise is enough.
    """
    ranges.require_positive("target_epsilon", target_epsilon)
    if num_steps < 1:
        raise errors.PrivacyError(f"num_steps={num_steps}; expected >= 1.")

    def curve(name: str, position: int) -> accounting.EpsilonCurve:
        return accounting.EpsilonCurve(
            sampling_probability=sampling_probability,
            effective_noise_multiplier=_multiplier(position),
            delta=target_delta,
            accountant=name,
            summary_noise_multiplier=summary_noise_multiplier,
        )

    def prices(name: str) -> Callable[[int], float]:
        return lambda position: curve(name, position).epsilon_after(num_steps)

    search = functools.partial(
        _last_within,
        target=target_epsilon,
        lowest=-round(math.log(_LARGEST_MULTIPLIER) / _RESOLUTION),
    )
    if accountant == "rdp":
        return _multiplier(search(prices("rdp"), start=0, step=_OCTAVE))
    answer = _near(search, prices("rdp"), step=_OCTAVE)
    _require_resolved(curve(accountant, answer), num_steps)
    answer = search(prices(accountant), start=answer, step=_OCTAVE // 16)
    return _multiplier(answer)


def max_steps(
    *,
    target_epsilon: float,
    target_delta: float,
    sampling_probability: float,
    effective_noise_multiplier: float,
    accountant: str,
    summary_noise_multiplier: float | None = None,
) -> int:
    """Return the largest number of steps that stays within a budget.

    Args:
      target_epsilon: positive and finite.
      target_delta: in (0, 1).
      sampling_probability: q, of each record in each step.
      effective_noise_multiplier: sigma / sqrt(k), of a step's joint
        release.
      accountant: "rdp" or "pld".
      summary_noise_multiplier: of a summary that is charged first, if any.

    Returns:
      T, 0 if one step is too much, at most `accounting.MAX_STEPS`.

    Raises:
      PrivacyError: if a value is out of range.
    """
    ranges.require_positive("target_epsilon", target_epsilon)

    def curve(name: str) -> accounting.EpsilonCurve:
        return accounting.EpsilonCurve(
            sampling_probability=sampling_probability,
            effective_noise_multiplier=effective_noise_multiplier,
            delta=target_delta,
            accountant=name,
            summary_noise_multiplier=summary_noise_multiplier,
        )

    def prices(name: str) -> Callable[[int], float]:
        priced = curve(name)
        return lambda num_steps: (
            priced.epsilon_after(num_steps)
            if num_steps <= accounting.MAX_STEPS
            else math.inf
        )

    search = functools.partial(_last_within, target=target_epsilon, lowest=0)
    if accountant == "rdp":
        return search(prices("rdp"), start=0, step=1)
    answer = _near(search, prices("rdp"), step=1)
    _require_resolved(curve(accountant), answer)
    return search(prices(accountant), start=answer, step=1 + answer // 8)


def _require_resolved(curve: accounting.EpsilonCurve, num_steps: int) -> None:
    """Refuse a delta that the accountant cannot tell from rounding."""
    smallest = curve.smallest_delta(num_steps)
    if curve.delta >= smallest:
        return
    enough = 10.0 ** math.ceil(math.log10(smallest))
    raise errors.PrivacyError(
        f"delta={curve.delta}: too small for accountant={curve.accountant}, "
        f"which rounds it after {num_steps} steps; use accountant=rdp, or a "
        f"delta of at least {enough:.0e}."
    )


def _near(search: Callable[..., int], price: Callable, *, step: int) -> int:
    """Return where to begin by a quick accountant, 0 if it finds nothing."""
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

    Epsilon grows with the position; the search sets out from `start`.
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
    """Return the last position within budget of a bracket.

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
