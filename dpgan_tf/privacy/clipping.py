"""Bounding what one record can do to the sum of gradients.

Algorithm 1 line 8 and Algorithm 3 line 12, without their noise.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import per_example

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
      num_kept: float64 [k], how many were not, of those with a norm. Private.
      sum_of_norms: float64 [k], of the norms before clipping. Private.
    """

    gradients: list[tf.Tensor]
    num_records: tf.Tensor
    num_clipped: tf.Tensor
    num_kept: tf.Tensor
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
        num_kept=tf.zeros([num_groups], tf.float64),
        sum_of_norms=tf.zeros([num_groups], tf.float64),
    )


def clip_and_sum(
    gradients: per_example.PerExampleGradients,
    mask: tf.Tensor,
    *,
    groups: grouping.Groups,
) -> ClippedSum:
    """Clip each record's gradient in each group to c_j, and sum over records.

    A record with a NaN or infinite gradient, or one whose norm overflows
    float32, contributes exactly zero, as does a masked one.

    Args:
      gradients: of b records in V variables.
      mask: bool [b], False for padding.
      groups: the k groups and their bounds.

    Returns:
      The sum over the records that the mask keeps.
    """
    membership = tf.cast(groups.membership, tf.float64)

    def rule(squares, rows):
        factors = clip_factors(squares, tf.gather(mask, rows), groups=groups)
        return tf.matmul(factors, membership, transpose_b=True)

    squares, sums = gradients.weighted_sum(rule)
    factors = clip_factors(squares, mask, groups=groups)
    norms = group_norms(squares, groups.membership)
    counts = factors > 0
    return ClippedSum(
        gradients=[tf.cast(total, tf.float64) for total in sums],
        num_records=tf.reduce_sum(tf.cast(mask, tf.float64)),
        num_clipped=tf.reduce_sum(
            tf.cast(counts & (factors < 1), tf.float64), axis=0
        ),
        num_kept=tf.reduce_sum(tf.cast(factors >= 1, tf.float64), axis=0),
        sum_of_norms=tf.reduce_sum(
            tf.where(counts, norms, tf.zeros_like(norms)), axis=0
        ),
    )


def clip_factors(
    squares: tf.Tensor, mask: tf.Tensor, *, groups: grouping.Groups
) -> tf.Tensor:
    """Return what each record is multiplied by in each group.

    Args:
      squares: squared norms [b, V] in each variable.
      mask: bool [b], False for padding.
      groups: the k groups and their bounds.

    Returns:
      float64 [b, k]: min(1, c_j / norm), and 0 in all groups for a record
      that is masked or not finite in some group.
    """
    norms = group_norms(squares, groups.membership)
    counts = mask & tf.reduce_all(tf.math.is_finite(norms), axis=1)
    zero, one = tf.zeros([], tf.float64), tf.ones([], tf.float64)
    norms = tf.where(counts[:, None], norms, zero)
    bounds = tf.cast(groups.clip_norms, tf.float64) * (1 - ROUNDING_SLACK)
    factors = tf.minimum(one, tf.math.divide_no_nan(bounds, norms))
    factors = tf.where(norms > 0, factors, one)
    return tf.where(counts[:, None], factors, zero)


def group_norms(squares: tf.Tensor, membership: tf.Tensor) -> tf.Tensor:
    """Return each record's joint norm in each group.

    Args:
      squares: squared norms [b, V] in each variable.
      membership: float32 [V, k], one-hot rows.

    Returns:
      float64 [b, k]; NaN or infinite in every group, if it is in any.
    """
    return tf.sqrt(
        tf.matmul(tf.cast(squares, tf.float64), tf.cast(membership, tf.float64))
    )
