"""Norms from inner products between positions, without the gradient.

|sum_u A_u^T B_u|^2 is the sum of (A_u A_v^T) * (B_u B_v^T) over all pairs of
uses u, v and of positions.
"""

import tensorflow as tf

from dpgan_tf.privacy.ghost import costs
from dpgan_tf.privacy.ghost import geometry
from dpgan_tf.privacy.ghost import norms

# A squared norm below this share of its diagonal terms has lost digits to
# cancellation: it is computed again from the record's own gradient.
_TRUSTED_SHARE = 0.1


class Gram(norms.OneByOne):
    """Takes the norms from inner products between positions."""

    def squared_norms(self):
        """See `VariableGradients.squared_norms`."""
        inputs = _input_grams(self.uses, self.shape)
        squares, diagonal = [], []
        for (u, v), gram in inputs.items():
            product = gram * tf.matmul(
                norms.outputs(self.uses[u]),
                norms.outputs(self.uses[v]),
                transpose_b=True,
            )
            product = tf.cast(product, tf.float64)
            total = tf.reduce_sum(product, axis=[1, 2])
            squares.append(total if u == v else 2 * total)
            if u == v:
                diagonal.append(tf.linalg.trace(product))
        return self._without_cancellation(tf.add_n(squares), tf.add_n(diagonal))

    def _without_cancellation(self, squares, diagonal):
        """Recompute norms that are small against their terms or not finite."""

        def mend(squares, trusted):
            i = tf.argmin(tf.cast(trusted, tf.int32), output_type=tf.int32)
            exact = self.squared_norm_of(i)[None]
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


def _input_grams(uses, shape) -> dict[tuple[int, int], tf.Tensor]:
    """Return A_u A_v^T [b, positions, positions] of all pairs u <= v."""
    pairs = [(u, v) for u in range(len(uses)) for v in range(u, len(uses))]
    if costs.fits_table(uses):
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
