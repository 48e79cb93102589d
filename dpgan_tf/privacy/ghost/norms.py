"""Norms and weighted sums of one variable's gradients, from its uses.

A record's gradient is P = sum_u A_u^T B_u, with A_u [positions, inputs] and
B_u [positions, outputs]. Three ways, and none suits all variables:

  Explicit    makes P of all records and keeps it: for small weights.
  OneByOne    makes P of one record after another and forgets it.
  grams.Gram  does not make P for its norm: for large weights at few positions.

The last two sum with one ordinary filter gradient of (A, factor * B), but for
records whose terms cancel: these are added one by one.
"""

from typing import Protocol

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

# A squared norm below this share of what its terms could add up to: summed
# together with others, the record's terms would pile up before they cancel,
# and the rounding of the pile could exceed the bound.
_CANCELLING_SHARE = 2.0**-10

# Squares may underflow to zero; what they bound must not.
_SMALLEST_SQUARE = 1e-37

_PARALLEL_RECORDS = 4


class VariableGradients(Protocol):
    """The gradients of b records in one variable."""

    def squared_norms(self) -> tf.Tensor:
        """Return them: [b]."""

    def weighted_sum(
        self, factors: tf.Tensor, squares: tf.Tensor, is_finite: tf.Tensor
    ) -> tf.Tensor:
        """Return the sum of the gradients, each times its factor.

        Args:
          factors: float64 [b]; exactly 0 for a record that is left out.
          squares: [b], what `squared_norms` returned.
          is_finite: bool [b]; False where the factor is 0 because of NaN.
        """


class Explicit:
    """Makes the gradient of each record, and keeps it."""

    def __init__(self, uses, shape) -> None:
        """Sum the uses of each record."""
        self.gradients = tf.add_n([_of_each_record(use, shape) for use in uses])

    def squared_norms(self):
        """As `VariableGradients.squared_norms`."""
        return per_example.squared_norm(self.gradients)

    def weighted_sum(self, factors, squares, is_finite):
        """As `VariableGradients.weighted_sum`."""
        del squares, is_finite
        return per_example.weighted_sum(self.gradients, factors)


class OneByOne:
    """Makes the gradient of one record after another."""

    def __init__(self, uses, shape) -> None:
        """Keep the uses, and those that one operation can take together."""
        self.uses, self.shape = list(uses), shape
        self._alike = _alike(uses)

    def squared_norms(self):
        """As `VariableGradients.squared_norms`."""
        return tf.map_fn(
            self.squared_norm_of,
            tf.range(tf.shape(self.uses[0].a)[0]),
            fn_output_signature=tf.float32,
            parallel_iterations=_PARALLEL_RECORDS,
        )

    def weighted_sum(self, factors, squares, is_finite):
        """As `VariableGradients.weighted_sum`."""
        apart = is_finite & (factors != 0) & self.cancels(squares)
        together = tf.where(apart, tf.zeros_like(factors), factors)
        total = tf.cond(
            tf.reduce_all(is_finite),
            lambda: self._sum_of(together, lambda rows: rows),
            lambda: self._sum_of(together, lambda rows: _keep(rows, is_finite)),
        )
        return self._add_apart(total, factors, apart)

    def norms_and_weighted_sum(
        self, squares: tf.Tensor, column: int, rule: per_example.Rule
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Sum each record's gradient as soon as its norm is known.

        Args:
          squares: squared norms [b, V] in the other variables.
          column: of this variable.
          rule: as for `per_example.PerExampleGradients.weighted_sum`.

        Returns:
          The squared norms [b] in this variable, and the weighted sum.
        """
        num_records, num_variables = tf.shape(squares)[0], squares.shape[1]
        here = tf.range(num_variables) == column

        def add(i, total, found):
            gradient = self._of_record(i)
            square = 2 * tf.nn.l2_loss(gradient)
            row = tf.where(here, square, squares[i])
            factor = rule(row[None], i[None])[0, column]
            total += tf.math.multiply_no_nan(
                gradient, tf.cast(factor, tf.float32)
            )
            return i + 1, total, found.write(i, square)

        _, total, found = tf.while_loop(
            lambda i, *_: i < num_records,
            add,
            (
                tf.zeros([], tf.int32),
                tf.zeros(self.shape),
                tf.TensorArray(tf.float32, size=num_records, element_shape=[]),
            ),
            parallel_iterations=_PARALLEL_RECORDS,
        )
        return tf.ensure_shape(found.stack(), squares.shape[:1]), total

    def cancels(self, squares: tf.Tensor) -> tf.Tensor:
        """Return for squared norms [b] which are small against their terms."""
        reach = tf.add_n([_largest_norm(use, self.shape) for use in self.uses])
        return squares < _CANCELLING_SHARE * tf.square(reach)

    def _add_apart(self, total, factors, apart):
        """Add the gradients of some records, each made by itself."""

        def add(total, apart):
            i = tf.argmax(tf.cast(apart, tf.int32), output_type=tf.int32)
            factor = tf.cast(factors[i], total.dtype)
            total += tf.math.multiply_no_nan(self._of_record(i), factor)
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
        return 2 * tf.nn.l2_loss(self._of_record(i))

    def _sum_of(self, factors, clean):
        def scaled(use):
            wide = tf.reshape(factors, [-1] + [1] * (use.b.shape.rank - 1))
            return tf.cast(wide, use.b.dtype) * clean(use.b)

        return self._gradient(lambda use: clean(use.a), scaled)

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


def _of_each_record(use: recording.Use, shape) -> tf.Tensor:
    """Return the gradients [b, *shape] of one use."""
    if isinstance(use.operator, operators.ELEMENTWISE):
        return use.operator.of_each_record(use.a, use.b, shape)
    product = tf.matmul(
        use.operator.patches(use.a, shape), outputs(use), transpose_a=True
    )
    return tf.reshape(product, [-1, *shape])


def outputs(use: recording.Use) -> tf.Tensor:
    """Return B of a use as [b, positions, outputs].

    Args:
      use: of a product.
    """
    num_positions = int(np.prod(use.b.shape[1:-1]))
    return tf.reshape(use.b, [-1, num_positions, use.b.shape[-1]])


def _largest_norm(use, shape):
    """Bound the norm of A^T B by the norms of A's patches and of B: [b]."""
    a = per_example.squared_norm(use.a) + _SMALLEST_SQUARE
    b = per_example.squared_norm(use.b) + _SMALLEST_SQUARE
    return tf.sqrt(use.operator.overlap(use.a, shape) * a) * tf.sqrt(b)


def _keep(rows, keep):
    wide = tf.reshape(keep, [-1] + [1] * (rows.shape.rank - 1))
    return tf.where(wide, rows, tf.zeros_like(rows))
