"""Few directions of many features, which public examples suggest."""

import dataclasses
import math

import numpy as np
from sklearn.utils import extmath


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Projection:
    """The leading directions of some public features, partly whitened.

    Descent is faster along them, and the noise, which grows with the number of
    weights, is smaller.

    Attributes:
      center: float64 [d].
      directions: float64 [d, r], the leading one first; public features have
        a mean square of 1 along all of them.
    """

    center: np.ndarray
    directions: np.ndarray

    @property
    def size(self) -> int:
        """The number of directions, r."""
        return self.directions.shape[1]

    def rows(self, features: np.ndarray) -> np.ndarray:
        """Return features along the directions, float64 [n, r].

        Args:
          features: [n, d].
        """
        return (features - self.center) @ self.directions


def project(features: np.ndarray, *, num_directions: int) -> Projection:
    """Return a projection that public features suggest.

    A coordinate is scaled by its deviation first, and a principal direction by
    the fourth root of its variance afterwards: half way to whitening. Float32
    is enough to find them, and is twice as fast.

    Args:
      features: public ones, [n, d].
      num_directions: r, at most.
    """
    center = features.mean(axis=0, dtype=np.float64)
    deviations = features.std(axis=0, dtype=np.float64)
    scales = deviations + max(0.1 * deviations.mean(), 1e-12)
    scaled = ((features - center) / scales).astype(np.float32)
    _, singular, directions = extmath.randomized_svd(
        scaled,
        n_components=min(num_directions, *scaled.shape),
        random_state=0,
    )
    directions = directions.astype(np.float64)
    variances = singular.astype(np.float64) ** 2 / len(scaled)
    # What hardly varies is not blown up.
    floor = max(variances[min(20, len(variances) - 1)], 1e-3 * variances[0])
    floor += 1e-12
    weights = directions.T / (variances + floor) ** 0.25
    mean_square = np.mean(np.sum((scaled @ weights) ** 2, axis=1))
    weights /= math.sqrt(max(mean_square, 1e-12))
    return Projection(center=center, directions=weights / scales[:, None])
