"""What a release risks at most, in numbers beside epsilon.

All follow from the claim's noise plan, by the trade-off of its losses, and are
upper bounds. See `tradeoff` for the curve.
"""

import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf.privacy import untrusted_json
from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import tradeoff

FIELD = "risk"
"""Name of these numbers in a claim; null if nothing is claimed."""

FALSE_ALARMS = (0.001, 0.01, 0.05)
"""Shares of false alarms for which detections are stated."""

_NUMBER_OR_NULL = untrusted_json.either(
    untrusted_json.NUMBER, untrusted_json.NULL
)
KIND = untrusted_json.either(
    untrusted_json.record(
        {
            "advantage": untrusted_json.NUMBER,
            "bound_by": untrusted_json.TEXT,
            "detected": untrusted_json.record(
                {f"{share}": untrusted_json.NUMBER for share in FALSE_ALARMS}
            ),
            "epsilon_at_natural_delta": _NUMBER_OR_NULL,
            "mu": _NUMBER_OR_NULL,
            "natural_delta": _NUMBER_OR_NULL,
            "odds_factor": _NUMBER_OR_NULL,
            "right_at_even_odds": untrusted_json.NUMBER,
            "sure_at_even_odds": untrusted_json.NUMBER,
        }
    ),
    untrusted_json.NULL,
)
"""The form of these numbers in a claim that nobody trusts."""


def of_plan(
    plan: plans.NoisePlan, *, delta: float, num_examples: int, accountant: str
) -> dict[str, Any]:
    """Return the risk of a plan as JSON has it, infinity as None.

    Args:
      plan: the plan of what is released about the records.
      delta: the claim's delta.
      num_examples: declared number n of private records, or of units.
      accountant: accountant that prices epsilon at delta 1 / (n ln n).

    Returns:
      `bound_by`, the accountant of the curve; its `advantage`, `mu` and
      detections by false alarms; the factor of anybody's odds, outcomes of
      probability delta aside, and how sure somebody at even odds becomes; how
      often the best guess at even odds is right; and epsilon at another delta.
    """
    curve = tradeoff.of_plan(plan)
    factor = curve.odds_factor(delta)
    other = natural_delta(num_examples)
    price = None
    if other is not None:
        price = accounting.epsilon(plan, delta=other, accountant=accountant)
    return {
        "bound_by": curve.accountant,
        "advantage": curve.advantage,
        "mu": _finite(curve.mu),
        "detected": {
            f"{share}": curve.most_detected(share) for share in FALSE_ALARMS
        },
        "odds_factor": _finite(factor),
        "sure_at_even_odds": 1 / (1 + 1 / factor),
        "right_at_even_odds": (1 + curve.advantage) / 2,
        "natural_delta": other,
        "epsilon_at_natural_delta": _finite(price),
    }


def natural_delta(num_examples: int) -> float | None:
    """Return 1 / (n ln n), a delta far below 1 / n; None for n below 3.

    Args:
      num_examples: declared number n of private records, or of units.
    """
    if num_examples < 3:
        return None
    return 1 / (num_examples * math.log(num_examples))


def detected(risk: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return pairs of false alarms and the most that they detect.

    Args:
      risk: result of `of_plan`.
    """
    return [(share, risk["detected"][f"{share}"]) for share in FALSE_ALARMS]


def _finite(value: float | None) -> float | None:
    """Return a number that JSON has, None for infinity."""
    return None if value is None or math.isinf(value) else value
