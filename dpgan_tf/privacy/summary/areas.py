"""Means of areas: how images are made smaller."""

import numpy as np


def weights(length: int, num_areas: int) -> np.ndarray:
    """Return each area's share of each pixel along a line.

    Args:
      length: number of pixels.
      num_areas: number of equal areas that cover them, at most `length`.

    Returns:
      float64 [num_areas, length]; each row sums to 1.
    """
    edges = np.linspace(0, length, num_areas + 1)
    pixels = np.arange(length)
    low = np.maximum(edges[:-1, None], pixels)
    high = np.minimum(edges[1:, None], pixels + 1)
    return np.maximum(high - low, 0) * num_areas / length
