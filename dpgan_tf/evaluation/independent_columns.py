"""Rows of independent columns, a baseline of tables with a schema."""

from collections.abc import Sequence

import numpy as np


def draw(
    means: np.ndarray, *, blocks: Sequence[int], num: int, seed: int
) -> np.ndarray:
    """Draw one cell of each block, independently of all others.

    Args:
      means: share of rows in each cell, [cells]; noise may have made some
        negative, or their sum another than 1.
      blocks: sizes of the blocks; a block of one is 0 or 1.
      num: number of rows to draw.
      seed: seed of the draws.

    Returns:
      uint8 [num, cells].
    """
    rng = np.random.default_rng(seed)
    rows = np.zeros([num, len(means)], np.uint8)
    start = 0
    for size in blocks:
        shares = np.clip(means[start : start + size], 0, 1)
        if size == 1:
            rows[:, start] = rng.random(num) < shares[0]
        else:
            total = shares.sum()
            shares = shares / total if total > 0 else np.full(size, 1 / size)
            drawn = rng.choice(size, num, p=shares)
            rows[np.arange(num), start + drawn] = 1
        start += size
    return rows
