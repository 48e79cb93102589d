"""Exact tests of a trade-off curve, from counts of false alarms and detections.

A test says that a canary is in the data if its score is above a threshold that
was chosen without the scores. Canaries are independent: the counts are two
binomials. A mechanism below a curve D detects with probability at most
D(a), where a is its probability of a false alarm, whatever the mechanism.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy import stats

_Numbers = npt.NDArray[np.float64]
Curve = Callable[[_Numbers], _Numbers]
"""Function from probabilities of a false alarm [k] to the largest probabilities
of a detection [k]; it ascends."""

_NUM_CELLS = 128
_OUTSIDE = 1e-4
"""Probability that the rate of false alarms is not in the range searched."""

_NEGLIGIBLE = 1e-9
"""Probability of the numbers of false alarms that are not summed, each side."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Counts:
    """The outcome of one test.

    Attributes:
      threshold: score that a canary must exceed; it was chosen without them.
      false_alarms: number of canaries above the threshold that are not in.
      num_out: number of canaries that are not in.
      detections: number of canaries above the threshold that are in.
      num_in: number of canaries that are in.
    """

    threshold: float
    false_alarms: int
    num_out: int
    detections: int
    num_in: int

    @property
    def slope(self) -> float:
        """What a false alarm weighs: the curve's slope at the best test."""
        return math.exp(self.threshold)

    @property
    def gain(self) -> float:
        """The rate of detections less the weighted rate of false alarms."""
        alarms = self.slope * self.false_alarms / self.num_out
        return self.detections / self.num_in - alarms


def count(
    scores: npt.ArrayLike, is_in: npt.ArrayLike, *, threshold: float
) -> Counts:
    """Return the counts of a threshold.

    Args:
      scores: [m].
      is_in: bool [m].
      threshold: number that a score must exceed.
    """
    above, there = np.asarray(scores) > threshold, np.asarray(is_in)
    return Counts(
        threshold=threshold,
        false_alarms=int(np.sum(above & ~there)),
        num_out=int(np.sum(~there)),
        detections=int(np.sum(above & there)),
        num_in=int(np.sum(there)),
    )


def interval(number: int, total: int, *, error: float) -> tuple[float, float]:
    """Return the bounds of Clopper and Pearson (1934) for a probability.

    Args:
      number: number of successes.
      total: number of trials.
      error: probability that the interval misses, half of it on each side.
    """
    low, high = error / 2, 1 - error / 2
    missing = total - number
    left = special.betaincinv(number, missing + 1, low) if number else 0.0
    right = special.betaincinv(number + 1, missing, high) if missing else 1.0
    return float(left), float(right)


def p_value(counts: Counts, curve: Curve) -> float:
    """Return how surprising the counts are for what lies below a curve.

    The statistic is the gain, which hardly moves along the curve near the best
    test. Its probability to be as large as it is found is
    maximal over the probability a of a false alarm: over an interval that holds
    it but for `_OUTSIDE`, which is added (Berger and Boos, 1994). In a cell of
    that interval, fewest false alarms and most detections are an upper bound.

    Args:
      counts: the outcome of a test.
      curve: the trade-off curve that is put to the test.

    Returns:
      A number that is below x with probability at most x.
    """
    num = counts.num_out
    ends = interval(counts.false_alarms, num, error=_OUTSIDE)
    edges = np.linspace(*ends, _NUM_CELLS + 1)
    fewest = stats.binom.ppf(_NEGLIGIBLE, num, edges[0])
    most = stats.binom.isf(_NEGLIGIBLE, num, edges[-1])
    alarms = np.arange(max(0, fewest), most + 1)
    # At least so many detections have the gain that was found, or more.
    weighted = counts.slope * alarms / num
    least = counts.num_in * (counts.gain + weighted)
    masses = stats.binom.pmf(alarms, num, edges[:-1, None])
    tails = stats.binom.sf(
        np.ceil(least - 1e-9) - 1, counts.num_in, curve(edges[1:])[:, None]
    )
    largest = float(np.max(np.sum(masses * tails, axis=1)))
    return min(1.0, largest + _OUTSIDE + 2 * _NEGLIGIBLE)
