"""Normal pixels that have given moments once they are cut to [0, 1].

A cut normal is a censored one: what is beyond an end is put there. Pixels that
are mostly black are far below zero before the cut, and hence black after it;
without that a small mean and a deviation would make them grey.
"""

import numpy as np
from scipy import special

_NUM_HALVINGS = 40
_LEAST = 1e-4
"""Of a mean's distance from either end, and of a deviation."""
_LARGEST_DEVIATION = 30.0
_FARTHEST = 8.0
"""Deviations from an end at which nothing is left on the other side."""


def before_cut(
    means: np.ndarray, variances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return normals that are cut to pixels with these moments.

    At a given mean more deviation before the cut is more variance after it.
    What no pixel can have, a variance of m (1 - m) or more, is cut down.

    Args:
      means: of pixels, in [0, 1].
      variances: of pixels, of the same shape.

    Returns:
      Means and deviations before the cut, of that shape.
    """
    means = np.clip(means, _LEAST, 1 - _LEAST)
    low = np.full(np.shape(means), np.log(_LEAST))
    high = np.full(np.shape(means), np.log(_LARGEST_DEVIATION))
    for _ in range(_NUM_HALVINGS):
        middle = (low + high) / 2
        deviations = np.exp(middle)
        _, found = _moments(_centers(means, deviations), deviations)
        low = np.where(found < variances, middle, low)
        high = np.where(found < variances, high, middle)
    deviations = np.exp((low + high) / 2)
    return _centers(means, deviations), deviations


def _centers(means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Return means before the cut, given deviations, that lead to `means`."""
    low, high = -_FARTHEST * deviations, 1 + _FARTHEST * deviations
    for _ in range(_NUM_HALVINGS):
        middle = (low + high) / 2
        found, _ = _moments(middle, deviations)
        low = np.where(found < means, middle, low)
        high = np.where(found < means, high, middle)
    return (low + high) / 2


def _moments(
    centers: np.ndarray, deviations: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of min(max(x, 0), 1), of normal x."""
    below, above = -centers / deviations, (1 - centers) / deviations
    inside = special.ndtr(above) - special.ndtr(below)
    white = special.ndtr(-above)
    at_below, at_above = _density(below), _density(above)
    mean = centers * inside + deviations * (at_below - at_above) + white
    square = (
        (centers**2 + deviations**2) * inside
        + deviations * (centers * at_below - (1 + centers) * at_above)
        + white
    )
    return mean, np.maximum(square - mean**2, 0.0)


def _density(x: np.ndarray) -> np.ndarray:
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
