"""The thresholds of the tests, chosen from the claim before a score is known.

A score is a log-likelihood ratio. The best test with a false alarms says yes
where the ratio exceeds the slope of the trade-off curve at a (Neyman, Pearson).
Of all a, the one is taken whose counts would refute the most if the claim held:
at which the gap of the curve's probits, which is mu for a Gaussian mechanism,
is the largest after its own uncertainty is taken off. Two more, at `BESIDE`,
find what makes other errors than too little noise.
"""

import math

import numpy as np
from scipy import special
from scipy import stats

from dpgan_tf.audit.bounds import exact

BESIDE = (0.1, 0.4)
"""False alarms of two more tests."""

_GRID = 400
_STEP = 1e-3
_ERRORS = 1.645


def choose(
    curve: exact.Curve, *, num_in: int, num_out: int
) -> tuple[float, ...]:
    """Return thresholds of a score, the best one first.

    Args:
      curve: the claim's trade-off curve.
      num_in: number of canaries that will be in the data.
      num_out: number of canaries that will not.
    """
    least = math.log(3 / num_out)
    alarms = np.exp(np.linspace(least, math.log(0.5), _GRID))
    worth = _worth(curve(alarms), alarms, num_in=num_in, num_out=num_out)
    best = float(alarms[np.argmax(worth)])
    return tuple(_slope(curve, each) for each in (best, *BESIDE))


def _worth(detections, alarms, *, num_in, num_out):
    """Return the gap of the probits less its standard errors."""
    detections = np.clip(detections, 1e-9, 1 - 1 / num_in)
    gap = special.ndtri(detections) - special.ndtri(alarms)
    squares = [
        rate * (1 - rate) / num / stats.norm.pdf(special.ndtri(rate)) ** 2
        for rate, num in ((detections, num_in), (alarms, num_out))
    ]
    return gap - _ERRORS * np.sqrt(squares[0] + squares[1])


def _slope(curve: exact.Curve, alarms: float) -> float:
    """Return the logarithm of the curve's slope, which is a loss."""
    left, right = alarms * (1 - _STEP), alarms * (1 + _STEP)
    low, high = curve(np.array([left, right]))
    return math.log(max(high - low, 1e-300) / (right - left))
