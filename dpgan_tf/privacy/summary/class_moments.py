"""Private moments of labelled images: a mean and a covariance of each class.

Images are reduced by averaging areas, x in [0, 1]^D, and a record of class y
adds to the block of its class alone:

    f1(x, y) = e_y (x - 1/2, w)                    sums of images, and a count
    f2(x, y) = e_y svec(r r^T),  r = x - mean_y    what is left, squared

with |f1| at most C, C^2 = D / 4 + w^2: no image is clipped, be its ground black
or white; and |f2| = |r|^2. The counts are noisy, too: no true one is ever used.

What follows is post-processing: see `shrinkage`.
"""

import dataclasses
import math

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import areas
from dpgan_tf.privacy.summary import shrinkage
from dpgan_tf.privacy.summary import summary

_GREY = 0.5
"""Middle of the range of pixels, from which sums of images are measured."""

_COUNT_WEIGHT = 1 / 14
"""Weight w of a record's count, over sqrt(D)."""

_WHITE = 255
LEAST_COUNT = 0.1
"""Of an even share of the records; what a noisy count is raised to."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ClassMoments:
    """What a summary of images shows; private, hence free to be looked at.

    Attributes:
      means: float64 [k, D], of each class.
      factors: float64 [k, D, D]; factor @ factor.T is a covariance.
      shares: float64 [k], of the records in each class, in sum 1.
    """

    means: np.ndarray
    factors: np.ndarray
    shares: np.ndarray


@dataclasses.dataclass(frozen=True)
class Reduction:
    """How images are reduced, all of it public.

    Attributes:
      shape: (height, width, channels) of an image.
      side: height and width of a reduced one.
    """

    shape: tuple[int, int, int]
    side: int

    @property
    def size(self) -> int:
        """D, numbers of a reduced image."""
        return self.side**2 * self.shape[2]

    @property
    def count_weight(self) -> float:
        """The weight w of a record's count."""
        return _COUNT_WEIGHT * math.sqrt(self.size)

    @property
    def largest_norm(self) -> float:
        """The largest norm C of a centred image and its count."""
        return math.hypot(_GREY * math.sqrt(self.size), self.count_weight)

    def rows(self, images: np.ndarray) -> np.ndarray:
        """Return reduced images, float64 [n, D] in [0, 1].

        Args:
          images: uint8, or float32 in [-1, 1]; [n, height, width, channels].
        """
        height, width, _ = self.shape
        is_bytes = images.dtype == np.uint8
        images = images.astype(np.float64)
        small = np.einsum(
            "ih,nhwc,jw->nijc",
            areas.weights(height, self.side),
            images / _WHITE if is_bytes else (images + 1) / 2,
            areas.weights(width, self.side),
            optimize=True,
        )
        return small.reshape(len(images), self.size)


@dataclasses.dataclass(frozen=True)
class SumStatistic(summary.Statistic):
    """Sums of centred, reduced images and counts, of each class: f1.

    Attributes:
      reduction: of the images.
      num_classes: k.
    """

    reduction: Reduction
    num_classes: int

    def norms(self, records: summary.Labelled) -> np.ndarray:
        """As `summary.Statistic.norms`."""
        return np.linalg.norm(self._rows(records), axis=1)

    def weighted_sum(
        self, records: summary.Labelled, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [k (D + 1)]."""
        classes = np.eye(self.num_classes)[records.labels]
        total = (classes * weights[:, None]).T @ self._rows(records)
        return total.reshape(-1)

    def _rows(self, records):
        rows = self.reduction.rows(records.examples) - _GREY
        counts = np.full([len(rows), 1], self.reduction.count_weight)
        return np.concatenate([rows, counts], axis=1)


@dataclasses.dataclass(frozen=True, eq=False)
class ScatterStatistic(summary.Statistic):
    """Products of what is left of reduced images, of each class: f2.

    Attributes:
      reduction: of the images.
      means: public by now, float64 [k, D].
    """

    reduction: Reduction
    means: np.ndarray

    def norms(self, records: summary.Labelled) -> np.ndarray:
        """As `summary.Statistic.norms`."""
        return np.sum(self._rest(records) ** 2, axis=1)

    def weighted_sum(
        self, records: summary.Labelled, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`; float64 [k D (D + 1) / 2]."""
        rest = self._rest(records)
        blocks = []
        for label in range(len(self.means)):
            mine = records.labels == label
            scatter = (rest[mine] * weights[mine, None]).T @ rest[mine]
            blocks.append(to_vector(scatter))
        return np.concatenate(blocks)

    def _rest(self, records):
        rows = self.reduction.rows(records.examples)
        return rows - self.means[records.labels]


def take(
    mechanism: summary.SummaryMechanism,
    images: summary.Labelled,
    *,
    num_classes: int,
    side: int,
    scatter_clip_norm: float,
    key: tf.Tensor,
) -> ClassMoments:
    """Release means and covariances of the classes.

    Args:
      mechanism: for two releases, none of which was made.
      images: all private ones, with labels.
      num_classes: k, public.
      side: height and width of reduced images.
      scatter_clip_norm: bound on the squared norm of what is left of it.
      key: int64 [4], secret and fresh.
    """
    reduction = Reduction(tuple(images.examples.shape[1:]), side)
    largest = reduction.largest_norm
    sums = mechanism.privatize(
        SumStatistic(reduction, num_classes),
        images,
        clip_norm=largest,
        key=key,
    ).reshape(num_classes, -1)
    shares = np.maximum(
        sums[:, -1] / reduction.count_weight, LEAST_COUNT / num_classes
    )
    cosines = shrinkage.Cosines(side, channels=reduction.shape[2])
    means = shrinkage.means(
        sums[:, :-1] / shares[:, None] + _GREY,
        noise=mechanism.deviation(0, clip_norm=largest) / shares,
        cosines=cosines,
    )
    scatters = mechanism.privatize(
        ScatterStatistic(reduction, means),
        images,
        clip_norm=scatter_clip_norm,
        key=key,
    ).reshape(num_classes, -1)
    factors = shrinkage.factors(
        np.stack([to_matrix(scatter) for scatter in scatters]),
        shares,
        noise=mechanism.deviation(1, clip_norm=scatter_clip_norm),
        cosines=cosines,
    )
    return ClassMoments(
        means=means, factors=factors, shares=shares / shares.sum()
    )


def num_products(shape: tuple[int, ...], *, side: int, num_classes: int) -> int:
    """Return how many numbers the covariances of all classes have.

    Args:
      shape: (height, width, channels) of an image.
      side: height and width of a reduced one.
      num_classes: k.
    """
    size = side**2 * shape[2]
    return num_classes * size * (size + 1) // 2


def to_vector(matrix: np.ndarray) -> np.ndarray:
    """Return a symmetric matrix as a vector of the same norm (svec).

    Args:
      matrix: [D, D].

    Returns:
      [D (D + 1) / 2].
    """
    upper = np.triu_indices(len(matrix), 1)
    return np.concatenate([np.diag(matrix), math.sqrt(2) * matrix[upper]])


def to_matrix(vector: np.ndarray) -> np.ndarray:
    """Undo `to_vector`.

    Args:
      vector: [D (D + 1) / 2].
    """
    size = (math.isqrt(8 * len(vector) + 1) - 1) // 2
    matrix = np.zeros([size, size])
    matrix[np.triu_indices(size, 1)] = vector[size:] / math.sqrt(2)
    return matrix + matrix.T + np.diag(vector[:size])
