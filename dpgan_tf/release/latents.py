"""Latents, labels and rows of a seed's samples, in blocks of a fixed size.

Sample i of a seed is in block i // BLOCK_SIZE. A block's vectors depend on the
seed and the block's number only: samples do not depend on how they are batched,
and shorter requests are prefixes of longer ones. The released `sample`
signature and `generate` share this definition.
"""

from collections.abc import Sequence

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


def block_rows(
    probabilities: tf.Tensor,
    seed,
    block,
    *,
    blocks: Sequence[int],
    largest: int,
) -> tf.Tensor:
    """Draw the rows of one block of samples.

    Args:
      probabilities: float32 [BLOCK_SIZE, columns].
      seed: int64 scalar.
      block: int64 scalar, the number of the block of samples, from 0.
      blocks: sizes of the blocks of columns; empty for columns of counts.
      largest: the largest count.

    Returns:
      uint8 [BLOCK_SIZE, columns].
    """
    if blocks:
        return block_cells(probabilities, seed, block, blocks=blocks)
    return block_counts(probabilities, seed, block, largest=largest)


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


def block_cells(
    probabilities: tf.Tensor, seed, block, *, blocks: Sequence[int]
) -> tf.Tensor:
    """Draw the cells of one block of samples: one of each block of columns.

    The cells of a block of columns divide an interval by their probabilities,
    and a uniform number falls into one of them. A cell of its own, in a block
    of one, is drawn with its probability.

    Args:
      probabilities: float32 [BLOCK_SIZE, columns].
      seed: int64 scalar.
      block: int64 scalar, the number of the block of samples, from 0.
      blocks: sizes of the blocks of columns.

    Returns:
      uint8 [BLOCK_SIZE, columns] of 0 and 1.
    """
    sizes = np.array(blocks)
    last = np.cumsum(sizes) - 1
    # Ends of a block's cells, one after another, are equal to the starts of the
    # next ones: exactly one cell holds a number.
    ends = tf.cumsum(tf.cast(probabilities, tf.float64), axis=1)
    starts = tf.pad(ends[:, :-1], [[0, 0], [1, 0]])
    first = tf.gather(starts, last - sizes + 1, axis=1)
    width = tf.gather(ends, last, axis=1) - first
    width = tf.where(tf.constant(sizes == 1), tf.ones_like(width), width)
    uniforms = tf.random.stateless_uniform(
        [BLOCK_SIZE, len(sizes)], _key(seed, block, purposes.OfSamples.COUNTS)
    )
    drawn = first + tf.cast(uniforms, tf.float64) * width
    drawn = tf.gather(drawn, np.repeat(np.arange(len(sizes)), sizes), axis=1)
    return tf.cast((starts <= drawn) & (drawn < ends), tf.uint8)


def block_places(seed, block, *, num: int) -> tf.Tensor:
    """Draw places in cells for the numbers in one block of samples.

    Args:
      seed: int64 scalar.
      block: int64 scalar, the number of the block, from 0.
      num: number of places of each sample.

    Returns:
      float64 [BLOCK_SIZE, num] from 0 to below 1.
    """
    return tf.random.stateless_uniform(
        [BLOCK_SIZE, num],
        _key(seed, block, purposes.OfSamples.PLACES),
        dtype=tf.float64,
    )


def _key(seed, block, drawn: purposes.OfSamples) -> tf.Tensor:
    pair = tf.stack([tf.cast(seed, tf.int64), tf.constant(drawn, tf.int64)])
    return tf.random.experimental.stateless_fold_in(
        pair, tf.cast(block, tf.int64)
    )
