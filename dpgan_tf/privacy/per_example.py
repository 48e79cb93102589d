"""Per-example gradients: their norms and their weighted sums.

Squares, and sums over records, are float64: in float32 a square can vanish or
overflow, and the rounding of a sum depends on the other records in it.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import tensorflow as tf

# Number of gradient entries that are float64 at one time, so that caches hold
# them; and the least number of records, so that a matrix product is fast.
_SLAB_ENTRIES = 2**20
_SLAB_RECORDS = 8

Rule = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Function from squared norms [m, V] and their records' numbers, int32 [m], to
the records' factors in the sum, float64 [m, V]. It sees all records at once if
one record's factors follow from other records' norms."""


class PerExampleGradients(Protocol):
    """The gradients of b records in V variables, in any form."""

    def squared_norms(self) -> tf.Tensor:
        """Return each record's squared norm in each variable: float64 [b, V].

        NaN or infinite where the gradient is, or where it overflows.
        """

    def weighted_sum(
        self, rule: Rule, *, bounds: tf.Tensor, together: int = 1
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Sum the records' gradients, each times a factor of its own.

        Args:
          rule: function that gives the factors once the norms are known. A
            record with the factor 0 adds exactly zero, whatever its gradient.
          bounds: float64 [V]; in no variable is a gradient times its factor
            longer.
          together: number of records whose factors follow from each other's
            norms; with 1 the rule may be asked for one record at a time.

        Returns:
          The squared norms [b, V] that the rule saw, and for each variable
          the sum, float64 [*variable.shape].
        """


class ExplicitGradients:
    """Per-example gradients that are held in memory."""

    def __init__(self, gradients: Sequence[tf.Tensor]) -> None:
        """Hold them.

        Args:
          gradients: gradients for V variables, float32 [b, *variable.shape].
        """
        self.gradients = list(gradients)

    def squared_norms(self) -> tf.Tensor:
        """Return each record's squared norm in each variable: [b, V]."""
        return tf.stack(
            [squared_norm(gradient) for gradient in self.gradients], axis=1
        )

    def weighted_sum(
        self, rule: Rule, *, bounds: tf.Tensor, together: int = 1
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """See `PerExampleGradients.weighted_sum`."""
        # All norms are known before any factor, and the sums are float64.
        del bounds, together
        squares = self.squared_norms()
        factors = rule(squares, tf.range(tf.shape(squares)[0]))
        return squares, [
            weighted_sum(gradient, factors[:, v])
            for v, gradient in enumerate(self.gradients)
        ]


def squared_norm(gradient: tf.Tensor) -> tf.Tensor:
    """Return the squared norm of each row of [b, ...]: float64 [b].

    Args:
      gradient: float32 [b, *shape].
    """
    rows = _flatten_rows(gradient)
    num_rows, size = tf.shape(rows)[0], _slab_size(rows)
    if _is_one_slab(rows, size):
        return _squares(tf.cast(rows, tf.float64))
    num_slabs = -(-num_rows // size)
    _, found = tf.while_loop(
        lambda i, _: i < num_slabs,
        lambda i, found: (
            i + 1,
            found.write(i, _squares(_slab(rows, i * size, size)[0])),
        ),
        (0, tf.TensorArray(tf.float64, num_slabs, element_shape=[size])),
        parallel_iterations=1,
    )
    squares = tf.reshape(found.stack(), [-1])[:num_rows]
    return tf.ensure_shape(squares, gradient.shape[:1])


def weighted_sum(gradient: tf.Tensor, factors: tf.Tensor) -> tf.Tensor:
    """Sum the rows of [b, ...], each times its factor; skip those with 0.

    Args:
      gradient: float32 [b, *shape].
      factors: float64 [b].

    Returns:
      float64 [*shape].
    """
    kept = tf.where((factors != 0)[:, None], _flatten_rows(gradient), 0.0)
    num_rows, size = tf.shape(kept)[0], _slab_size(kept)
    if _is_one_slab(kept, size):
        total = tf.matmul(factors[None], tf.cast(kept, tf.float64))
        return tf.reshape(total, gradient.shape[1:])

    def add(start, total):
        slab, places = _slab(kept, start, size)
        mine = _rows_at(factors, places)
        mine = tf.where(places < num_rows, mine, tf.zeros_like(mine))
        return start + size, total + tf.matmul(mine[None], slab)

    _, total = tf.while_loop(
        lambda start, _: start < num_rows,
        add,
        (0, tf.zeros([1, kept.shape[1]], tf.float64)),
        parallel_iterations=1,
    )
    return tf.reshape(total, gradient.shape[1:])


def _squares(rows):
    return tf.reduce_sum(tf.square(rows), axis=1)


def _is_one_slab(rows, size):
    """Return whether the traced shape shows that no loop is needed."""
    return rows.shape[0] is not None and rows.shape[0] <= size


def _slab_size(rows: tf.Tensor) -> int:
    return max(_SLAB_RECORDS, _SLAB_ENTRIES // max(1, rows.shape[1]))


def _slab(
    rows: tf.Tensor, start: tf.Tensor, size: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return `size` rows as float64, and their places, also past the end."""
    places = start + tf.range(size)
    return tf.cast(_rows_at(rows, places), tf.float64), places


def _rows_at(rows: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Return the rows at these places; past the end, the last row."""
    return tf.gather(rows, tf.minimum(places, tf.shape(rows)[0] - 1))


def _flatten_rows(gradient: tf.Tensor) -> tf.Tensor:
    return tf.reshape(gradient, [-1, gradient.shape[1:].num_elements()])
