"""The most that a test for one record can detect, from a plan's losses.

A test looks at the release and says whether a record is in the data. Its false
alarms are the probability that it is wrong on data without the record, its
detections the probability that it is right on data with it. For every epsilon
in R, negative ones too, the hockey-stick divergence delta(epsilon) gives

    detections <= e^epsilon false alarms + delta(epsilon),

and the infimum over all of them is the best test's (Dong, Roth, Su 2022,
proposition 2.12). The losses of a privacy loss distribution lie on a grid, so
that the infimum is a polygon; its corners are the tests "the loss is at least
l" (Neyman, Pearson), with the sums over the grid

    false alarms = sum of p_i e^-l_i,   detections = sum of p_i,   l_i >= l.

Detections are raised by the rounding of the composition, and both sums by that
of adding. A test for a record's absence is bounded likewise, by the losses of
the other direction; the worse of the two counts.
"""

import dataclasses
import functools
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import signal
from scipy import special

from dpgan_tf.privacy.accounting import accounting
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.accounting import prices

SMALLEST_ERROR = 1e-6
"""Tests that err less often than this, either way, do not count for mu."""

_UNPRICED_DELTA = 1e-6
_UNIT_ROUNDOFF = 2.0**-53
_LARGEST_EXPONENT = 700.0

_Numbers = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Polygon:
    """A concave curve of detections over false alarms.

    Attributes:
      false_alarms: [m], ascending.
      detections: [m], ascending; the curve stays at the last one.
    """

    false_alarms: _Numbers
    detections: _Numbers

    def at(self, false_alarms: _Numbers | float) -> _Numbers:
        """Return the detections at some false alarms, at most 1.

        Args:
          false_alarms: [k], each in [0, 1].
        """
        found = np.interp(false_alarms, self.false_alarms, self.detections)
        return np.minimum(found, 1.0)

    def mu(self) -> float:
        """Return the least mu of a Gaussian curve above this one's first half.

        The half ends where false alarms equal misses and begins at
        `SMALLEST_ERROR`. A segment between two points below a concave curve is
        below it: corners and the two ends suffice.
        """
        errors = self.false_alarms - 1 + self.detections
        end = float(np.interp(0.0, errors, self.false_alarms))
        if not SMALLEST_ERROR < end:
            return math.inf
        inside = (SMALLEST_ERROR < self.false_alarms) & (
            self.false_alarms < end
        )
        alarms = np.array([SMALLEST_ERROR, *self.false_alarms[inside], end])
        shifts = special.ndtri(self.at(alarms)) - special.ndtri(alarms)
        return max(0.0, float(shifts.max()))


@dataclasses.dataclass(frozen=True, kw_only=True)
class TradeOff:
    """The best tests for a record's presence and for its absence.

    Attributes:
      accountant: accountant that bounds them: "pld", or "rdp" where the
        privacy loss distribution has no price.
      polygons: the curve of each direction; the higher one counts.
    """

    accountant: str
    polygons: tuple[Polygon, ...]

    def most_detected(self, false_alarms: float) -> float:
        """Return the largest probability to detect a record.

        Args:
          false_alarms: probability of a false alarm, in [0, 1].
        """
        return float(self.points(np.array([false_alarms]))[0])

    def points(self, false_alarms: _Numbers) -> _Numbers:
        """Return the largest probabilities to detect a record.

        Args:
          false_alarms: [m], each in [0, 1].

        Returns:
          [m], upper bounds in [0, 1].
        """
        curves = [polygon.at(false_alarms) for polygon in self.polygons]
        return np.maximum.reduce(curves)

    @functools.cached_property
    def advantage(self) -> float:
        """The most by which detections exceed false alarms: delta(0)."""
        return max(
            float((polygon.at(alarms) - alarms).max())
            for polygon in self.polygons
            for alarms in [np.minimum(polygon.false_alarms, 1.0)]
        )

    @functools.cached_property
    def mu(self) -> float:
        """The least mu of a Gaussian mechanism that is as easy to detect.

        Its curve, detections = Phi(Phi^-1(false alarms) + mu), is nowhere below
        these where false alarms and misses are at least `SMALLEST_ERROR`. A
        test with more false alarms than misses is, of its opposite, one with
        fewer: each direction counts up to the middle, where its losses are
        finely known. Rarer errors would make mu infinite, as a truncated
        distribution detects a little without any false alarm. It is infinite,
        too, if the best test errs less.
        """
        return max(polygon.mu() for polygon in self.polygons)


@functools.lru_cache(maxsize=4)
def of_plan(plan: plans.NoisePlan) -> TradeOff:
    """Return upper bounds of what a test can detect.

    Args:
      plan: the plan of what is released about the records.

    Returns:
      The trade-off by the distribution that also gives the price by "pld"; or
      by one epsilon and delta of "rdp" if there is none.
    """
    if accounting.releases_nothing(plan):
        return of_price(0.0, delta=0.0, accountant="pld")
    composed = prices.composed_pld(plan)
    if composed is None:
        epsilon = prices.rdp_epsilon(plan, _UNPRICED_DELTA)
        return of_price(epsilon, delta=_UNPRICED_DELTA, accountant="rdp")
    parts = (composed.pld._pmf_remove, composed.pld._pmf_add)
    polygons = tuple(_polygon(part, composed.rounding) for part in parts)
    return TradeOff(accountant="pld", polygons=polygons)


def of_price(epsilon: float, *, delta: float, accountant: str) -> TradeOff:
    """Return what follows from one epsilon and delta alone.

    Its corner is where both errors are equal (Kairouz, Oh, Viswanath 2015,
    theorem 2.1).

    Args:
      epsilon: at least 0, may be infinite.
      delta: in [0, 1).
      accountant: accountant that priced them.
    """
    alarms = (1 - delta) * float(special.expit(-epsilon))
    polygon = Polygon(
        false_alarms=np.array([0.0, alarms, 1 - delta]),
        detections=np.array([delta, 1 - alarms, 1.0]),
    )
    return TradeOff(accountant=accountant, polygons=(polygon,))


def _polygon(part: Any, rounding: float) -> Polygon:
    """Return the tests by the loss, from the highest threshold down.

    Args:
      part: the library's distribution of the losses of one direction.
      rounding: how far the composition's rounding moves every delta.
    """
    dense = part.to_dense_pmf()
    # Less than nothing is rounding; losses come from the highest down.
    masses = np.maximum(np.asarray(dense._probs)[::-1], 0.0)
    interval = dense._discretization
    losses = (dense._lower_loss + np.arange(len(masses))[::-1]) * interval
    # The sum of p_i e^(l - l_i): no power of e is above 1 before the last.
    sums = signal.lfilter([1.0], [1.0, -np.exp(-interval)], masses)
    alarms = sums * np.exp(np.minimum(-losses, _LARGEST_EXPONENT))
    adding = 4 * (len(masses) + 1) * _UNIT_ROUNDOFF
    alarms = np.minimum(np.maximum.accumulate(alarms * (1 - adding)), 1.0)
    found = np.cumsum(masses) * (1 + adding)
    lost = dense._infinity_mass + rounding
    return Polygon(
        false_alarms=np.concatenate([[0.0], alarms]),
        detections=np.concatenate([[lost], lost + found]),
    )
