"""Norms and weighted sums of one variable's gradients, from its uses.

A record's gradient is P = sum_u A_u^T B_u, with A_u [positions, inputs] and
B_u [positions, outputs]. Three ways, and none suits all variables:

  Explicit   makes P of all records and keeps it: for small weights.
  Gram       |P|^2 is the sum of (A_u A_v^T) * (B_u B_v^T) over all pairs of
             uses and positions: for few positions and large weights.
  OneByOne   makes P of one record after another and forgets it: else.

The last two sum with one ordinary filter gradient of (A, factor * B). It
rounds otherwise than the norm did, which `_at_least_rounding` allows for.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from dpgan_tf.privacy import per_example
from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import geometry
from dpgan_tf.privacy.ghost import operators
from dpgan_tf.privacy.ghost import recording

# A squared norm below this share of its diagonal terms has lost digits to
# cancellation: it is taken anew from the record's own gradient.
_TRUSTED_SHARE = 0.1

# A norm below 2^-12 of what its terms could add up to is lost in rounding.
_ROUNDING_FLOOR = 2.0**-24

_PARALLEL_RECORDS = 4


class VariableGradients(Protocol):
    """The gradients of b records in one variable."""

    def squared_norms(self) -> tf.Tensor:
        """Return them: [b]."""

    def weighted_sum(
        self, factors: tf.Tensor, is_finite: tf.Tensor
    ) -> tf.Tensor:
        """Return the sum of the gradients, each times its factor.

        Args:
          factors: float64 [b]; exactly 0 for a record that is left out.
          is_finite: bool [b]; False where the factor is 0 because of NaN.
        """


def of_variable(
    uses: Sequence[recording.Use], shape: tf.TensorShape
) -> VariableGradients:
    """Return the cheapest form.

    Args:
      uses: of the variable.
      shape: of the variable.
    """
    return _FORMS[costs.cheapest_form(uses, shape)](uses, shape)


class Explicit:
    """Makes the gradient of each record, and keeps it."""

    def __init__(self, uses, shape) -> None:
        """Sum the uses of each record."""
        self.gradients = tf.add_n([_of_each_record(use, shape) for use in uses])

    def squared_norms(self):
        """As `VariableGradients.squared_norms`."""
        return per_example.squared_norm(self.gradients)

    def weighted_sum(self, factors, is_finite):
        """As `VariableGradients.weighted_sum`."""
        del is_finite
        return per_example.weighted_sum(self.gradients, factors)


class OneByOne:
    """Makes the gradient of one record after another."""

    def __init__(self, uses, shape) -> None:
        """Keep the uses, and those that one operation can take together."""
        self._uses, self._shape = list(uses), shape
        self._alike = _alike(uses)

    def squared_norms(self):
        """As `VariableGradients.squared_norms`."""
        squares = tf.map_fn(
            self._squared_norm_of,
            tf.range(tf.shape(self._uses[0].a)[0]),
            fn_output_signature=tf.float32,
            parallel_iterations=_PARALLEL_RECORDS,
        )
        return _at_least_rounding(squares, self._uses, self._shape)

    def weighted_sum(self, factors, is_finite):
        """As `VariableGradients.weighted_sum`."""
        return tf.cond(
            tf.reduce_all(is_finite),
            lambda: self._sum_of(factors, lambda rows: rows),
            lambda: self._sum_of(factors, lambda rows: _keep(rows, is_finite)),
        )

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
                tf.zeros(self._shape),
                tf.TensorArray(tf.float32, size=num_records, element_shape=[]),
            ),
            parallel_iterations=_PARALLEL_RECORDS,
        )
        return tf.ensure_shape(found.stack(), squares.shape[:1]), total

    def _of_record(self, i):
        return self._gradient(
            lambda use: use.a[i : i + 1], lambda use: use.b[i : i + 1]
        )

    def _squared_norm_of(self, i):
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
                    self._shape,
                )
                for uses in self._alike
            ]
        )


class Gram(OneByOne):
    """Takes the norms from inner products between positions."""

    def squared_norms(self):
        """As `VariableGradients.squared_norms`."""
        inputs = _input_grams(self._uses, self._shape)
        squares, diagonal = [], []
        for (u, v), gram in inputs.items():
            product = gram * tf.matmul(
                _outputs(self._uses[u]),
                _outputs(self._uses[v]),
                transpose_b=True,
            )
            total = tf.reduce_sum(product, axis=[1, 2])
            squares.append(total if u == v else 2 * total)
            if u == v:
                diagonal.append(tf.linalg.trace(product))
        found = self._without_cancellation(
            tf.add_n(squares), tf.add_n(diagonal)
        )
        return _at_least_rounding(found, self._uses, self._shape)

    def _without_cancellation(self, squares, diagonal):
        """Take anew what is small against its diagonal terms, or not finite."""

        def mend(squares, trusted):
            i = tf.argmin(tf.cast(trusted, tf.int32), output_type=tf.int32)
            exact = self._squared_norm_of(i)[None]
            place = i[None, None]
            return (
                tf.tensor_scatter_nd_update(squares, place, exact),
                tf.tensor_scatter_nd_update(trusted, place, [True]),
            )

        trusted = squares >= _TRUSTED_SHARE * diagonal
        return tf.while_loop(
            lambda squares, trusted: ~tf.reduce_all(trusted),
            mend,
            (squares, trusted),
            parallel_iterations=1,
        )[0]


_FORMS: dict[str, Callable[..., VariableGradients]] = {
    "explicit": Explicit,
    "gram": Gram,
    "one_by_one": OneByOne,
}


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
        use.operator.patches(use.a, shape), _outputs(use), transpose_a=True
    )
    return tf.reshape(product, [-1, *shape])


def _outputs(use: recording.Use) -> tf.Tensor:
    """Return B as [b, positions, outputs]."""
    num_positions = int(np.prod(use.b.shape[1:-1]))
    return tf.reshape(use.b, [-1, num_positions, use.b.shape[-1]])


def _input_grams(uses, shape) -> dict[tuple[int, int], tf.Tensor]:
    """Return A_u A_v^T [b, positions, positions] of all pairs u <= v."""
    pairs = [(u, v) for u in range(len(uses)) for v in range(u, len(uses))]
    if costs.fits_table(uses, shape):
        return _grams_by_table(uses, shape, pairs)
    patches = [use.operator.patches(use.a, shape) for use in uses]
    return {
        (u, v): tf.matmul(patches[u], patches[v], transpose_b=True)
        for u, v in pairs
    }


def _grams_by_table(uses, shape, pairs):
    """Sum products of pixels instead of products of overlapping patches."""
    taps = uses[0].operator.taps(uses[0].a, shape)
    num_positions = taps.shape[0]
    num_pixels = uses[0].a.shape[1] * uses[0].a.shape[2]
    pixels = [
        tf.reshape(use.a, [-1, num_pixels, use.a.shape[3]]) for use in uses
    ]
    products = tf.concat(
        [tf.matmul(pixels[u], pixels[v], transpose_b=True) for u, v in pairs],
        axis=0,
    )
    grams = tf.matmul(
        tf.reshape(products, [-1, num_pixels**2]),
        tf.constant(geometry.pairs(taps, num_pixels)),
    )
    grams = tf.reshape(grams, [-1, num_positions, num_positions])
    return dict(zip(pairs, tf.split(grams, len(pairs)), strict=True))


def _at_least_rounding(squares, uses, shape):
    """Raise what is lost in rounding to where the weighted sum is exact enough.

    The sum's rounding error is a share of what the terms could add up to, not
    of what they do; a record whose terms cancel beyond this share is clipped
    as if its gradient were that share.
    """
    reach = tf.add_n([_largest_norm(use, shape) for use in uses])
    return tf.maximum(squares, _ROUNDING_FLOOR * tf.square(reach))


def _largest_norm(use, shape):
    """Bound the norm of A^T B by the norms of A's patches and of B: [b]."""
    squares = per_example.squared_norm(use.a) * per_example.squared_norm(use.b)
    return tf.sqrt(use.operator.overlap(use.a, shape) * squares)


def _keep(rows, keep):
    wide = tf.reshape(keep, [-1] + [1] * (rows.shape.rank - 1))
    return tf.where(wide, rows, tf.zeros_like(rows))
