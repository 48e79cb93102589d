"""Fits a generator of rows to private moments: a warm start without records.

Everything here follows from moments that are private already, and costs no
more privacy.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

_MEAN_WEIGHT = 10.0
_NUM_LATENTS = 16_384
_NUM_ROUNDS = 12


class MomentMatching(keras.Model):
    """A generator whose rows have given means, and products of pairs.

    The loss compares the pairs of two halves of a batch of latents,

        < A - T, B - T > + 10 |(mean p - m) scale|^2

    with A and B the mean products of probabilities, centred and scaled as those
    of the records, of either half: its mean is the squared distance of the
    generator's own products from T, however small the batch.

    Attributes:
      generator: from latents [n, latent_dim] to probabilities [n, columns].
    """

    def __init__(
        self,
        generator: keras.Model,
        *,
        mean: np.ndarray,
        scale: np.ndarray,
        pairs: np.ndarray,
        blocks: Sequence[int] = (),
    ) -> None:
        """Fit a generator.

        Args:
          generator: changed in place.
          mean: of the columns, [columns], in (0, 1).
          scale: what a centred column is multiplied by, [columns].
          pairs: mean products of pairs, [columns, columns], zero diagonal.
          blocks: sizes of blocks of columns, whose own products are not
            compared: a row has 1 in one column of a block.
        """
        super().__init__()
        self.generator = generator
        self._mean = tf.constant(mean, tf.float32)
        self._scale = tf.constant(scale, tf.float32)
        self._pairs = tf.constant(pairs, tf.float32)
        numbers = (
            np.repeat(np.arange(len(blocks)), blocks)
            if blocks
            else (np.arange(len(mean)))
        )
        self._apart = tf.constant(numbers[:, None] != numbers, tf.float32)

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
        centred = (probabilities - self._mean) * self._scale
        first, second = tf.split(centred, 2)
        pairs = tf.reduce_sum(
            self._apart
            * (_products(first) - self._pairs)
            * (_products(second) - self._pairs)
        )
        means = tf.reduce_sum(tf.reduce_mean(centred, axis=0) ** 2)
        return pairs + _MEAN_WEIGHT * means


def calibrate(
    generator: keras.Model,
    mean: np.ndarray,
    *,
    seed: int,
    blocks: Sequence[int] = (),
) -> None:
    """Move the output biases until the mean probabilities are the given ones.

    Args:
      generator: whose last bias moves logits; changed in place.
      mean: of the columns, [columns], in (0, 1).
      seed: of the latents; not protective.
      blocks: sizes of blocks of columns that are softmaxes; without them, each
        column is a sigmoid.
    """
    bias = _last_bias(generator)
    latents = tf.random.stateless_normal(
        [_NUM_LATENTS, generator.inputs[0].shape[-1]], [seed, 0]
    )
    is_alone = np.repeat(np.array(blocks) == 1, blocks) if blocks else True
    wanted = tf.constant(mean, tf.float32)
    for _ in range(_NUM_ROUNDS):
        found = tf.reduce_mean(generator(latents), axis=0)
        bias.assign_add(_of(wanted, is_alone) - _of(found, is_alone))


def _of(probability: tf.Tensor, is_alone: np.ndarray | bool) -> tf.Tensor:
    """Return what its logit is: of a softmax, up to a common constant."""
    bounded = tf.clip_by_value(probability, 1e-7, 1 - 1e-6)
    others = tf.where(is_alone, tf.math.log1p(-bounded), 0.0)
    return tf.math.log(bounded) - others


def _last_bias(generator: keras.Model) -> keras.Variable:
    biases = (getattr(each, "bias", None) for each in generator.layers[::-1])
    return next(bias for bias in biases if bias is not None)


def _products(rows: tf.Tensor) -> tf.Tensor:
    num_rows = tf.cast(tf.shape(rows)[0], tf.float32)
    return tf.matmul(rows, rows, transpose_a=True) / num_rows
