"""What (epsilon, delta) means, in plain words and two numbers.

Both follow from the definition alone. Let S be what somebody takes for a sign
that a record is there, a its probability without the record (a false alarm) and
b with it (a detection). Then

    b <= e^epsilon a + delta,    1 - a <= e^epsilon (1 - b) + delta,

so that b is at most the smaller of e^epsilon a + delta and
1 - e^-epsilon (1 - delta - a) (Kairouz, Oh, Viswanath 2015, theorem 2.1). The
first, divided by a, bounds how far seeing S moves anybody's odds.
"""

import decimal
import math
from collections.abc import Mapping
from typing import Any

from dpgan_tf.claim import text as claim_text

FALSE_ALARMS = (0.05, 0.001)
"""Shares of false alarms for which detections are shown."""

_LARGEST_FACTOR = 1_000_000
_THREE_DIGITS = decimal.Context(prec=3, rounding=decimal.ROUND_UP)


def most_detected(
    epsilon: float, delta: float, *, false_alarms: float
) -> float:
    """Return the largest share of present records that a test can detect.

    Args:
      epsilon: at least 0; may be infinite.
      delta: in [0, 1].
      false_alarms: share a of absent records that the test takes for present.
    """
    least_missed = math.exp(-epsilon) * (1 - delta - false_alarms)
    bounds = [1.0, 1 - least_missed]
    if epsilon < math.log(_LARGEST_FACTOR):
        bounds.append(math.exp(epsilon) * false_alarms + delta)
    return min(bounds)


def sentences(claim: Mapping[str, Any]) -> list[str]:
    """Return what a claim means, sentence by sentence; none for no claim.

    Args:
      claim: content of `privacy.json`.
    """
    epsilon, delta = claim["epsilon"], claim["delta"]
    if epsilon is None:
        return []
    first, second = (
        f"{_percent(most_detected(epsilon, delta, false_alarms=share))} of "
        f"those that are there if it is wrong about {share:.1%} of those that "
        "are not"
        for share in FALSE_ALARMS
    )
    return [
        _odds(epsilon, delta),
        "Whoever tests whether a record is among the private ones, by whatever "
        f"method, finds at most {first}, and at most {second}. Guessing finds "
        "as many as it is wrong about.",
    ]


def _odds(epsilon: float, delta: float) -> str:
    start = (
        "Whatever somebody believed about whether a record is among the "
        "private ones, this release makes the odds"
    )
    but = f"outcomes about as rare as delta = {delta!r} aside"
    if epsilon >= math.log(_LARGEST_FACTOR):
        return (
            f"{start} larger or smaller by a factor that can exceed "
            f"{_LARGEST_FACTOR:,}: so large an epsilon says little."
        )
    return (
        f"{start} at most {_factor(math.exp(epsilon))} times larger or smaller "
        f"(e to the power epsilon), {but}."
    )


def _factor(value: float) -> str:
    """Return a factor, rounded up to three digits."""
    return f"{_THREE_DIGITS.create_decimal_from_float(value):,f}"


def _percent(share: float) -> str:
    """Return a share in percent, rounded up to one decimal."""
    return f"{claim_text.rounded_up(min(100.0, share * 100), 1)}%"
