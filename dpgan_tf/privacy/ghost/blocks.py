"""A few records at a time: their norms, factors and sums, then the next few."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf


class Block(NamedTuple):
    """A few records that are looked at together.

    Attributes:
      places: their numbers, int32 [r]; beyond the last record, the last one.
      is_there: False beyond the last record, bool [r].
    """

    places: tf.Tensor
    is_there: tf.Tensor

    def only_there(self, values: tf.Tensor) -> tf.Tensor:
        """Return values of these records, 0 beyond the last one.

        Args:
          values: [r, V].
        """
        return tf.where(self.is_there[:, None], values, tf.zeros_like(values))


def over(
    num_records: tf.Tensor,
    look: Callable[[Block], tuple[tf.Tensor, list[tf.Tensor]]],
    *,
    size: tf.Tensor,
    num_columns: int,
    shapes: Sequence[tf.TensorShape],
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Look at all records, block by block.

    Args:
      num_records: b, int32 [].
      look: function from a block to rows [r, num_columns] of its records, and
        to terms of some sums, all float64.
      size: r, int32 [].
      num_columns: length of a row.
      shapes: the sums' shapes.

    Returns:
      The rows [b, num_columns], and the sums over all blocks.
    """

    def add(start, found, totals):
        beyond = start + tf.range(size)
        places = tf.minimum(beyond, num_records - 1)
        rows, terms = look(Block(places, beyond < num_records))
        found = tf.tensor_scatter_nd_update(found, places[:, None], rows)
        totals = [a + b for a, b in zip(totals, terms, strict=True)]
        return start + size, found, totals

    nothing = (
        tf.zeros([], tf.int32),
        tf.zeros([num_records, num_columns], tf.float64),
        [tf.zeros(shape, tf.float64) for shape in shapes],
    )
    _, found, totals = tf.while_loop(
        lambda start, *_: start < num_records,
        add,
        nothing,
        parallel_iterations=1,
    )
    return found, totals


def even_size(num_records: tf.Tensor, *, most: int, step: int) -> tf.Tensor:
    """Return the size of blocks that are as few as can be, and about equal.

    Args:
      num_records: b, int32 [].
      most: largest size.
      step: a size is a multiple of this, if it is larger.

    Returns:
      int32 [].
    """
    if most > step:
        most -= most % step
    num_blocks = tf.maximum(1, -(-num_records // most))
    size = tf.maximum(1, -(-num_records // num_blocks))
    return tf.where(size > step, -(-size // step) * step, size)
