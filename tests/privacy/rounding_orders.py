"""Orders of records whose sum in float32 would move by more than the bound."""

import numpy as np

from dpgan_tf.privacy import clipping

LARGEST = 1 - clipping.ROUNDING_SLACK
"""The norm that a record keeps under a bound of 1."""


def drifting(num: int) -> np.ndarray:
    """Return numbers whose float32 sum drifts if the first is there.

    About half of them bring the sum to just above a power of two 2^k, where
    float32 has steps of 2u, and without the first number to below it, where the
    steps are u. Pairs (P - u, -P - u) follow: two ties above, which change
    nothing, and a loss of 2u below.

    Args:
      num: a power of two, at least 32.

    Returns:
      float32 [num], none longer than `LARGEST`.
    """
    power, unit = num / 2, num / 2 * 2.0**-24
    first, grid = 0.9985, 16 * unit
    first = np.round(first / grid) * grid
    num_rising = int(np.ceil(power / 0.998))
    steps = int((power - first) / grid) + 1
    rising = np.full(num_rising, steps // num_rising)
    rising[: steps % num_rising] += 1
    pairs = np.tile([0.5 - unit, -0.5 - unit], num)[: num - 1 - num_rising]
    found = np.concatenate([[first], rising * grid, pairs])
    assert abs(found).max() <= LARGEST
    assert (found == found.astype(np.float32)).all()
    return found.astype(np.float32)


def shifting(num: int, *, period: int) -> np.ndarray:
    """Return such numbers over and over: a record less moves all blocks.

    Args:
      num: a multiple of the period.
      period: a power of two, at least 32.
    """
    return np.tile(drifting(period), num // period)


def moved_by_the_first(sum_of, numbers: np.ndarray) -> float:
    """Return how far the first record moves a sum, at most.

    Args:
      sum_of: from numbers [b] and a mask [b] to a vector.
      numbers: float32 [b].
    """
    everyone = np.ones(len(numbers), bool)
    whole = sum_of(numbers, everyone)
    masked = sum_of(numbers, np.arange(len(numbers)) > 0)
    removed = sum_of(numbers[1:], everyone[1:])
    return max(np.linalg.norm(whole - masked), np.linalg.norm(whole - removed))
