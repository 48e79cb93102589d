"""A lower bound of epsilon that assumes nothing about the mechanism.

An (epsilon, delta)-private mechanism detects at most e^epsilon a + delta with a
false alarms, and leaves at least e^-epsilon (1 - delta - a) undetected
(Kairouz, Oh, Viswanath 2015). With the bounds of Clopper and Pearson for both
rates, as of Jagielski, Ullman, Oprea (2020). Half of the canaries choose the
threshold, the other half is the test. However well an attack works, some
thousand canaries cannot show more than some units of epsilon.
"""

import math

import numpy as np

from dpgan_tf.audit.bounds import exact

_NUM_THRESHOLDS = 60


def epsilon(
    scores: np.ndarray, is_in: np.ndarray, *, delta: float, error: float
) -> float:
    """Return a lower bound of epsilon, at least 0.

    Args:
      scores: [m].
      is_in: bool [m].
      delta: delta of the claim.
      error: probability that the bound is wrong.
    """
    first = np.arange(len(scores)) % 2 == 0
    ranks = np.linspace(0, 1, _NUM_THRESHOLDS)
    candidates = np.unique(np.quantile(np.nan_to_num(scores[first]), ranks))
    found = [
        _bound(scores[first], is_in[first], threshold, delta, error)
        for threshold in candidates
    ]
    best = candidates[int(np.argmax(found))]
    return _bound(scores[~first], is_in[~first], best, delta, error)


def _bound(scores, is_in, threshold, delta, error) -> float:
    counts = exact.count(scores, is_in, threshold=threshold)
    if not (counts.num_in and counts.num_out):
        return 0.0
    _, alarms = exact.interval(counts.false_alarms, counts.num_out, error=error)
    detected, _ = exact.interval(counts.detections, counts.num_in, error=error)
    return max(
        _log(detected - delta, alarms), _log(1 - delta - alarms, 1 - detected)
    )


def _log(more: float, less: float) -> float:
    """Return the logarithm of a ratio, 0 if it shows nothing."""
    return math.log(more / less) if more > less else 0.0
