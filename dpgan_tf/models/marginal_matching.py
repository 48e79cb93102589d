"""Fits a generator of rows to marginals of its columns and of pairs of them.

Everything here follows from marginals that are private already, and costs no
more privacy.
"""

import keras
import numpy as np
import tensorflow as tf

_SCALE = 50.0
"""Factor of the loss; keeps its gradients far above Adam's epsilon."""

_AT_A_TIME = 2_048


class MarginalMatching(keras.Model):
    """A generator whose rows have given products of pairs of columns.

    The loss compares two halves of a batch of latents with the target T,

        sum_ij w_ij (A_ij - T_ij) (B_ij - T_ij)

    with A and B the mean products of probabilities in either half, and their
    means on the diagonal: its mean is the squared distance of the generator's
    own marginals from T, however small the batch.

    Attributes:
      generator: from latents [n, latent_dim] to probabilities [n, columns].
    """

    def __init__(self, generator: keras.Model) -> None:
        """Fit a generator, to nothing yet.

        Args:
          generator: changed in place.
        """
        super().__init__()
        self.generator = generator
        shape = [generator.output_shape[-1]] * 2
        self._target = tf.Variable(tf.zeros(shape), trainable=False)
        self._weights = tf.Variable(tf.zeros(shape), trainable=False)

    def follow(self, target: np.ndarray, weights: np.ndarray) -> None:
        """Fit the generator to other marginals from now on.

        Args:
          target: T, symmetric [columns, columns], with the means of the
            columns on the diagonal.
          weights: w, symmetric [columns, columns]; 0 for what is not known.
        """
        self._target.assign(target)
        self._weights.assign(_SCALE * weights)

    def train_step(self, latents: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take one step.

        Args:
          latents: float32 [2 b, latent_dim].

        Returns:
          The loss.
        """
        with tf.GradientTape() as tape:
            loss = self.distance(self.generator(latents, training=True))
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"distance": loss}

    def distance(self, probabilities: tf.Tensor) -> tf.Tensor:
        """Return the loss of probabilities [2 b, columns]."""
        first, second = tf.split(probabilities, 2)
        return tf.reduce_sum(
            self._weights
            * (_products(first) - self._target)
            * (_products(second) - self._target)
        )

    def products(self, *, num: int, seed: int) -> np.ndarray:
        """Return the generator's own marginals, float64 [columns, columns].

        Args:
          num: number of latents.
          seed: seed of the latents; not protective.
        """
        shape = [_AT_A_TIME, self.generator.input_shape[-1]]
        found = [
            _products(
                self.generator(tf.random.stateless_normal(shape, [seed, i]))
            )
            for i in range(-(-num // _AT_A_TIME))
        ]
        return np.mean([each.numpy() for each in found], 0, np.float64)


def _products(rows: tf.Tensor) -> tf.Tensor:
    num_rows = tf.cast(tf.shape(rows)[0], tf.float32)
    products = tf.matmul(rows, rows, transpose_a=True) / num_rows
    return tf.linalg.set_diag(products, tf.reduce_mean(rows, axis=0))
