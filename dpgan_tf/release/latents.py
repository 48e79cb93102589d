"""Latents, labels and counts of a seed's samples, in blocks of a fixed size.

Sample i of a seed is in block i // BLOCK_SIZE. A block's vectors depend on the
seed and the block's number only: samples do not depend on how they are batched,
and shorter requests are prefixes of longer ones. The released `sample`
signature and `generate` share this definition.
"""

import numpy as np
import tensorflow as tf

from dpgan_tf.models import purposes

_GOLDEN_RATIO = (1 + 5**0.5) / 2

BLOCK_SIZE = 128
"""Number of samples generated together; a seed's samples depend on it."""


def block_latents(seed, block, *, latent_dim: int) -> tf.Tensor:
    """Draw the latent vectors of one block, z ~ N(0, I).

    Args:
      seed: int64 scalar.
      block: int64 scalar, the number of the block, from 0.
      latent_dim: length of a latent vector.

    Returns:
      float32 [BLOCK_SIZE, latent_dim].
    """
    key = _key(seed, block, purposes.OfSamples.LATENTS)
    return tf.random.stateless_normal([BLOCK_SIZE, latent_dim], key)


def block_labels(
    block, *, num_classes: int, shares: np.ndarray | None = None
) -> tf.Tensor:
    """Return the labels of one block.

    Sample i has label i mod num_classes. If classes have shares, it has the
    class at place (i + 1/2) phi mod 1 of their cumulated shares: multiples of
    the golden ratio phi lie evenly, however many there are.

    Args:
      block: int64 scalar, the number of the block, from 0.
      num_classes: at least 1.
      shares: float64 [num_classes], in sum 1; None for classes that are
        equally frequent.

    Returns:
      int64 [BLOCK_SIZE].
    """
    first = tf.cast(block, tf.int64) * BLOCK_SIZE
    numbers = first + tf.range(BLOCK_SIZE, dtype=tf.int64)
    if shares is None:
        return numbers % num_classes
    places = (tf.cast(numbers, tf.float64) + 0.5) * _GOLDEN_RATIO % 1.0
    ends = tf.constant(np.cumsum(shares)[:-1], tf.float64)
    is_beyond = places[:, None] >= ends
    return tf.reduce_sum(tf.cast(is_beyond, tf.int64), axis=1)


def block_counts(
    probabilities: tf.Tensor, seed, block, *, largest: int
) -> tf.Tensor:
    """Draw the counts of one block from a generator's probabilities.

    Args:
      probabilities: float32 [BLOCK_SIZE, columns].
      seed: int64 scalar.
      block: int64 scalar, the number of the block, from 0.
      largest: the largest count.

    Returns:
      uint8 [BLOCK_SIZE, columns], Binomial(largest, p).
    """
    uniforms = tf.random.stateless_uniform(
        [largest, *probabilities.shape],
        _key(seed, block, purposes.OfSamples.COUNTS),
    )
    drawn = tf.cast(uniforms < probabilities[None], tf.int32)
    return tf.cast(tf.reduce_sum(drawn, axis=0), tf.uint8)


def _key(seed, block, drawn: purposes.OfSamples) -> tf.Tensor:
    pair = tf.stack([tf.cast(seed, tf.int64), tf.constant(drawn, tf.int64)])
    return tf.random.experimental.stateless_fold_in(
        pair, tf.cast(block, tf.int64)
    )
