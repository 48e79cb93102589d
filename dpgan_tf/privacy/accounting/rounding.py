"""How far rounding can move a delta of a composed privacy loss distribution.

The library composes T equal steps by F^T, where F is the Fourier transform of
one step's losses over a grid of N. With unit roundoff u a transform is off by
at most u log2(N) of its length, and a T-th power by T times that. The sum of
all absolute errors of the inverse transform is therefore at most

  u (T + 3) log2(N) sqrt(N) |p|,   |p|^2 the sum of the squared probabilities

(Cauchy-Schwarz and Parseval), and so is the error of every delta, which sums a
part of them with weights in [0, 1]. Observed errors are at most an eighth of
this. The error has either sign: at a small delta it could make a price too low.
"""

import math

import numpy as np
from dp_accounting.pld import privacy_loss_distribution

_UNIT_ROUNDOFF = 2.0**-53


def bound(
    steps: privacy_loss_distribution.PrivacyLossDistribution,
    composed: privacy_loss_distribution.PrivacyLossDistribution,
    *,
    num_steps: int,
) -> float:
    """Return a bound on the rounding error of every delta.

    Args:
      steps: the composition of all steps.
      composed: the same, composed with the summary if there is one.
      num_steps: number T of steps.
    """
    size = max(_grid(composed)[0], 2)
    transforms = _UNIT_ROUNDOFF * (num_steps + 3) * math.log2(size)
    return transforms * math.sqrt(size) * _grid(steps)[1]


def _grid(
    distribution: privacy_loss_distribution.PrivacyLossDistribution,
) -> tuple[int, float]:
    """Return the length of the grid and the norm of the probabilities."""
    parts = [
        np.asarray(part.to_dense_pmf()._probs)
        for part in (distribution._pmf_remove, distribution._pmf_add)
    ]
    return (
        max(len(part) for part in parts),
        max(float(np.linalg.norm(part)) for part in parts),
    )
