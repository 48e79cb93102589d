"""What a private summary of classes asks of fakes.

Everything here follows from a summary that is private already, and costs no
more privacy.
"""

import tensorflow as tf

from dpgan_tf.models import guide as guides
from dpgan_tf.privacy.summary import class_features
from dpgan_tf.privacy.summary import projection as projections


class SummaryLoss:
    """Loss of fakes that should look like their labels, and vary like records.

        guide_weight * cross-entropy + feature_weight * distance

    The distance compares two halves of the fakes, class by class,

        sum_c < a_c - m_c, b_c - m_c > + < A_c - P_c, B_c - P_c >

    with a_c, b_c the mean features of either half, A_c, B_c mean products of
    the leading ones, and m_c, P_c the private moments. Its mean is the squared
    distance of the generator's own moments from those, however few fakes a
    class has. A class that one half lacks is left out: where there are hardly
    more fakes than classes, the distance weighs less.
    """

    def __init__(
        self,
        *,
        guide: guides.Guide | None,
        projection: projections.Projection,
        moments: class_features.ClassFeatures,
        guide_weight: float,
        feature_weight: float,
    ) -> None:
        """Take over a summary.

        Args:
          guide: classifier that knows what images look like; None for none.
          projection: of scattering features.
          moments: of the features along it, in each class.
          guide_weight: of the cross-entropy of the guide's answers.
          feature_weight: of the distance.
        """
        self._guide = guide
        self._guide_weight = guide_weight
        self._feature_weight = feature_weight
        self._center = tf.constant(projection.center, tf.float32)
        self._directions = tf.constant(projection.directions, tf.float32)
        self._means = tf.constant(moments.means, tf.float32)
        self._products = tf.constant(moments.products, tf.float32)

    def __call__(
        self, images: tf.Tensor, labels: tf.Tensor | None
    ) -> tf.Tensor:
        """Return the loss of fakes, [].

        Args:
          images: pixels in [-1, 1], [n, height, width, channels].
          labels: int64 [n]; None if all are of one class.
        """
        if labels is None:
            labels = tf.zeros(tf.shape(images)[:1], tf.int64)
        features = guides.features(images)
        loss = tf.constant(0.0)
        if self._guide is not None:
            surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels, self._guide.logits(features)
            )
            loss += self._guide_weight * tf.reduce_mean(surprise)
        if self._feature_weight:
            rows = (features - self._center) @ self._directions
            loss += self._feature_weight * self.distance(rows, labels)
        return loss

    def distance(self, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return the distance of two halves' moments from the private ones.

        Args:
          rows: features along the directions, [n, r].
          labels: int64 [n].
        """
        half = tf.shape(rows)[0] // 2
        counts, *first = self._differences(rows[:half], labels[:half])
        others, *second = self._differences(rows[half:], labels[half:])
        of_class = tf.add_n(
            [
                tf.reduce_sum(a * b, axis=range(1, len(a.shape)))
                for a, b in zip(first, second, strict=True)
            ]
        )
        present = tf.minimum(counts, others) > 0
        return tf.reduce_sum(tf.where(present, of_class, 0.0))

    def _differences(self, rows, labels):
        """Return counts [k], a - m [k, r] and A - P [k, q, q] of a half."""
        num_classes, num_leading, _ = self._products.shape
        of_class = tf.one_hot(labels, num_classes)
        counts = tf.reduce_sum(of_class, axis=0)
        weights = of_class / tf.maximum(counts, 1.0)
        leading = rows[:, :num_leading]
        products = tf.einsum(
            "nc,np,nq->cpq", weights, leading, leading, optimize="optimal"
        )
        means = tf.matmul(weights, rows, transpose_a=True)
        return counts, means - self._means, products - self._products
