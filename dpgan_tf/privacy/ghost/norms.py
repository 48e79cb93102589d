"""Norms and weighted sums of one variable's gradients, from its uses.

A record's gradient is P = sum_u A_u^T B_u, with A_u [positions, inputs] and
B_u [positions, outputs]. There are two forms; neither suits all variables:

  Explicit    computes P of each record: for small weights or many positions.
  grams.Gram  needs no P for its norm: for large weights at few positions.

What a record adds to a sum depends on no other record: it lies on a grid (see
`grid`), or is added in float64.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy.ghost import grid as grids
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

# Squares are added in float32 along the last axis if it is not longer.
_LONGEST_FLOAT32_SUM = 1024

# Below this, squares that vanish in float32 could be a relevant part.
_SAFE_SQUARE = 2.0**-80


class VariableGradients(Protocol):
    """The gradients of r records in one variable."""

    def squared_norms(self) -> tf.Tensor:
        """Return them: float64 [r]."""

    def sum_in_units(
        self,
        factors: tf.Tensor,
        squares: tf.Tensor,
        is_finite: tf.Tensor,
        *,
        bound: tf.Tensor,
    ) -> tf.Tensor:
        """Return the sum of the gradients, each times its factor.

        Args:
          factors: float64 [r]; exactly 0 for a record that is left out.
          squares: [r], result of `squared_norms`.
          is_finite: bool [r]; False where the factor is 0 because of NaN.
          bound: float64 []; no gradient times its factor is longer.

        Returns:
          In units of the grid, float64 of the variable's shape.
        """


class Unused:
    """Gradients in a variable that the loss does not depend on."""

    def __init__(self, shape: tf.TensorShape, *, like: tf.Tensor) -> None:
        """Remember the shape.

        Args:
          shape: the variable's.
          like: [r].
        """
        self._shape, self._like = shape, like

    def squared_norms(self):
        """See `VariableGradients.squared_norms`."""
        return tf.zeros_like(self._like, tf.float64)

    def sum_in_units(self, factors, squares, is_finite, *, bound):
        """See `VariableGradients.sum_in_units`."""
        del factors, squares, is_finite, bound
        return tf.zeros(self._shape, tf.float64)


class Explicit:
    """Computes the gradient of each record."""

    def __init__(self, uses, shape, grid: grids.Grid) -> None:
        """Sum the uses of each record."""
        self._gradients, self._grid = of_each_record(uses, shape), grid

    def squared_norms(self):
        """See `VariableGradients.squared_norms`."""
        return squares_of(self._gradients)

    def sum_in_units(self, factors, squares, is_finite, *, bound):
        """See `VariableGradients.sum_in_units`.

        The factor is the last to come in: the norm is that of the very numbers
        that are added.
        """
        del squares, is_finite
        scales = self._grid.scales(factors, bound=bound)
        rank = self._gradients.shape.rank
        scales = tf.reshape(scales, [-1] + [1] * (rank - 1))
        return self._grid.sum_of(
            tf.math.multiply_no_nan(self._gradients, scales)
        )


def of_each_record(uses: Sequence[recording.Use], shape) -> tf.Tensor:
    """Return the gradients of all uses together: float32 [b, *shape].

    Args:
      uses: a variable's uses.
      shape: the variable's shape.
    """
    if isinstance(uses[0].operator, operators.ELEMENTWISE):
        return tf.add_n(
            [use.operator.of_each_record(use.a, use.b, shape) for use in uses]
        )
    # One product for all uses: writing the result takes most of the time.
    product = tf.matmul(inputs(uses, shape), outputs(uses), transpose_a=True)
    return tf.reshape(product, [-1, *shape])


def inputs(uses: Sequence[recording.Use], shape) -> tf.Tensor:
    """Return A of all uses by a product: [b, positions, inputs].

    Args:
      uses: a variable's uses.
      shape: the variable's shape.
    """
    alike = [
        use.operator == uses[0].operator
        and use.a.shape[1:] == uses[0].a.shape[1:]
        for use in uses
    ]
    if not all(alike):
        return tf.concat(
            [use.operator.patches(use.a, shape) for use in uses], axis=1
        )
    # Patches are many times as large as what they are of.
    together = tf.stack([use.a for use in uses], axis=1)
    rows = tf.reshape(together, [-1, *together.shape[2:]])
    patches = uses[0].operator.patches(rows, shape)
    num_positions = len(uses) * patches.shape[1]
    return tf.reshape(patches, [-1, num_positions, patches.shape[2]])


def outputs(uses: Sequence[recording.Use]) -> tf.Tensor:
    """Return B of all uses by a product: [b, positions, outputs].

    Args:
      uses: a variable's uses.
    """
    flat = [
        tf.reshape(
            use.b, [-1, int(np.prod(use.b.shape[1:-1])), use.b.shape[-1]]
        )
        for use in uses
    ]
    return tf.concat(flat, axis=1)


def squares_of(gradients: tf.Tensor) -> tf.Tensor:
    """Return the squared norm of each record's gradient: float64 [b].

    Args:
      gradients: float32 [b, *shape].
    """
    num_columns = gradients.shape[-1] if gradients.shape.rank > 1 else 1
    rows = tf.reshape(
        gradients,
        [-1, gradients.shape[1:].num_elements() // num_columns, num_columns],
    )
    if num_columns > _LONGEST_FLOAT32_SUM:
        return _exact_squares(rows)
    of_columns = tf.reduce_sum(tf.square(rows), axis=2)
    quickly = tf.reduce_sum(tf.cast(of_columns, tf.float64), axis=1)
    # A record's own square decides how it is added, and no other one.
    is_small = quickly < _SAFE_SQUARE
    return tf.cond(
        tf.reduce_any(is_small),
        lambda: tf.where(is_small, _exact_squares(rows), quickly),
        lambda: quickly,
    )


def _exact_squares(rows):
    return tf.reduce_sum(tf.square(tf.cast(rows, tf.float64)), axis=[1, 2])
