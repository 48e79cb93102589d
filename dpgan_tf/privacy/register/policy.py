"""What a data owner allows: (epsilon, delta) for all runs on the same records.

The price of all runs is that of `composition`. Its losses hold for runs whose
plans are fixed before any of them is seen. A policy with a Renyi order holds
for plans that are chosen by what earlier runs showed, too, at a higher price: a
privacy filter (Feldman, Zrnic 2021; Rogers, Roth, Ullman, Vadhan 2016).
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import ranges
from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.accounting import composition
from dpgan_tf.privacy.accounting import plans

_UNIT = "most_records_per_unit"

KIND = untrusted_json.record(
    {"epsilon": untrusted_json.NUMBER, "delta": untrusted_json.NUMBER},
    optional={
        "order": untrusted_json.NUMBER,
        _UNIT: untrusted_json.integer(2, 10**6),
    },
)
"""A policy in a register's header."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Policy:
    """What all runs together may spend.

    Attributes:
      epsilon: positive and finite.
      delta: a number in (0, 1).
      order: Renyi order of a privacy filter; None if plans are not chosen by
        what earlier runs showed.
      most_records_per_unit: most records of a unit that is protected; 1 if the
        unit is a record.
    """

    epsilon: float
    delta: float
    order: float | None = None
    most_records_per_unit: int = 1

    def __post_init__(self) -> None:
        """Refuse a policy that is out of range."""
        ranges.require_positive("epsilon", self.epsilon)
        ranges.require_delta(self.delta)
        if self.order is not None and self.order not in composition.orders():
            raise errors.PrivacyError(
                f"order={self.order}; expected a Renyi order that has a price."
            )
        if self.most_records_per_unit < 1:
            raise errors.PrivacyError(
                f"{_UNIT}={self.most_records_per_unit}; expected >= 1."
            )

    @property
    def parameters(self) -> dict[str, Any]:
        """The policy as `KIND`, for `of`."""
        unit = self.most_records_per_unit
        return {
            "epsilon": self.epsilon,
            "delta": self.delta,
            **({} if self.order is None else {"order": self.order}),
            **({} if unit == 1 else {_UNIT: unit}),
        }

    def spent(self, released: Iterable[plans.NoisePlan]) -> float:
        """Return the epsilon of plans together, at the policy's delta.

        Args:
          released: plans of all runs, in any order.

        Returns:
          An upper bound, infinite if none is known.
        """
        if self.order is None:
            return composition.epsilon(released, delta=self.delta)
        return composition.epsilon_at_order(
            released, delta=self.delta, order=self.order
        )


def adaptive(
    *, epsilon: float, delta: float, most_records_per_unit: int = 1
) -> Policy:
    """Return a policy for runs that are chosen by what earlier ones showed.

    Args:
      epsilon: positive and finite.
      delta: a number in (0, 1).
      most_records_per_unit: most records of a unit; 1 if it is a record.
    """
    return Policy(
        epsilon=epsilon,
        delta=delta,
        order=composition.best_order(epsilon=epsilon, delta=delta),
        most_records_per_unit=most_records_per_unit,
    )


def of(parameters: Mapping[str, Any]) -> Policy:
    """Return the policy in a register's header.

    Args:
      parameters: parameters of `KIND`.

    Raises:
      PrivacyError: if they are out of range.
    """
    return Policy(**parameters)
