"""Plans that have a price: noisy steps, and perhaps a summary before them.

Training, the ledger's check, a claim and the `account` command all make a
`NoisePlan` and ask `accounting` what it costs.
"""

import dataclasses
import numbers
from collections.abc import Mapping
from typing import Any

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges

ACCOUNTANTS = ("rdp", "pld")
MAX_RECORDS_PER_UNIT = 100
"""Most records of a unit that are priced together."""

MAX_STEPS = 10**6
"""The most steps that are priced; the PLD's cost grows with them."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class NoisePlan:
    """All that is released about the records; the price needs nothing else.

    T steps each release one Gaussian sum of a Poisson sample; a summary, which
    comes first, is one release of Gaussian sums of all records.

    Attributes:
      sampling_probability: probability q of each record in each step.
      effective_noise_multiplier: sigma / sqrt(k) of a step's joint release.
      num_steps: number T of steps, at least 0.
      summary_noise_multiplier: noise multiplier of a summary of all records;
        None if there is none.
      records_per_unit: number K of records that are protected together, each
        clipped and sampled on its own; 1 for a claim.
    """

    sampling_probability: float
    effective_noise_multiplier: float
    num_steps: int
    summary_noise_multiplier: float | None = None
    records_per_unit: int = 1

    def __post_init__(self) -> None:
        """Refuse what has no price."""
        ranges.require_probability(
            "sampling_probability", self.sampling_probability
        )
        ranges.require_positive(
            "effective_noise_multiplier", self.effective_noise_multiplier
        )
        if self.summary_noise_multiplier is not None:
            ranges.require_positive(
                "summary_noise_multiplier", self.summary_noise_multiplier
            )
        _require_integer("num_steps", self.num_steps, 0, MAX_STEPS)
        _require_integer(
            "records_per_unit", self.records_per_unit, 1, MAX_RECORDS_PER_UNIT
        )

    def after(self, num_steps: int) -> "NoisePlan":
        """Return the plan that ends after another number of steps.

        Args:
          num_steps: number T of steps, at least 0.

        Raises:
          PrivacyError: if T is out of range.
        """
        return dataclasses.replace(self, num_steps=num_steps)


def of_parameters(
    parameters: Mapping[str, Any], *, num_steps: int
) -> NoisePlan:
    """Return the plan of a number of steps.

    Args:
      parameters: the mechanism's parameters, named as in a ledger's header.
      num_steps: number T of steps.

    Raises:
      PrivacyError: if the plan cannot be priced.
    """
    return NoisePlan(
        sampling_probability=parameters["sampling_probability"],
        effective_noise_multiplier=parameters["effective_noise_multiplier"],
        num_steps=num_steps,
        summary_noise_multiplier=parameters.get("summary_noise_multiplier"),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target:
    """A budget.

    Attributes:
      epsilon: positive and finite.
      delta: a number in (0, 1).
      accountant: accountant that prices the spending, "rdp" or "pld".
    """

    epsilon: float
    delta: float
    accountant: str

    def __post_init__(self) -> None:
        """Refuse a budget that is out of range."""
        ranges.require_positive("target_epsilon", self.epsilon)
        ranges.require_delta(self.delta)
        require_accountant(self.accountant)


def require_accountant(name: str) -> None:
    """Refuse an unknown accountant.

    Args:
      name: the accountant's name.

    Raises:
      PrivacyError: naming the known ones.
    """
    if name not in ACCOUNTANTS:
        raise errors.PrivacyError(
            f"accountant={name!r}; expected one of {ACCOUNTANTS}."
        )


def _require_integer(name: str, value: int, least: int, most: int) -> None:
    integer = isinstance(value, numbers.Integral) and not isinstance(
        value, bool
    )
    if not integer or not least <= value <= most:
        raise errors.PrivacyError(
            f"{name}={value!r}; expected an integer in [{least}, {most}]."
        )
