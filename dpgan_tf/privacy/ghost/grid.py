"""Shares on a grid: float32 adds them exactly, in whatever order.

A record's clipped gradient in one variable, its share of the sum, is at most as
long as the variable's bound c. Rounded to multiples of

    unit = c / 2^b

it has entries of at most 2^b units. Float32 holds whole numbers up to 2^24, so
that a sum of 2^(24 - b) shares is exact; float64 adds such sums exactly up to
2^53 units. What a record adds is therefore the same beside all other records.

The rounding is the record's own. It moves the share by at most sqrt(D) / 2
units if the critic has D weights; b is the least for which that is 2^-11 c.
"""

import dataclasses
import math

import tensorflow as tf

from dpgan_tf.privacy import errors

_EXACT_BITS = 24
_FEWEST_BITS = 20
_MOST_LOST_BITS = 11

# The bound may be so small that bound / unit overflows float32; less is added.
_LARGEST_SCALE = 2.0**120


@dataclasses.dataclass(frozen=True)
class Grid:
    """A grid for the shares of a critic's records.

    Attributes:
      bits: b; a bound is 2^b units.
    """

    bits: int

    @property
    def num_rows(self) -> int:
        """Number of shares that float32 adds exactly."""
        return 2 ** (_EXACT_BITS - self.bits)

    def unit(self, bound: tf.Tensor) -> tf.Tensor:
        """Return the unit, float64 [].

        Args:
          bound: c, float64 [].
        """
        return bound * 2.0**-self.bits

    def scales(self, factors: tf.Tensor, *, bound: tf.Tensor) -> tf.Tensor:
        """Return what turns gradients into shares in units: float32 [r].

        Args:
          factors: float64 [r]; a gradient times its factor is at most as long
            as the bound.
          bound: c, float64 []; nothing is added if it is 0.
        """
        scales = tf.math.divide_no_nan(factors, self.unit(bound))
        return tf.cast(tf.minimum(scales, _LARGEST_SCALE), tf.float32)

    def sum_of(self, shares: tf.Tensor) -> tf.Tensor:
        """Return the sum of some records' shares, in units.

        Args:
          shares: in units, finite, float32 [r, *shape], r at most `num_rows` or
            a multiple of it.

        Returns:
          Whole numbers, float64 [*shape].
        """
        shape = shares.shape[1:]
        size = tf.minimum(self.num_rows, tf.shape(shares)[0])
        rows = tf.reshape(tf.math.rint(shares), [-1, size, math.prod(shape)])
        few = tf.matmul(tf.ones([tf.shape(rows)[0], 1, size]), rows)
        total = tf.reduce_sum(tf.cast(few, tf.float64), axis=[0, 1])
        return tf.reshape(total, shape)


def of(num_weights: int) -> Grid:
    """Return the coarsest grid that is fine enough for a critic.

    Args:
      num_weights: D, of all variables together.

    Raises:
      PrivacyError: if there is none.
    """
    for bits in range(_FEWEST_BITS, _EXACT_BITS + 1):
        if num_weights <= 4 ** (bits + 1 - _MOST_LOST_BITS):
            return Grid(bits)
    raise errors.PrivacyError(
        f"a critic of {num_weights:,} weights; engine=ghost sums at most "
        f"{4 ** (_EXACT_BITS + 1 - _MOST_LOST_BITS):,}: use engine=vectorized."
    )
