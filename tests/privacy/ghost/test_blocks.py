"""Every record is in one block, and in its own place."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.privacy.ghost import blocks


def looked_at(num_records, size):
    """Rows and sums of squares, over blocks; and the blocks' places."""
    values = tf.range(1.0, num_records + 1)
    seen = []

    def look(block):
        seen.append(block.places.numpy().tolist())
        mine = tf.cast(tf.gather(values, block.places), tf.float64)
        rows = tf.stack([mine, -mine], axis=1)
        kept = block.only_there(rows)
        return rows, [tf.reduce_sum(kept[:, :1], axis=0)]

    rows, (total,) = blocks.over(
        tf.constant(num_records),
        look,
        size=tf.constant(size),
        num_columns=2,
        shapes=[tf.TensorShape([1])],
    )
    return rows.numpy(), total.numpy(), seen


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("num_records", [0, 1, 5, 6])
def test_records_are_in_their_places_and_counted_once(num_records, size):
    rows, total, seen = looked_at(num_records, size)
    numbers = np.arange(1, num_records + 1)
    np.testing.assert_array_equal(rows, np.stack([numbers, -numbers], axis=1))
    np.testing.assert_array_equal(total, [numbers.sum()])
    assert all(len(places) == size for places in seen)
    assert len(seen) == -(-num_records // size)


@pytest.mark.parametrize(
    ("num_records", "most", "step", "expected"),
    [
        (64, 10, 8, 8),
        (64, 7, 8, 7),
        (65, 64, 16, 48),
        (20, 256, 16, 32),
        (5, 256, 16, 5),
        (64, 256, 16, 64),
        (16, 2, 8, 2),
        (17, 2, 8, 2),
        (9, 5, 8, 5),
        (0, 5, 8, 1),
    ],
)
def test_blocks_are_about_equal_and_fit_the_grid(
    num_records, most, step, expected
):
    size = blocks.even_size(tf.constant(num_records), most=most, step=step)
    assert size == expected
    assert size <= most or num_records < size <= num_records + step
    assert size <= step or size % step == 0


def test_a_graph_of_any_number_of_records_looks_at_all():
    @tf.function(input_signature=[tf.TensorSpec([None])])
    def total(values):
        return blocks.over(
            tf.shape(values)[0],
            lambda block: (
                tf.cast(tf.gather(values, block.places), tf.float64)[:, None],
                [],
            ),
            size=tf.constant(4),
            num_columns=1,
            shapes=[],
        )[0]

    for num in (0, 3, 9):
        found = total(tf.range(float(num)))
        np.testing.assert_array_equal(found[:, 0], np.arange(num))
