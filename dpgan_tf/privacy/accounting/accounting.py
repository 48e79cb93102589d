"""What private training costs: (epsilon, delta) of its noisy steps.

The accountants are those of TensorFlow Privacy. What they price, and all
that this module prices, is T steps that each release one Gaussian sum of a
Poisson sample, and beside them, if there is one, a summary of all records:
Gaussian sums that are released once. They assume:

- adjacency: add or remove one record;
- sampling: each record enters each step's batch independently, with
  probability q, and no batch is truncated or reused;
- k groups that are clipped and noised apart are one release with the
  effective noise multiplier sigma / sqrt(k), for one record moves them all;
- the sums of a summary are one release, too, even if a later one is chosen by
  what an earlier one showed: multipliers s_1, s_2 .. give s with
  1 / s^2 = 1 / s_1^2 + 1 / s_2^2 + .. (Dong, Roth, Su 2022, corollary 3.3);
- "rdp" (Mironov 2017; Mironov, Talwar, Zhang 2019) takes the best of the
  orders 1.1, 1.2 .. 10.9, 11 .. 63, 128, 256, 512 and 1024 and converts with
  Proposition 12 of Canonne, Kamath, Steinke 2020;
- "pld" (privacy loss distributions) discretises losses pessimistically at
  1e-4, more finely where a step's losses are smaller, and more coarsely, hence
  at a higher price, for epsilon above 20. What
  rounding may do to delta is taken off delta first: the library's composition
  errs by some 1e-13 after 1,000 steps, to either side.

Both return upper bounds. What cannot be priced costs infinity or raises.
"""

import dataclasses
import math
import numbers
from collections.abc import Callable, Mapping

import dp_accounting

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy.accounting import prices

ACCOUNTANTS = ("rdp", "pld")
MAX_STEPS = 10**6
"""The most steps that are priced; the PLD's cost grows with them."""


def training_event(
    *,
    sampling_probability: float,
    effective_noise_multiplier: float,
    num_steps: int,
    summary_noise_multiplier: float | None = None,
) -> dp_accounting.DpEvent:
    """Return what a training run is to an accountant.

    Args:
      sampling_probability: q, of each record in each step.
      effective_noise_multiplier: sigma / sqrt(k), of a step's joint
        release.
      num_steps: T, number of noisy steps, at least 0.
      summary_noise_multiplier: of a summary of all records; None if there is
        none.

    Returns:
      T-fold composition of one Poisson-sampled Gaussian, or no operation;
      with a summary a composition of its Gaussian and that.

    Raises:
      PrivacyError: if a value is out of range.
    """
    ranges.require_probability("sampling_probability", sampling_probability)
    ranges.require_positive(
        "effective_noise_multiplier", effective_noise_multiplier
    )
    _require_summary(summary_noise_multiplier)
    count = _steps(num_steps)
    step = dp_accounting.PoissonSampledDpEvent(
        float(sampling_probability),
        dp_accounting.GaussianDpEvent(float(effective_noise_multiplier)),
    )
    steps = dp_accounting.SelfComposedDpEvent(step, count)
    if summary_noise_multiplier is None:
        return steps if count else dp_accounting.NoOpDpEvent()
    summary = dp_accounting.GaussianDpEvent(float(summary_noise_multiplier))
    return dp_accounting.ComposedDpEvent([summary, steps])


def epsilon(
    event: dp_accounting.DpEvent, *, delta: float, accountant: str
) -> float:
    """Return the epsilon of an event of `training_event`.

    Args:
      event: what was done with the records.
      delta: in (0, 1).
      accountant: "rdp" or "pld".

    Returns:
      An upper bound, at least 0, infinite if none is known.

    Raises:
      PrivacyError: for an event of another kind, a value out of range, or a
        price that is not a number.
    """
    if isinstance(event, dp_accounting.NoOpDpEvent):
        ranges.require_delta(delta)
        _require_accountant(accountant)
        return 0.0
    try:
        steps, summary = event, None
        if isinstance(event, dp_accounting.ComposedDpEvent):
            summary = event.events[0].noise_multiplier
            steps = event.events[-1]
        step, num_steps = steps.event, steps.count
        curve = EpsilonCurve(
            sampling_probability=step.sampling_probability,
            effective_noise_multiplier=step.event.noise_multiplier,
            delta=delta,
            accountant=accountant,
            summary_noise_multiplier=summary,
        )
        known = event == training_event(
            sampling_probability=curve.sampling_probability,
            effective_noise_multiplier=curve.effective_noise_multiplier,
            num_steps=num_steps,
            summary_noise_multiplier=summary,
        )
    except (AttributeError, IndexError):
        known = False
    if not known:
        raise errors.PrivacyError(
            f"event={event}; expected one made by training_event."
        )
    return curve.epsilon_after(num_steps)


