"""Clipping bounds from public records (dp-GAN section 4.2, strategy S3)."""

import math
from collections.abc import Callable

import tensorflow as tf

from dpgan_tf.privacy import batches
from dpgan_tf.privacy import per_example


def fixed_bounds(clip_norm: float, *, num_variables: int) -> tf.Tensor:
    """Divide one bound on the whole gradient among the variables.

    Algorithm 2 merges bounds by the root of the sum of squares: one group of
    all variables has the bound C again.

    Args:
      clip_norm: bound C on the whole gradient.
      num_variables: number V of variables.

    Returns:
      float32 [V], each C / sqrt(V).
    """
    return tf.fill([num_variables], clip_norm / math.sqrt(num_variables))


def public_bounds(
    gradient_fn: Callable[
        [tf.Tensor, tf.Tensor], per_example.PerExampleGradients
    ],
    batch: batches.PublicBatch,
) -> tf.Tensor:
    """Return the mean norm of each variable's gradient on public records.

    Algorithm 3, lines 4 and 5. Records without a finite norm do not count.

    Args:
      gradient_fn: function from examples [b, ...] and labels [b] to each
        record's gradients.
      batch: public records.

    Returns:
      float32 [V].

    Raises:
      TypeError: if `batch` is not a `PublicBatch`.
    """
    batches.require_public(batch)
    norms = tf.sqrt(gradient_fn(batch.examples, batch.labels).squared_norms())
    finite = tf.math.is_finite(norms)
    zero = tf.zeros([], norms.dtype)
    total = tf.reduce_sum(tf.where(finite, norms, zero), axis=0)
    count = tf.reduce_sum(tf.cast(finite, norms.dtype), axis=0)
    return tf.cast(total / tf.maximum(count, 1.0), tf.float32)
