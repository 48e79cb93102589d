"""Norms and weighted sums of one variable's gradients, from its uses.

A record's gradient is P = sum_u A_u^T B_u, with A_u [positions, inputs] and
B_u [positions, outputs]. There are three forms; none suits all variables:

  Explicit    computes P of all records and keeps it: for small weights.
  OneByOne    computes P of one record after another and forgets it.
  grams.Gram  needs no P for its norm: for large weights at few positions.

For the sum, the last two compute P of a few records at a time. Records whose
terms cancel are added one by one, by the same operation as their norms. Every P
is added in float64: a record's contribution depends on no other record.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

# A squared norm below this share of its terms' largest possible sum: if the
# gradient is computed by another operation than the norm, it is rounded in
# another order, and its partial sums before they cancel could exceed the bound.
_CANCELLING_SHARE = 2.0**-10

# Most records whose gradients are computed together, and most entries of these.
_MOST_RECORDS = 16
_BLOCK_ENTRIES = 2**21

# Squares may underflow to zero; the norm that they bound must not.
_SMALLEST_SQUARE = 1e-37

# Below this, squares that vanish in float32 could be a relevant part.
_SAFE_SQUARE = 2.0**-80

_PARALLEL_RECORDS = 4


class VariableGradients(Protocol):
    """The gradients of b records in one variable."""

    def squared_norms(self) -> tf.Tensor:
        """Return them: float64 [b]."""

    def weighted_sum(
        self, factors: tf.Tensor, squares: tf.Tensor, is_finite: tf.Tensor
    ) -> tf.Tensor:
        """Return the sum of the gradients, each times its factor.

        Args:
          factors: float64 [b]; exactly 0 for a record that is left out.
          squares: [b], result of `squared_norms`.
          is_finite: bool [b]; False where the factor is 0 because of NaN.

        Returns:
          float64, of the variable's shape.
        """


class Explicit:
    """Computes the gradient of each record, and keeps it."""

    def __init__(self, uses, shape) -> None:
        """Sum the uses of each record."""
        self.gradients = _of_each_record(uses, shape)

    def squared_norms(self):
        """See `VariableGradients.squared_norms`."""
        return per_example.squared_norm(self.gradients)

    def weighted_sum(self, factors, squares, is_finite):
        """See `VariableGradients.weighted_sum`."""
        del squares, is_finite
        return per_example.weighted_sum(self.gradients, factors)


class OneByOne:
    """Computes the gradient of one record after another."""

    def __init__(self, uses, shape) -> None:
        """Keep the uses, and groups of them that one operation can process."""
        self.uses, self.shape = list(uses), shape
        self._alike = _alike(uses)

    def squared_norms(self):
        """See `VariableGradients.squared_norms`."""
        return tf.map_fn(
            self.squared_norm_of,
            tf.range(tf.shape(self.uses[0].a)[0]),
            fn_output_signature=tf.float64,
            parallel_iterations=_PARALLEL_RECORDS,
        )

    def weighted_sum(self, factors, squares, is_finite):
        """See `VariableGradients.weighted_sum`."""
        apart = is_finite & (factors != 0) & self.cancels(squares)
        together = tf.where(apart, tf.zeros_like(factors), factors)
        return self._add_apart(self._sum_of(together), factors, apart)

    def norms_and_weighted_sum(
        self, squares: tf.Tensor, column: int, rule: per_example.Rule
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Sum each record's gradient as soon as its norm is known.

        Args:
          squares: squared norms [b, V] in the other variables.
          column: number of this variable.
          rule: function that gives the factors; see
            `per_example.PerExampleGradients.weighted_sum`.

        Returns:
          The squared norms [b] in this variable, and the weighted sum.
        """
        num_records, num_variables = tf.shape(squares)[0], squares.shape[1]
        here = tf.range(num_variables) == column

        def add(i, total, found):
            gradient = self._of_record(i)
            square = _square(gradient)
            row = tf.where(here, square, squares[i])
            factor = rule(row[None], i[None])[0, column]
            total += tf.math.multiply_no_nan(
                tf.cast(gradient, tf.float64), factor
            )
            return i + 1, total, found.write(i, square)

        _, total, found = tf.while_loop(
            lambda i, *_: i < num_records,
            add,
            (
                tf.zeros([], tf.int32),
                tf.zeros(self.shape, tf.float64),
                tf.TensorArray(tf.float64, size=num_records, element_shape=[]),
            ),
            parallel_iterations=_PARALLEL_RECORDS,
        )
        return tf.ensure_shape(found.stack(), squares.shape[:1]), total

    def cancels(self, squares: tf.Tensor) -> tf.Tensor:
        """Return which squared norms [b] are small against their terms."""
        reach = tf.add_n([_largest_norm(use, self.shape) for use in self.uses])
        reach = tf.cast(reach, tf.float64)
        return squares < _CANCELLING_SHARE * tf.square(reach)

    def _add_apart(self, total, factors, apart):
        """Add the gradients of some records, each computed by itself."""

        def add(total, apart):
            i = tf.argmax(tf.cast(apart, tf.int32), output_type=tf.int32)
            gradient = tf.cast(self._of_record(i), tf.float64)
            total += tf.math.multiply_no_nan(gradient, factors[i])
            return total, apart & (tf.range(tf.shape(apart)[0]) != i)

        return tf.while_loop(
            lambda total, apart: tf.reduce_any(apart),
            add,
            (total, apart),
            parallel_iterations=1,
        )[0]

    def _of_record(self, i):
        return self._gradient(
            lambda use: use.a[i : i + 1], lambda use: use.b[i : i + 1]
        )

    def squared_norm_of(self, i) -> tf.Tensor:
        """Return the squared norm of record i, from its own gradient."""
        return _square(self._of_record(i))

    def _sum_of(self, factors):
        """Compute the gradients block by block, and add them in float64."""
        num_records = tf.shape(factors)[0]
        num_entries = max(1, self.shape.num_elements())
        size = max(1, min(_MOST_RECORDS, _BLOCK_ENTRIES // num_entries))

        def add(start, total):
            beyond = start + tf.range(size)
            places = tf.minimum(beyond, num_records - 1)
            mine = tf.gather(factors, places)
            mine = tf.where(beyond < num_records, mine, tf.zeros_like(mine))
            block = [use.at(places) for use in self.uses]
            gradients = _of_each_record(block, self.shape)
            total += per_example.weighted_sum(gradients, mine)
            return start + size, total

        return tf.while_loop(
            lambda start, _: start < num_records,
            add,
            (0, tf.zeros(self.shape, tf.float64)),
            parallel_iterations=1,
        )[1]

    def _gradient(self, a_of, b_of):
        return tf.add_n(
            [
                uses[0].operator.gradient(
                    tf.concat([a_of(use) for use in uses], axis=0),
                    tf.concat([b_of(use) for use in uses], axis=0),
                    self.shape,
                )
                for uses in self._alike
            ]
        )


def _alike(uses):
    """Group the uses by operator and shapes."""
    groups: dict[tuple, list[recording.Use]] = {}
    for use in uses:
        key = (use.operator, tuple(use.a.shape[1:]), tuple(use.b.shape[1:]))
        groups.setdefault(key, []).append(use)
    return list(groups.values())


def _of_each_record(uses: Sequence[recording.Use], shape) -> tf.Tensor:
    """Return the gradients [b, *shape] of all uses together."""
    if isinstance(uses[0].operator, operators.ELEMENTWISE):
        return tf.add_n(
            [use.operator.of_each_record(use.a, use.b, shape) for use in uses]
        )
    # One product for all uses: writing the result takes most of the time.
    product = tf.matmul(
        tf.concat([use.operator.patches(use.a, shape) for use in uses], axis=1),
        tf.concat([outputs(use) for use in uses], axis=1),
        transpose_a=True,
    )
    return tf.reshape(product, [-1, *shape])


def outputs(use: recording.Use) -> tf.Tensor:
    """Return B of a use as [b, positions, outputs].

    Args:
      use: a use by a product.
    """
    num_positions = int(np.prod(use.b.shape[1:-1]))
    return tf.reshape(use.b, [-1, num_positions, use.b.shape[-1]])


def _largest_norm(use, shape):
    """Bound the norm of A^T B by the norms of A's patches and of B: [b]."""
    a = _squares(use.a) + _SMALLEST_SQUARE
    b = _squares(use.b) + _SMALLEST_SQUARE
    return tf.sqrt(use.operator.overlap(use.a, shape) * a) * tf.sqrt(b)


def _square(gradient):
    """Return the squared norm of one record's gradient, float64 []."""
    of_columns = tf.reduce_sum(tf.square(gradient), axis=-1)
    quickly = tf.reduce_sum(tf.cast(of_columns, tf.float64))
    return tf.cond(
        quickly < _SAFE_SQUARE,
        lambda: tf.reduce_sum(tf.square(tf.cast(gradient, tf.float64))),
        lambda: quickly,
    )


def _squares(rows):
    """Return the sum of squares of each row, float32: [b]."""
    return tf.reduce_sum(tf.square(rows), axis=range(1, rows.shape.rank))