@dataclasses.dataclass(frozen=True, kw_only=True)
class EpsilonCurve:
    """The price of a mechanism against its number of steps.

    With "rdp" the first call takes some 50 ms and each later one some 0.1
    ms, cheap enough for every step of training; with "pld" each new number
    of steps takes a tenth of a second or more.

    Attributes:
      sampling_probability: q, of each record in each step.
      effective_noise_multiplier: sigma / sqrt(k), of a step's joint
        release.
      delta: in (0, 1).
      accountant: "rdp" or "pld".
      summary_noise_multiplier: of a summary of all records, which is charged
        before the first step; None if there is none.
    """

    sampling_probability: float
    effective_noise_multiplier: float
    delta: float
    accountant: str
    summary_noise_multiplier: float | None = None

    def __post_init__(self) -> None:
        """Refuse what has no price."""
        ranges.require_probability(
            "sampling_probability", self.sampling_probability
        )
        ranges.require_positive(
            "effective_noise_multiplier", self.effective_noise_multiplier
        )
        ranges.require_delta(self.delta)
        _require_accountant(self.accountant)
        _require_summary(self.summary_noise_multiplier)

    def epsilon_after(self, num_steps: int) -> float:
        """Return epsilon at this curve's delta after `num_steps` steps.

        Args:
          num_steps: T, at least 0.

        Returns:
          An upper bound, at least 0, infinite if none is known.

        Raises:
          PrivacyError: if T is out of range or the price not a number.
        """
        count = _steps(num_steps)
        if not count and self.summary_noise_multiplier is None:
            return 0.0
        price = _EPSILONS[self.accountant]
        return _checked("epsilon", price(self._spent(count), float(self.delta)))

    def delta_after(self, num_steps: int, *, epsilon: float) -> float:
        """Return delta at a fixed epsilon after `num_steps` steps.

        Args:
          num_steps: T, at least 0.
          epsilon: at least 0 and finite.

        Returns:
          An upper bound in [0, 1].

        Raises:
          PrivacyError: if a value is out of range.
        """
        count = _steps(num_steps)
        ranges.require_not_negative("epsilon", epsilon)
        if not count and self.summary_noise_multiplier is None:
            return 0.0
        price = _DELTAS[self.accountant]
        value = price(self._spent(count), float(epsilon))
        return min(1.0, _checked("delta", value))

    def smallest_delta(self, num_steps: int) -> float:
        """Return the least delta that this accountant can tell from rounding.

        Args:
          num_steps: T, at least 0.

        Returns:
          0 for "rdp"; for "pld" twice what rounding may do.
        """
        if self.accountant != "pld":
            return 0.0
        return 2 * prices.pld_rounding(self._spent(_steps(num_steps)))

    def _spent(self, num_steps: int) -> prices.Spent:
        summary = self.summary_noise_multiplier
        return prices.Spent(
            q=float(self.sampling_probability),
            s=float(self.effective_noise_multiplier),
            num_steps=num_steps,
            summary=math.inf if summary is None else float(summary),
        )


_Price = Callable[[prices.Spent, float], float]
_EPSILONS: Mapping[str, _Price] = {
    "rdp": prices.rdp_epsilon,
    "pld": prices.pld_epsilon,
}
_DELTAS: Mapping[str, _Price] = {
    "rdp": prices.rdp_delta,
    "pld": prices.pld_delta,
}


def _checked(name: str, value: float) -> float:
    """Return a price as a float, or raise: NaN compares as within budget."""
    if math.isnan(value) or value < 0:
        raise errors.PrivacyError(
            f"{name}={value}; expected >= 0, no claim can be made of it."
        )
    return float(value)


def _require_summary(value: float | None) -> None:
    if value is not None:
        ranges.require_positive("summary_noise_multiplier", value)


def _require_accountant(name: str) -> None:
    if name not in ACCOUNTANTS:
        raise errors.PrivacyError(
            f"accountant={name!r}; expected one of {ACCOUNTANTS}."
        )


def _steps(value: int) -> int:
    integer = isinstance(value, numbers.Integral) and not isinstance(
        value, bool
    )
    if not integer or not 0 <= value <= MAX_STEPS:
        raise errors.PrivacyError(
            f"num_steps={value!r}; expected an integer in [0, {MAX_STEPS}]."
        )
    return int(value)
