"""Private moments of features: of each class the means, and products of a few.

With g the features of a record of class y and h the leading q of them, it adds
to the block of its class alone

    f(g, y) = e_y (1, g, w svec(h h^T)),    |f|^2 = 1 + |g|^2 + w^2 |h|^4

What a class has on average is its block over its first entry: a noisy count of
its own, since a record that is clipped counts for less in both.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.summary import class_moments
from dpgan_tf.privacy.summary import summary

_PRODUCT_WEIGHT = 0.5
"""w, with which both parts are about as long."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ClassFeatures:
    """Moments of features in each class; private.

    Attributes:
      means: float64 [k, r].
      products: mean products of the leading features, float64 [k, q, q].
    """

    means: np.ndarray
    products: np.ndarray


@dataclasses.dataclass(frozen=True)
class FeatureStatistic(summary.Statistic):
    """Counts, sums of features, and of products of the leading ones: f.

    Attributes:
      num_classes: k.
      num_products: q.
    """

    num_classes: int
    num_products: int

    def norms(self, records: summary.Labelled) -> np.ndarray:
        """As `summary.Statistic.norms`."""
        rows = records.examples.astype(np.float64)
        squares = np.sum(rows[:, : self.num_products] ** 2, axis=1)
        return np.sqrt(
            1 + np.sum(rows**2, axis=1) + (_PRODUCT_WEIGHT * squares) ** 2
        )

    def weighted_sum(
        self, records: summary.Labelled, weights: np.ndarray
    ) -> np.ndarray:
        """As `summary.Statistic.weighted_sum`, of the classes' blocks in order.

        Returns:
          float64 [k (1 + r + q (q + 1) / 2)].
        """
        rows = records.examples.astype(np.float64)
        blocks = []
        for label in range(self.num_classes):
            mine = records.labels == label
            scaled = rows[mine] * weights[mine, None]
            leading = rows[mine, : self.num_products]
            products = scaled[:, : self.num_products].T @ leading
            blocks += [
                weights[mine].sum(keepdims=True),
                scaled.sum(axis=0),
                _PRODUCT_WEIGHT * class_moments.to_vector(products),
            ]
        return np.concatenate(blocks)


def take(
    mechanism: summary.SummaryMechanism,
    records: summary.Labelled,
    *,
    num_classes: int,
    num_products: int,
    clip_norm: float,
    key: tf.Tensor,
) -> ClassFeatures:
    """Release the moments of the classes' features.

    Args:
      mechanism: with a release left.
      records: features and labels of all private records.
      num_classes: k, public.
      num_products: q.
      clip_norm: bound on |f|.
      key: int64 [4], secret; that of the mechanism's other releases.
    """
    sums = mechanism.privatize(
        FeatureStatistic(num_classes, num_products),
        records,
        clip_norm=clip_norm,
        key=key,
    ).reshape(num_classes, -1)
    shares = np.maximum(sums[:, :1], class_moments.LEAST_COUNT / num_classes)
    of_class = sums[:, 1:] / shares
    size = records.examples.shape[1]
    products = [
        class_moments.to_matrix(block / _PRODUCT_WEIGHT)
        for block in of_class[:, size:]
    ]
    return ClassFeatures(means=of_class[:, :size], products=np.stack(products))
