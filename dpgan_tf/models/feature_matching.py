"""Fits a generator to private moments of features, before the critic's steps.

Everything here follows from moments that are private already, and costs no
more privacy.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf


class FeatureMatching(keras.Model):
    """A conditional generator whose fakes have given moments of features.

    The loss compares two halves of a batch of fakes, class by class,

        sum_c < a_c - m_c, b_c - m_c > + < A_c - P_c, B_c - P_c >

    with a_c, b_c the mean features of either half, A_c, B_c mean products of
    the leading ones, and m_c, P_c the private moments. Its mean is the squared
    distance of the generator's own moments from those, however few fakes a
    class has. What else is wanted of fakes is added.

    Attributes:
      generator: from latents [n, latent_dim] and labels [n] to images.
    """

    def __init__(
        self,
        generator: keras.Model,
        *,
        features: Callable[[tf.Tensor], tf.Tensor],
        means: np.ndarray,
        products: np.ndarray,
        beside: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    ) -> None:
        """Fit a generator.

        Args:
          generator: changed in place.
          features: of images [n, ...], [n, r].
          means: m, of each class, [k, r].
          products: P, of each class, [k, q, q].
          beside: loss [] of images and labels that is added.
        """
        super().__init__()
        self.generator = generator
        self._features = features
        self._beside = beside
        self._means = tf.constant(means, tf.float32)
        self._products = tf.constant(products, tf.float32)

    def train_step(self, latents: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take one step.

        Args:
          latents: float32 [2 b, latent_dim]; classes take turns in each half.

        Returns:
          The squared distance of the moments, as this step estimates it.
        """
        half = tf.shape(latents)[0] // 2
        of_half = tf.range(half) % self._means.shape[0]
        labels = tf.cast(tf.concat([of_half, of_half], 0), tf.int64)
        with tf.GradientTape() as tape:
            fakes = self.generator([latents, labels], training=True)
            distance = self.distance(self._features(fakes), labels)
            loss = distance + self._beside(fakes, labels)
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"distance": distance}

    def distance(self, features: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return the distance of two halves' moments from the private ones.

        Args:
          features: [2 b, r].
          labels: [2 b], each class as often as another in each half.
        """
        first, second = (
            self._distances(*half)
            for half in zip(
                tf.split(features, 2), tf.split(labels, 2), strict=True
            )
        )
        return tf.add_n(
            [tf.reduce_sum(a * b) for a, b in zip(first, second, strict=True)]
        )

    def _distances(self, features, labels):
        """Return a - m [k, r] and A - P [k, q, q] of a half."""
        of_class = tf.one_hot(labels, self._means.shape[0])
        weights = of_class / tf.maximum(tf.reduce_sum(of_class, axis=0), 1.0)
        leading = features[:, : self._products.shape[1]]
        products = tf.einsum(
            "nc,np,nq->cpq", weights, leading, leading, optimize="optimal"
        )
        means = tf.matmul(weights, features, transpose_a=True)
        return means - self._means, products - self._products
