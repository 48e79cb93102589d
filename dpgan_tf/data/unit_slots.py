"""Slots of a batch: L consecutive ones for each unit, empty behind its records.

A unit of privacy is drawn as a whole, and clipped as a whole. Where every
record is a unit, a slot is a record.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from dpgan_tf.data import records
from dpgan_tf.privacy import batches

_HALF = 26
"""Half of the bits of a random number."""


class Slots(NamedTuple):
    """The slots of drawn units.

    Attributes:
      places: numbers of the units' records among all records, int64 [b].
      fill: function from rows of these records, [b, ...], to rows of all slots
        [s, ...], zero in empty ones.
      random_ids: int64 [s], as in `batches.PrivateBatch`.
      mask: bool [s], True where there is a record.
    """

    places: tf.Tensor
    fill: Callable[[tf.Tensor], tf.Tensor]
    random_ids: tf.Tensor
    mask: tf.Tensor


Spread = Callable[[tf.Tensor, tf.Tensor], Slots]
"""Function from numbers [u] and random ids [u] of drawn units to their slots;
both int64, the ids below 2**52."""


def spreader(
    private: records.PrivateRecords, *, most_records_per_unit: int
) -> Spread:
    """Return the function that gives drawn units their slots.

    Args:
      private: the records of all units.
      most_records_per_unit: number L of a unit's slots.

    Raises:
      ValueError: if a unit has more records, or L > 1 and there are no units.
    """
    size = most_records_per_unit
    if private.units is None:
        if size != 1:
            raise ValueError(
                f"most_records_per_unit={size}; the records have no units."
            )
        return _one_each
    with tf.device("CPU:0"):
        table = tf.constant(_places(private.units, size))

    def spread(units, random_ids):
        places = tf.reshape(tf.gather(table, units), [-1])
        mask = places >= 0
        taken = tf.where(mask)

        def fill(rows):
            shape = tf.concat([tf.shape(places), tf.shape(rows)[1:]], axis=0)
            filled = tf.scatter_nd(tf.cast(taken, tf.int32), rows, shape)
            return tf.ensure_shape(filled, [None, *rows.shape[1:]])

        return Slots(
            places=tf.boolean_mask(places, mask),
            fill=fill,
            random_ids=_of_records(random_ids, size),
            mask=mask,
        )

    return spread


def in_chunks(
    slots: Slots,
    examples: tf.Tensor,
    labels: tf.Tensor,
    *,
    chunk_size: int,
    multiple: int,
) -> batches.PrivateBatch:
    """Divide slots among chunks of one size, padded with zeros.

    Args:
      slots: the slots of drawn units.
      examples: float32 [b, ...], of the records.
      labels: int64 [b].
      chunk_size: most slots in a chunk, a multiple of L.
      multiple: divisor of the size, if that is below `chunk_size`, and likewise
        a multiple of L: few different sizes need few different kernels.

    Returns:
      The batch, in which no unit is divided.
    """
    num_taken = tf.shape(slots.mask)[0]
    num_chunks = tf.maximum(1, -(-num_taken // chunk_size))
    share = tf.maximum(1, -(-num_taken // num_chunks))
    rounded = tf.minimum(-(-share // multiple) * multiple, chunk_size)
    size = chunk_size if multiple == chunk_size else rounded
    num_slots = num_chunks * size

    def shared_out(rows):
        beyond = [[0, num_slots - num_taken]] + [[0, 0]] * (rows.shape.rank - 1)
        return tf.reshape(
            tf.pad(rows, beyond), [num_chunks, size, *rows.shape[1:]]
        )

    return batches.PrivateBatch(
        examples=shared_out(slots.fill(examples)),
        labels=shared_out(slots.fill(labels)),
        mask=shared_out(slots.mask),
        random_ids=shared_out(slots.random_ids),
    )


def _one_each(units: tf.Tensor, random_ids: tf.Tensor) -> Slots:
    """Return slots where every record is a unit."""
    mask = tf.ones_like(units, tf.bool)
    return Slots(units, lambda rows: rows, random_ids, mask)


def _of_records(random_ids: tf.Tensor, size: int) -> tf.Tensor:
    """Return i L + l for each slot of a unit with the random id i, [u L].

    The upper half of i turns the slots: else a person's first record would meet
    every L-th fake alone.
    """
    ids = random_ids[:, None]
    turned = (ids // 2**_HALF + tf.range(size, dtype=tf.int64)) % size
    return tf.reshape(ids * size + turned, [-1])


def _places(units: np.ndarray, size: int) -> np.ndarray:
    """Return the places of each unit's records, -1 behind: int64 [U, L]."""
    sizes = np.bincount(units)
    if sizes.max() > size:
        raise ValueError(
            f"a unit has more records than most_records_per_unit={size}."
        )
    table = np.full([len(sizes), size], -1, np.int64)
    table[np.arange(size) < sizes[:, None]] = np.argsort(units, kind="stable")
    return table
