"""Norms from inner products between positions, without the gradient.

|sum_u A_u^T B_u|^2 is the sum of (A_u A_v^T) * (B_u B_v^T) over all pairs of
uses u, v and of positions.

Records whose terms cancel are added one by one, by the same operation as their
norms. At few positions, the sum of all others is one product in float64, in
which those of float32 numbers are exact.
"""

import dataclasses

import tensorflow as tf

from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import geometry
from dpgan_tf.privacy.ghost import grid as grids
from dpgan_tf.privacy.ghost import norms

# A squared norm below this share of its diagonal terms has lost digits to
# cancellation: it is computed again from the record's own gradient.
_TRUSTED_SHARE = 0.1

# A squared norm below this share of its terms' largest possible sum: if the
# gradient is computed by another operation than the norm, it is rounded in
# another order, and its partial sums before they cancel could exceed the bound.
_CANCELLING_SHARE = 2.0**-10

# Squares may underflow to zero; the norm that they bound must not.
_SMALLEST_SQUARE = 1e-37


class Gram:
    """Takes the norms from inner products between positions."""

    def __init__(self, uses, shape, grid: grids.Grid) -> None:
        """Keep the uses."""
        self._uses, self._shape, self._grid = list(uses), shape, grid

    def squared_norms(self):
        """See `VariableGradients.squared_norms`."""
        sides, grams = _grams(self._uses, self._shape)
        squares, diagonal = [], []
        for (u, v), gram in grams.items():
            product = gram * tf.matmul(sides[u], sides[v], transpose_b=True)
            product = tf.cast(product, tf.float64)
            total = tf.reduce_sum(product, axis=[1, 2])
            squares.append(total if u == v else 2 * total)
            if u == v:
                diagonal.append(tf.linalg.trace(product))
        return self._without_cancellation(tf.add_n(squares), tf.add_n(diagonal))

    def sum_in_units(self, factors, squares, is_finite, *, bound):
        """See `VariableGradients.sum_in_units`."""
        apart = is_finite & (factors != 0) & self.cancels(squares)
        scales = self._grid.scales(factors, bound=bound)
        together = tf.where(apart, tf.zeros_like(scales), scales)
        if costs.is_faster_in_float64(self._uses):
            total = self._sum_in_float64(together)
        else:
            total = self._sum_on_grid(together)
        return self._add_apart(total, scales, apart)

    def cancels(self, squares: tf.Tensor) -> tf.Tensor:
        """Return which squared norms [b] are small against their terms.

        Args:
          squares: [b], result of `squared_norms`.
        """
        reach = tf.add_n(
            [_largest_norm(use, self._shape) for use in self._uses]
        )
        reach = tf.cast(reach, tf.float64)
        return squares < _CANCELLING_SHARE * tf.square(reach)

    def _without_cancellation(self, squares, diagonal):
        """Recompute norms that are small against their terms or not finite."""

        def mend(squares, trusted):
            i = tf.argmin(tf.cast(trusted, tf.int32), output_type=tf.int32)
            exact = norms.squares_of(self._of_record(i))
            place = i[None, None]
            return (
                tf.tensor_scatter_nd_update(squares, place, exact),
                tf.tensor_scatter_nd_update(trusted, place, [True]),
            )

        trusted = squares >= _TRUSTED_SHARE * diagonal
        trusted &= ~self.cancels(squares)
        return tf.while_loop(
            lambda squares, trusted: ~tf.reduce_all(trusted),
            mend,
            (squares, trusted),
            parallel_iterations=1,
        )[0]

    def _sum_in_float64(self, scales):
        """Return the sum as one product over records and positions."""
        a, b = (tf.cast(part, tf.float64) for part in self._scaled(scales))
        total = tf.matmul(
            tf.reshape(a, [-1, a.shape[-1]]),
            tf.reshape(b, [-1, b.shape[-1]]),
            transpose_a=True,
        )
        return tf.reshape(total, self._shape)

    def _sum_on_grid(self, scales):
        shares = tf.matmul(*self._scaled(scales), transpose_a=True)
        return self._grid.sum_of(tf.reshape(shares, [-1, *self._shape]))

    def _scaled(self, scales):
        """Return A and B, times the scales: what is scaled by 0 is left out.

        So is a record whose scaled outputs overflow.
        """
        b = norms.outputs(self._uses)
        b = tf.math.multiply_no_nan(b, scales[:, None, None])
        counts = tf.reduce_all(tf.math.is_finite(b), axis=[1, 2])
        counts &= scales != 0
        uses = [
            dataclasses.replace(use, a=_only(use.a, counts))
            for use in self._uses
        ]
        return norms.inputs(uses, self._shape), _only(b, counts)

    def _add_apart(self, total, scales, apart):
        """Add the gradients of some records, each computed by itself."""

        def add(total, apart):
            i = tf.argmax(tf.cast(apart, tf.int32), output_type=tf.int32)
            share = tf.math.multiply_no_nan(self._of_record(i), scales[i])
            total += self._grid.sum_of(share)
            return total, apart & (tf.range(tf.shape(apart)[0]) != i)

        return tf.while_loop(
            lambda total, apart: tf.reduce_any(apart),
            add,
            (total, apart),
            parallel_iterations=1,
        )[0]

    def _of_record(self, i):
        """Return the gradient of one record alone, [1, *shape]."""
        return norms.of_each_record(
            [use.at(i[None]) for use in self._uses], self._shape
        )


def _grams(uses, shape):
    """Return B of some parts, and A A^T of all pairs of these parts."""
    if costs.fits_table(uses):
        sides = [norms.outputs([use]) for use in uses]
        return sides, _grams_by_table(uses, shape)
    patches = norms.inputs(uses, shape)
    gram = tf.matmul(patches, patches, transpose_b=True)
    return [norms.outputs(uses)], {(0, 0): gram}


def _grams_by_table(uses, shape) -> dict[tuple[int, int], tf.Tensor]:
    """Sum products of pixels instead of products of overlapping patches.

    Returns A_u A_v^T [b, positions, positions] of all pairs u <= v.
    """
    pairs = [(u, v) for u in range(len(uses)) for v in range(u, len(uses))]
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


def _only(rows, counts):
    """Return the rows [b, ...] that count, and zeros for others."""
    counts = tf.reshape(counts, [-1] + [1] * (rows.shape.rank - 1))
    return tf.where(counts, rows, tf.zeros_like(rows))


def _largest_norm(use, shape):
    """Bound the norm of A^T B by the norms of A's patches and of B: [b]."""
    a = _squares(use.a) + _SMALLEST_SQUARE
    b = _squares(use.b) + _SMALLEST_SQUARE
    return tf.sqrt(use.operator.overlap(use.a, shape) * a) * tf.sqrt(b)


def _squares(rows):
    """Return the sum of squares of each row, float32: [b]."""
    return tf.reduce_sum(tf.square(rows), axis=range(1, rows.shape.rank))
