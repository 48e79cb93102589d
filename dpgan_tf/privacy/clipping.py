"""Bounding what one record, or one person, can do to the sum of gradients.

Algorithm 1 line 8 and Algorithm 3 line 12, without their noise. Where a unit of
privacy has up to L records, it counts as the mean of their gradients, and all
of them get one factor, since |sum_i g_i| <= sum_i |g_i|:

    factor = min(1, c_j / mean_i |g_ij|) / r,   i = 1..r <= L
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from dpgan_tf.privacy import grouping
from dpgan_tf.privacy import per_example

# Adding or removing a record shifts all records after it, and with them every
# rounding. A sum of m terms of norm C, in any order, is off by at most
# u C (2 + ... + m) < u C m^2 / 2, and two such sums by twice that.
#
# Where gradients are added in float64, u = 2^-53, so that the sums differ by
# m^2 2^-53 C, less than 2^-13 C for a million records. Where they are rounded
# to a grid first (see `ghost.grid`), all sums are exact, and a record's share
# is at most 2^-11 C longer. Within one record, terms are float32, in Gram
# matrices and in the gradient itself. By how much a gradient may exceed its
# computed norm is measured, not proved: below 1e-4 of the bound. All three
# together are less than 2^-10 C. A kernel may round a record differently when
# there are fewer records; claims exclude this floating-point side channel.
ROUNDING_SLACK = 2.0**-10

# Squares of about twice this overflow float32. Beyond it a record's terms
# overflow in one engine and not in the other; in both it adds exactly zero.
_LARGEST_NORM = 2.0**63

# A smaller factor loses digits in float32, and could be rounded up: it is 0.
_SMALLEST_FACTOR = 2.0**-126


class ClippedSum(NamedTuple):
    """The sum of clipped gradients of some records.

    Attributes:
      gradients: for each variable, float64 [*variable.shape].
      num_records: float64 [], how many records were summed. Private.
      num_clipped: float64 [k], how many were shortened. Private.
      sum_of_norms: float64 [k], sum of the norms before clipping. Private.
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
      num_groups: number k of groups.

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
    gradients: per_example.PerExampleGradients,
    mask: tf.Tensor,
    *,
    groups: grouping.Groups,
    most_records_per_unit: int = 1,
) -> ClippedSum:
    """Clip each unit's gradient in each group to c_j, and sum over units.

    A record with a NaN or infinite gradient, or one whose squared norm
    overflows float32, contributes exactly zero, as does a masked one; other
    records of its unit count as if it were not there.

    Args:
      gradients: gradients of b records in V variables.
      mask: bool [b], False for padding.
      groups: the k groups and their bounds.
      most_records_per_unit: number L of consecutive places of each unit, which
        divides b; with 1 a record is a unit.

    Returns:
      The sum over the records that the mask keeps.
    """
    membership = tf.cast(groups.membership, tf.float64)
    factors_of = functools.partial(
        clip_factors, groups=groups, most_records_per_unit=most_records_per_unit
    )

    def rule(squares, rows):
        factors = factors_of(squares, tf.gather(mask, rows))
        return tf.matmul(factors, membership, transpose_b=True)

    squares, sums = gradients.weighted_sum(
        rule,
        bounds=tf.linalg.matvec(
            membership, tf.cast(groups.clip_norms, tf.float64)
        ),
        together=most_records_per_unit,
    )
    factors = factors_of(squares, mask)
    norms = group_norms(squares, groups.membership)
    whole = _shares(_counted(norms, mask), most_records_per_unit)
    counts = factors > 0
    return ClippedSum(
        gradients=sums,
        num_records=tf.reduce_sum(tf.cast(mask, tf.float64)),
        num_clipped=tf.reduce_sum(
            tf.cast(counts & (factors < whole), tf.float64), axis=0
        ),
        sum_of_norms=tf.reduce_sum(
            tf.where(counts, norms, tf.zeros_like(norms)), axis=0
        ),
    )


def clip_factors(
    squares: tf.Tensor,
    mask: tf.Tensor,
    *,
    groups: grouping.Groups,
    most_records_per_unit: int = 1,
) -> tf.Tensor:
    """Return what each record is multiplied by in each group.

    Args:
      squares: squared norms [b, V] in each variable.
      mask: bool [b], False for padding.
      groups: the k groups and their bounds.
      most_records_per_unit: number L of consecutive places of each unit.

    Returns:
      float64 [b, k]: min(1, c_j / norm), or 0 if that is below 2^-126; and 0
      in all groups for a record that is masked, or whose norm is NaN or above
      2^63 in some group. For a unit of r such records that count: that of its
      mean norm, over r, for each of them.
    """
    norms = group_norms(squares, groups.membership)
    counts = _counted(norms, mask)
    shares = _shares(counts, most_records_per_unit)
    zero, one = tf.zeros([], tf.float64), tf.ones([], tf.float64)
    norms = tf.where(counts[:, None], norms, zero)
    norms = _sums_of_units(norms, most_records_per_unit) * shares
    bounds = tf.cast(groups.clip_norms, tf.float64) * (1 - ROUNDING_SLACK)
    factors = tf.minimum(one, tf.math.divide_no_nan(bounds, norms))
    factors = tf.where(norms > 0, factors, one) * shares
    counts = counts[:, None] & (factors >= _SMALLEST_FACTOR)
    return tf.where(counts, factors, zero)


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


def _counted(norms: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Return which records count, bool [b]: not masked, all norms finite."""
    # False for NaN, too.
    return mask & tf.reduce_all(norms < _LARGEST_NORM, axis=1)


def _shares(counts: tf.Tensor, most_records_per_unit: int) -> tf.Tensor:
    """Return 1 over the number of a unit's records that count, [b, 1]."""
    if most_records_per_unit == 1:
        return tf.ones([1, 1], tf.float64)
    numbers = tf.cast(counts, tf.float64)[:, None]
    return tf.math.reciprocal_no_nan(
        _sums_of_units(numbers, most_records_per_unit)
    )


def _sums_of_units(values: tf.Tensor, most_records_per_unit: int) -> tf.Tensor:
    """Return the sum over each record's unit, [b, k] as `values` are."""
    if most_records_per_unit == 1:
        return values
    of_units = tf.reshape(values, [-1, most_records_per_unit, values.shape[1]])
    sums = tf.reduce_sum(of_units, axis=1)
    return tf.repeat(sums, most_records_per_unit, axis=0)
