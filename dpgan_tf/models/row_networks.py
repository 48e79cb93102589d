"""Perceptrons for rows of a table: a critic and a generator."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dpgan_tf.models import activations

FIRST_PROBABILITY = 0.01
"""Every column's probability in a new generator: most codes are rare."""


def build_table_critic(num_columns: int, *, width: int) -> keras.Model:
    """Build a critic of rows: a perceptron with two hidden layers.

    Args:
      num_columns: number of a row's columns.
      width: number of units of both hidden layers.

    Returns:
      A Keras model from rows [n, num_columns] in [0, 1] to scores [n, 1].
    """
    row = keras.Input((num_columns,), name="row")
    hidden = row
    for i in range(2):
        hidden = layers.Dense(width, name=f"dense_{i + 1}")(hidden)
        hidden = layers.Activation(activations.leaky_relu)(hidden)
    score = layers.Dense(1, use_bias=False, name="score")(hidden)
    return keras.Model(row, score, name="critic")


def table_critic_shapes(
    num_columns: int, *, width: int
) -> list[tuple[int, ...]]:
    """Return the shapes of the variables that `build_table_critic` makes.

    Args:
      num_columns: number of a row's columns.
      width: number of units of both hidden layers.
    """
    return [
        *[(num_columns, width), (width,)],
        *[(width, width), (width,)],
        (width, 1),
    ]


def build_table_generator(
    num_columns: int,
    *,
    latent_dim: int,
    width: int,
    blocks: Sequence[int] = (),
) -> keras.Model:
    """Build a generator of rows: a perceptron with two hidden layers.

    Each layer also sees what the one before it saw (as CTGAN's, Xu et al.
    2019): dependences of columns are learnt in fewer steps.
    There are no batch statistics and no autoencoder: only the adversarial steps
    have ever seen a record.

    Args:
      num_columns: number of a row's columns.
      latent_dim: length of the latent vector z.
      width: number of units of both hidden layers.
      blocks: sizes of blocks of columns, as of `records.Form`; without them,
        columns are on their own.

    Returns:
      A Keras model from latents [n, latent_dim] to probabilities [n,
      num_columns]. At first those of a block are about equal, and those of a
      column on its own near `FIRST_PROBABILITY`.
    """
    latent = keras.Input((latent_dim,), name="latent")
    hidden = latent
    for i in range(2):
        further = layers.Dense(width, activation="relu", name=f"dense_{i + 1}")
        hidden = layers.Concatenate()([hidden, further(hidden)])
    sizes = np.array(tuple(blocks) or (1,) * num_columns)
    logit = math.log(FIRST_PROBABILITY / (1 - FIRST_PROBABILITY))
    first = np.repeat(np.where(sizes == 1, logit, 0.0), sizes)
    last = layers.Dense(num_columns, name="logits")
    probabilities = BlockSoftmax(sizes.tolist(), name="probabilities")(
        last(hidden)
    )
    last.bias.assign(first)
    return keras.Model(latent, probabilities, name="generator")


class BlockSoftmax(layers.Layer):
    """A softmax in each block of columns; a sigmoid in a block of one."""

    def __init__(self, blocks: Sequence[int], **kwargs: Any) -> None:
        """Take over the blocks.

        Args:
          blocks: sizes of the blocks, in order.
          **kwargs: as of every layer.
        """
        super().__init__(**kwargs)
        self._blocks = [int(size) for size in blocks]

    def get_config(self) -> dict[str, Any]:
        """As `keras.Layer.get_config`."""
        return super().get_config() | {"blocks": self._blocks}

    def call(self, logits: tf.Tensor) -> tf.Tensor:
        """Return probabilities.

        Args:
          logits: [n, columns].
        """
        if set(self._blocks) == {1}:
            return tf.sigmoid(logits)
        numbers = np.repeat(np.arange(len(self._blocks)), self._blocks)
        columns = tf.transpose(logits)
        is_alone = tf.constant(np.array(self._blocks) == 1)[:, None]
        # A column on its own competes with a logit of zero.
        largest = tf.stop_gradient(tf.math.segment_max(columns, numbers))
        largest = tf.where(is_alone, tf.maximum(largest, 0.0), largest)
        weights = tf.exp(columns - tf.gather(largest, numbers))
        totals = tf.math.segment_sum(weights, numbers)
        totals += tf.where(is_alone, tf.exp(-largest), 0.0)
        return tf.transpose(weights / tf.gather(totals, numbers))
