"""Private moments of labelled images: a mean and a covariance of each class.

Images are reduced by averaging areas, x in [0, 1]^D, and a record of class y
adds to the block of its class alone:

    f1(x, y) = e_y (x - 1/2, w, w |x - 1/2|^2 / (D / 4))
    f2(x, y) = e_y svec(r r^T),  r = x - mean_y    what is left, squared

First are sums of images, a count, and how far images are from grey; |f1| is at
most C, C^2 = D / 4 + 2 w^2: no image is clipped, be its ground black or white.
The counts are noisy, too: no true one is ever used. |f2| = |r|^2, and its bound
is the mean of |r|^2 that follows from the first release, if that is less than
the recipe's: images of little contrast need little noise.

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
_LEAST = 0.01
"""Least bound on what is left of an image, of the recipe's."""

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
        """The weight w of a record's count, and of its distance from grey."""
        return _COUNT_WEIGHT * math.sqrt(self.size)

    @property
    def largest_square(self) -> float:
        """The largest squared norm of a centred image, D / 4."""
        return _GREY**2 * self.size

    @property
    def largest_norm(self) -> float:
        """The largest norm C of f1."""
        return math.sqrt(self.largest_square + 2 * self.count_weight**2)

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
    """Sums of centred, reduced images, and two more numbers, of a class: f1.

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
        """As `summary.Statistic.weighted_sum`; float64 [k (D + 2)]."""
        classes = np.eye(self.num_classes)[records.labels]
        total = (classes * weights[:, None]).T @ self._rows(records)
        return total.reshape(-1)

    def _rows(self, records):
        rows = self.reduction.rows(records.examples) - _GREY
        squares = np.sum(rows**2, axis=1) / self.reduction.largest_square
        both = np.stack([np.ones(len(rows)), squares], axis=1)
        return np.hstack([rows, self.reduction.count_weight * both])


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
      mechanism: with two releases left.
      images: all private ones, with labels.
      num_classes: k, public.
      side: height and width of reduced images.
      scatter_clip_norm: largest bound on the squared norm of what is left of
        an image.
      key: int64 [4], secret and fresh.
    """
    reduction = Reduction(tuple(images.examples.shape[1:]), side)
    cosines = shrinkage.Cosines(side, channels=reduction.shape[2])
    means, shares, left = _take_sums(
        mechanism, SumStatistic(reduction, num_classes), images, cosines, key
    )
    least = _LEAST * scatter_clip_norm
    scatter_clip_norm = min(max(left, least), scatter_clip_norm)
    number = mechanism.num_released
    scatters = mechanism.privatize(
        ScatterStatistic(reduction, means),
        images,
        clip_norm=scatter_clip_norm,
        key=key,
    ).reshape(num_classes, -1)
    factors = shrinkage.factors(
        np.stack([to_matrix(scatter) for scatter in scatters]),
        shares,
        noise=mechanism.deviation(number, clip_norm=scatter_clip_norm),
        cosines=cosines,
    )
    return ClassMoments(
        means=means, factors=factors, shares=shares / shares.sum()
    )


def _take_sums(
    mechanism: summary.SummaryMechanism,
    statistic: SumStatistic,
    images: summary.Labelled,
    cosines: shrinkage.Cosines,
    key: tf.Tensor,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the classes' means and shares, and what is left of an image.

    The last is the mean of |r|^2 and two deviations of its noise, so that few
    records have a bound that is large enough.
    """
    reduction, num_classes = statistic.reduction, statistic.num_classes
    bound, weight = reduction.largest_norm, reduction.count_weight
    number = mechanism.num_released
    sums = mechanism.privatize(statistic, images, clip_norm=bound, key=key)
    noise = mechanism.deviation(number, clip_norm=bound)
    rows, counts, squares = np.split(
        sums.reshape(num_classes, -1), [-2, -1], axis=1
    )
    shares = np.maximum(counts[:, 0] / weight, LEAST_COUNT / num_classes)
    means = shrinkage.means(
        rows / shares[:, None] + _GREY, noise=noise / shares, cosines=cosines
    )
    square = squares.sum() + 2 * noise * math.sqrt(num_classes)
    square *= reduction.largest_square / weight
    of_means = shares @ np.sum((means - _GREY) ** 2, axis=1)
    return means, shares, float((square - of_means) / shares.sum())


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
