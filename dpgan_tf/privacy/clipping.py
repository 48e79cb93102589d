"""Bounding what one record can do to the sum of gradients.

Algorithm 1 line 8 and Algorithm 3 line 12, without their noise.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from dpgan_tf.privacy import grouping

# Squares within a variable, and sums within a chunk of at most 4096
# records, are float32; all else is float64. Measured errors stay below 1e-4 of
# the bound, so that with this slack the true sum moves by at most the bound.
ROUNDING_SLACK = 2.0**-10


class ClippedSum(NamedTuple):
    """The sum of clipped gradients of some records.

    Attributes:
      gradients: for each variable, float64 [*variable.shape].
      num_records: float64 [], how many records were summed. Private.
      num_clipped: float64 [k], how many were shortened. Private.
      sum_of_norms: float64 [k], of the norms before clipping. Private.
    """

    gradients: list[tf.Tensor]
    num_records: tf.Tensor
    num_clipped: tf.Tensor
    sum_of_norms: tf.Tensor


def empty_sum(
    shapes: Sequence[Sequence[int]], *, num_groups: int
) -> ClippedSum:
    """Return the clipped sum of no records.

    Args:
      shapes: shapes of the V variables.
      num_groups: k.

    Returns:
      Zeros.
    """
    return ClippedSum(
        gradients=[tf.zeros(shape, tf.float64) for shape in shapes],
        num_records=tf.zeros([], tf.float64),
        num_clipped=tf.zeros([num_groups], tf.float64),
        sum_of_norms=tf.zeros([num_groups], tf.float64),
    )


def clip_and_sum(
    gradients: Sequence[tf.Tensor],
    mask: tf.Tensor,
    *,
    groups: grouping.Groups,
) -> ClippedSum:
    """Clip each record's gradient in each group to c_j, and sum over records.

    A record with a NaN or infinite gradient, or one whose norm overflows
    float32, contributes exactly zero, as does a masked one.

    Args:
      gradients: for each of V variables float32 [b, *variable.shape].
      mask: bool [b], False for padding.
      groups: the k groups and their bounds.

    Returns:
      The sum over the records that the mask keeps.
    """
    norms = group_norms(gradients, groups.membership)
    counts = mask & tf.reduce_all(tf.math.is_finite(norms), axis=1)
    zero, one = tf.zeros([], tf.float64), tf.ones([], tf.float64)
    norms = tf.where(counts[:, None], norms, zero)
    bounds = tf.cast(groups.clip_norms, tf.float64) * (1 - ROUNDING_SLACK)
    factors = tf.minimum(one, tf.math.divide_no_nan(bounds, norms))
    factors = tf.where(norms > 0, factors, one)
    factors = tf.where(counts[:, None], factors, zero)
    by_variable = tf.matmul(
        factors, tf.cast(groups.membership, tf.float64), transpose_b=True
    )
    sums = [
        _weighted_sum(gradient, by_variable[:, v], counts)
        for v, gradient in enumerate(gradients)
    ]
    clipped = tf.cast(counts[:, None] & (factors < 1), tf.float64)
    return ClippedSum(
        gradients=sums,
        num_records=tf.reduce_sum(tf.cast(mask, tf.float64)),
        num_clipped=tf.reduce_sum(clipped, axis=0),
        sum_of_norms=tf.reduce_sum(norms, axis=0),
    )


def variable_norms(gradients: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return each record's norm in each variable.

    Args:
      gradients: for each of V variables float32 [b, *variable.shape].

    Returns:
      float32 [b, V].
    """
    return tf.sqrt(_squared_norms(gradients))


def group_norms(
    gradients: Sequence[tf.Tensor], membership: tf.Tensor
) -> tf.Tensor:
    """Return each record's joint norm in each group.

    Args:
      gradients: for each of V variables float32 [b, *variable.shape].
      membership: float32 [V, k], one-hot rows.

    Returns:
      float64 [b, k]; NaN or infinite in every group, if it is in any.
    """
    squares = tf.cast(_squared_norms(gradients), tf.float64)
    return tf.sqrt(tf.matmul(squares, tf.cast(membership, tf.float64)))


def _squared_norms(gradients: Sequence[tf.Tensor]) -> tf.Tensor:
    return tf.stack(
        [
            tf.reduce_sum(tf.square(_flatten_rows(gradient)), axis=1)
            for gradient in gradients
        ],
        axis=1,
    )


def _weighted_sum(
    gradient: tf.Tensor, weights: tf.Tensor, keep: tf.Tensor
) -> tf.Tensor:
    """Sum weights [b] times gradients [b, ...], where `keep` [b] holds."""
    flat = tf.where(keep[:, None], _flatten_rows(gradient), 0.0)
    total = tf.linalg.matvec(
        flat, tf.cast(weights, tf.float32), transpose_a=True
    )
    return tf.cast(tf.reshape(total, gradient.shape[1:]), tf.float64)


def _flatten_rows(gradient: tf.Tensor) -> tf.Tensor:
    return tf.reshape(gradient, [-1, gradient.shape[1:].num_elements() or 1])
